using Npgsql;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Core.Availability;
using Platform.Core.Bookings.Slots;
using Platform.Core.Clients;
using Platform.Core.Storage;

namespace Platform.Core.Bookings.Imports;

/// <summary>
/// Takes over bookings of another system. The rows are written in parts of a hundred, each in two round trips and a
/// transaction of its own: n rows cost 2 + 2⌈n/100⌉ round trips, and nothing is locked for longer than a part takes.
/// </summary>
public sealed class ImportBookings(
    TenantSql sql, TenantContext tenant, CatalogueCache cache, UpdateImported update, TimeProvider clock)
{
    private const int PartSize = 100;

    /// <summary>So often somebody else may be faster, before each row is written on its own.</summary>
    private const int Attempts = 3;

    /// <returns>What became of each row, in the order of the rows.</returns>
    public async Task<Result<ImportResult[]>> RunAsync(
        IReadOnlyList<ImportRow> rows, ImportSettings settings, CancellationToken ct)
    {
        var uids = ImportRules.UidsOf(rows, settings, tenant.Id);
        if (!(await ReadKnownAsync(settings, uids, ct)).TryGet(out var known, out var unknown)) return unknown;

        var run = new ImportRun(settings);
        var served = rows.Zip(uids)
            .Select(r => (
                Row: r.First, Uid: r.Second,
                Service: ImportRules.ServiceOf(r.First, known.Services, settings.ServiceId)))
            .ToList();
        var services = await ServiceReader.ReadAsync(
            statements => sql.ReadAsync(statements, ct),
            [.. served.Where(s => s.Service.Rejection is null).Select(s => s.Service.Value).Distinct()], tenant, cache,
            clock.Now, ct);
        var zone = ZoneRules.Get(tenant.TimeZone);
        List<ImportableBooking> bookings = [];
        List<(ImportableBooking Row, long BookingId)> updates = [];
        foreach (var (row, uid, named) in served)
        {
            ImportedBooking? booking = known.Imported.TryGetValue(uid, out var there) ? there : null;
            if (row.SkippedBecause is not null || (booking is { } same && !ImportRules.IsLater(row, same.Sequence)))
            {
                run.Skip(row, booking?.Id);
                continue;
            }

            var read = named.TryGet(out var serviceId, out var noService) && services.TryGetValue(serviceId, out var service)
                ? ImportRules.Read(row, uid, service, settings.ResourceId, zone, clock.Now, tenant.Country, booking is not null)
                : row.Unreadable ?? noService ?? BookingRules.UnknownService with { Field = "service" };
            if (!read.TryGet(out var importable, out var rejection)) run.Refuse(row, rejection);
            else if (booking is { } earlier) updates.Add((importable, earlier.Id));
            else if (run.Know(importable)) bookings.Add(importable);
        }

        foreach (var (importable, id) in updates) await UpdateAsync(importable, id, run, ct);
        foreach (var part in bookings.Chunk(PartSize)) await ImportAsync(part, run, ct);
        return rows.Select(run.ResultOf).ToArray();
    }

    private async Task UpdateAsync(ImportableBooking importable, long bookingId, ImportRun run, CancellationToken ct)
    {
        var refused = run.Settings.DryRun ? null : await update.RunAsync(importable, bookingId, run.Settings, ct);
        if (refused is null) run.Update(importable.Row, bookingId);
        else run.Refuse(importable.Row, refused);
    }

    private async Task ImportAsync(IReadOnlyList<ImportableBooking> part, ImportRun run, CancellationToken ct)
    {
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            var planned = Plan(part, await ReadAsync(part, ct), run);
            if (planned.Bookings.Count == 0 || run.Settings.DryRun) return;

            try
            {
                await sql.ExecuteAsync(Statements(planned), ct);
                return;
            }
            catch (PostgresException e) when (e.LostARace() || e.IsRejection(Codes.CapacityFull))
            {
                // Another read shows which row has lost its slot or was imported concurrently.
            }
        }

        if (part is [var alone])
        {
            run.Refuse(alone.Row, BookingRules.Conflict);
            return;
        }

        foreach (var row in part) await ImportAsync([row], run, ct);
    }

    /// <summary>Finds a place for each row, beside what is taken and beside the rows before it.</summary>
    private PlannedImport Plan(IReadOnlyList<ImportableBooking> part, ImportInputs inputs, ImportRun run)
    {
        List<NewBooking> bookings = [];
        var clients = new Dictionary<string, Client>(inputs.Clients, StringComparer.OrdinalIgnoreCase);

        foreach (var (importable, (bookingId, clientId)) in part.Zip(inputs.Ids))
        {
            if (inputs.Imported.TryGetValue(importable.Former.Uid, out var known))
            {
                run.Skip(importable.Row, known.Id);
                continue;
            }

            var email = importable.Request.Client?.Email;
            var client = email is null ? null : clients.GetValueOrDefault(email);
            if (client is null && importable.Service.CheckNewClient(importable.Request.Client) is { } wrong)
            {
                run.Refuse(importable.Row, wrong);
                continue;
            }

            var taken = importable.Blocks ? inputs.Occupied.Near(importable, run.Occupied) : OccupiedTimes.None;
            if (!ImportRules.Choose(importable, taken).TryGet(out var chosen, out var rejection))
            {
                run.Refuse(importable.Row, rejection);
                continue;
            }

            if (importable.Blocks) (run.Settings.DryRun ? run.Occupied : inputs.Occupied).Add(importable, chosen);

            var booking = NewBooking.Of(
                new(importable.Request, run.Settings.Actor, null, BookingSources.Import, Former: importable.Former),
                new(bookingId, importable.Service, client, clientId),
                importable.Times, importable.Start, chosen, tenant, clock.Now);
            if (email is not null && client is null) clients[email] = booking.View.Client!;

            bookings.Add(booking);
            run.Import(importable.Row, run.Settings.DryRun ? null : bookingId);
        }

        return new(bookings, inputs.HasExpiredHolds);
    }

    private IEnumerable<NpgsqlBatchCommand> Statements(PlannedImport planned)
    {
        var now = clock.Now;
        var added = planned.Bookings.Where(b => b.IsNewClient).Select(b => b.View.Client?.Id).ToHashSet();
        return BookingWrite.Statements(now, [.. planned.Bookings.Select(booking => BookingWrite.Of(booking) with
        {
            Allocations = booking.Blocks ? AllocationWrite.Occupy : AllocationWrite.Record,
            KnownClients = [.. booking.KnownClientIds.Where(id => !added.Contains(id))],
            Limited = null, // what was agreed elsewhere counts, but is not refused
            HasExpiredHolds = planned.HasExpiredHolds,
            BusyCounts = false, // nor by the calendar that it comes from
            Row = [.. RowOf(booking.Booking)],
            After =
            [
                .. booking.Booking.StartAt > now // nothing is due for what is over
                    ? BookingStatements.Created(booking, tenant)
                    : BookingStatements.Recorded(booking, tenant),
            ],
        })]);
    }

    private static IEnumerable<NpgsqlBatchCommand> RowOf(Booking booking)
    {
        yield return BookingStatements.InsertBooking(booking);
        if (booking.Sequence > 0)
        {
            yield return TenantSql.Statement("update bookings set sequence = $2 where id = $1", booking.Id, booking.Sequence);
        }
    }

    private async Task<Result<ExistingRows>> ReadKnownAsync(
        ImportSettings settings, IReadOnlyList<string> uids, CancellationToken ct)
    {
        Dictionary<long, string> services = [];
        await using var reader = await sql.ReadAsync(
            [
                TenantSql.Statement("select id, name from services where active"),
                FindImported(uids),
                TenantSql.Statement(
                    "select id from resources where id = $1", new NpgsqlParameter<long?> { TypedValue = settings.ResourceId }),
            ],
            ct);
        while (await reader.ReadAsync(ct)) services[reader.GetInt64(0)] = reader.GetString(1);
        await reader.NextResultAsync(ct);
        var imported = await ReadImportedAsync(reader, ct);
        await reader.NextResultAsync(ct);

        if (settings.ResourceId is not null && !reader.HasRows) return BookingRules.UnknownResource("resourceId");

        return settings.ServiceId is { } id && !services.ContainsKey(id)
            ? BookingRules.UnknownService
            : new ExistingRows(services, imported);
    }

    private static NpgsqlBatchCommand FindImported(IEnumerable<string> uids) =>
        TenantSql.Statement("select uid, id, sequence from bookings where uid = any($1)", Texts(uids));

    /// <summary>Else an array of texts would be taken for the list of values.</summary>
    private static NpgsqlParameter<string[]> Texts(IEnumerable<string> texts) => new() { TypedValue = [.. texts] };

    private static async Task<Dictionary<string, ImportedBooking>> ReadImportedAsync(
        NpgsqlDataReader reader, CancellationToken ct)
    {
        Dictionary<string, ImportedBooking> imported = [];
        while (await reader.ReadAsync(ct)) imported[reader.GetString(0)] = new(reader.GetInt64(1), reader.GetInt32(2));
        return imported;
    }

    private async Task<ImportInputs> ReadAsync(IReadOnlyList<ImportableBooking> part, CancellationToken ct)
    {
        var blocking = part.Where(d => d.Blocks).ToList();
        var resources = blocking.Select(d => d.Service).Distinct().SelectMany(s => s.Candidates)
            .SelectMany(c => c.ResourceIds).Distinct().ToArray();
        await using var reader = await sql.ReadAsync(
            [
                TenantSql.Statement(
                    "select nextval('bookings_id_seq'), nextval('clients_id_seq') from generate_series(1, $1)", part.Count),
                FindImported(part.Select(d => d.Former.Uid)),
                TenantSql.Statement(
                    """
                    select c.id, c.name, c.email, c.phone, c.locale, named.email
                    from clients named join clients c on c.id = coalesce(named.merged_into_id, named.id)
                    where lower(named.email) = any($1) and c.erased_at is null and c.merged_into_id is null
                    """,
                    Texts(part.Select(d => d.Request.Client?.Email?.ToLowerInvariant()).OfType<string>())),
                TenantSql.Statement(
                    """
                    select distinct a.id, a.resource_id, lower(a.occupied), upper(a.occupied), a.units,
                        coalesce(a.session_key, 0), a.seats, a.expires_at is not null, coalesce(a.expires_at <= $4, false)
                    from unnest($2, $3) as wanted (starts, ends)
                    join allocations a on a.resource_id = any($1) and a.active
                        and a.occupied && tstzrange(wanted.starts, wanted.ends)
                    """,
                    resources,
                    blocking.Select(d => d.Occupied.Start.UtcDateTime).ToArray(),
                    blocking.Select(d => d.Occupied.End.UtcDateTime).ToArray(),
                    clock.Now),
            ],
            ct);

        List<(long, long)> ids = [];
        while (await reader.ReadAsync(ct)) ids.Add((reader.GetInt64(0), reader.GetInt64(1)));
        await reader.NextResultAsync(ct);
        var imported = await ReadImportedAsync(reader, ct);
        await reader.NextResultAsync(ct);
        Dictionary<string, Client> clients = [];
        while (await BookingInputs.ReadClientAsync(reader, ct) is { } client) clients[reader.GetString(5)] = client;
        await reader.NextResultAsync(ct);

        var inputs = new ImportInputs(ids, imported, clients, new());
        while (await reader.ReadAsync(ct))
        {
            if (reader.GetBoolean(8))
            {
                inputs.HasExpiredHolds = true;
                continue;
            }

            inputs.Occupied.Add(reader.GetInt64(1), new(
                new(reader.GetFieldValue<DateTimeOffset>(2), reader.GetFieldValue<DateTimeOffset>(3)), reader.GetInt32(4),
                reader.GetInt64(5), reader.GetInt32(6), reader.GetBoolean(7)));
        }

        return inputs;
    }

    /// <param name="Services">The names of the active services, by id.</param>
    /// <param name="Imported">The bookings that rows have become before, by UID.</param>
    private sealed record ExistingRows(Dictionary<long, string> Services, Dictionary<string, ImportedBooking> Imported);

    /// <summary>A booking that has the UID of a row.</summary>
    private readonly record struct ImportedBooking(long Id, int Sequence);

    private sealed record PlannedImport(IReadOnlyList<NewBooking> Bookings, bool HasExpiredHolds);

    /// <summary>What the database knows about a part of the rows.</summary>
    /// <param name="Ids">Of a booking and a client for each row, whether they will be needed or not.</param>
    /// <param name="Imported">The bookings that rows have become before, by UID.</param>
    /// <param name="Clients">The clients with the e-mail addresses of the rows, by address.</param>
    private sealed record ImportInputs(
        IReadOnlyList<(long BookingId, long ClientId)> Ids, IReadOnlyDictionary<string, ImportedBooking> Imported,
        IReadOnlyDictionary<string, Client> Clients, ImportedTimes Occupied)
    {
        public bool HasExpiredHolds { get; set; }
    }
}
