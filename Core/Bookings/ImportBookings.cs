using Npgsql;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Contracts.Events;
using Platform.Core.Availability;
using Platform.Core.Clients;
using Platform.Core.Storage;

namespace Platform.Core.Bookings;

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
        IReadOnlyList<ImportRow> rows, ImportOrder order, CancellationToken ct)
    {
        var uids = ImportRules.UidsOf(rows, order, tenant.Id);
        if (!(await ReadKnownAsync(order, uids, ct)).TryGet(out var known, out var unknown)) return unknown;

        var run = new ImportRun(order);
        var served = rows.Zip(uids)
            .Select(r => (
                Row: r.First, Uid: r.Second,
                Service: ImportRules.ServiceOf(r.First, known.Services, order.ServiceId)))
            .ToList();
        var services = await ServiceReader.ReadAsync(
            statements => sql.ReadAsync(statements, ct),
            [.. served.Where(s => s.Service.Rejection is null).Select(s => s.Service.Value).Distinct()], tenant, cache,
            clock.Now, ct);
        var zone = ZoneRules.Get(tenant.TimeZone);
        List<ImportDraft> drafts = [];
        List<(ImportDraft Draft, long BookingId)> updates = [];
        foreach (var (row, uid, named) in served)
        {
            KnownImport? booking = known.Imported.TryGetValue(uid, out var there) ? there : null;
            if (row.SkippedBecause is not null || (booking is { } same && !ImportRules.IsLater(row, same.Sequence)))
            {
                run.Skip(row, booking?.Id);
                continue;
            }

            var read = named.TryGet(out var serviceId, out var noService) && services.TryGetValue(serviceId, out var service)
                ? ImportRules.Draft(row, uid, service, order.ResourceId, zone, clock.Now, tenant.Country, booking is not null)
                : row.Unreadable ?? noService ?? BookingRules.UnknownService with { Field = "service" };
            if (!read.TryGet(out var draft, out var rejection)) run.Refuse(row, rejection);
            else if (booking is { } earlier) updates.Add((draft, earlier.Id));
            else if (run.Know(draft)) drafts.Add(draft);
        }

        foreach (var (draft, id) in updates) await UpdateAsync(draft, id, run, ct);
        foreach (var part in drafts.Chunk(PartSize)) await ImportAsync(part, run, ct);
        return rows.Select(run.ResultOf).ToArray();
    }

    private async Task UpdateAsync(ImportDraft draft, long bookingId, ImportRun run, CancellationToken ct)
    {
        var refused = run.Order.DryRun ? null : await update.RunAsync(draft, bookingId, run.Order, ct);
        if (refused is null) run.Update(draft.Row, bookingId);
        else run.Refuse(draft.Row, refused);
    }

    private async Task ImportAsync(IReadOnlyList<ImportDraft> part, ImportRun run, CancellationToken ct)
    {
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            var planned = Plan(part, await ReadAsync(part, ct), run);
            if (planned.Bookings.Count == 0 || run.Order.DryRun) return;

            try
            {
                await sql.ExecuteAsync(Statements(planned), ct);
                return;
            }
            catch (PostgresException e) when (e.LostARace() || e.IsRefusal(Codes.CapacityFull))
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
    private PlannedImport Plan(IReadOnlyList<ImportDraft> part, ImportFacts facts, ImportRun run)
    {
        List<NewBooking> bookings = [];
        var clients = new Dictionary<string, Client>(facts.Clients, StringComparer.OrdinalIgnoreCase);

        foreach (var (draft, (bookingId, clientId)) in part.Zip(facts.Ids))
        {
            if (facts.Imported.TryGetValue(draft.Former.Uid, out var known))
            {
                run.Skip(draft.Row, known.Id);
                continue;
            }

            var email = draft.Request.Client?.Email;
            var client = email is null ? null : clients.GetValueOrDefault(email);
            if (client is null && draft.Service.CheckNewClient(draft.Request.Client) is { } wrong)
            {
                run.Refuse(draft.Row, wrong);
                continue;
            }

            var taken = draft.Blocks ? facts.Taken.Near(draft, run.Taken) : Taken.Nothing;
            if (!ImportRules.Choose(draft, taken).TryGet(out var allotment, out var rejection))
            {
                run.Refuse(draft.Row, rejection);
                continue;
            }

            if (draft.Blocks) (run.Order.DryRun ? run.Taken : facts.Taken).Add(draft, allotment);

            var booking = NewBooking.Of(
                new(draft.Request, run.Order.Actor, null, BookingSources.Import, Former: draft.Former),
                new(bookingId, draft.Service, client, clientId),
                draft.Times, draft.Start, allotment, tenant, clock.Now);
            if (email is not null && client is null) clients[email] = booking.View.Client!;

            bookings.Add(booking);
            run.Import(draft.Row, run.Order.DryRun ? null : bookingId);
        }

        return new(bookings, facts.HasExpiredHolds);
    }

    /// <summary>All or nothing, in one batch. Locks are taken in the order in which every booking takes them.</summary>
    private IEnumerable<NpgsqlBatchCommand> Statements(PlannedImport planned)
    {
        var now = clock.Now;
        var blocking = planned.Bookings.Where(b => b.Blocks).ToList();
        var shared = blocking.Where(b => b.Allotment.IsShared).SelectMany(b => b.Allotment.Places).ToList();
        var added = planned.Bookings.Where(b => b.IsNewClient).Select(b => b.View.Client!.Id).ToHashSet();
        var kept = planned.Bookings.SelectMany(b => b.KnownClientIds).Where(id => !added.Contains(id)).ToList();
        foreach (var statement in BookingStatements.KeepClients(kept)) yield return statement;
        if (shared.Count > 0) yield return BookingStatements.LockResources(blocking[0].Allotment with { Places = shared });

        foreach (var booking in planned.Bookings)
        {
            var (row, allotment, service) = (booking.Booking, booking.Allotment, booking.Service);
            if (planned.HasExpiredHolds && booking.Blocks)
            {
                yield return BookingStatements.ClearExpiredHolds(allotment, booking.Occupied, now);
            }

            if (booking.IsNewClient) yield return BookingStatements.InsertClient(booking.View.Client!, booking.Wanted.Actor);
            yield return BookingStatements.InsertBooking(row);
            if (row.Sequence > 0)
            {
                yield return TenantSql.Statement("update bookings set sequence = $2 where id = $1", row.Id, row.Sequence);
            }

            yield return BookingStatements.InsertAllocations(row, allotment, booking.Occupied, booking.Blocks);
            if (booking.Blocks && allotment.IsShared)
            {
                yield return BookingStatements.CountDepth(allotment, booking.Occupied, service.Capacity, now);
            }

            var snapshot = booking.View.ToSnapshot(tenant);
            foreach (var statement in BookingStatements.Record(
                new BookingCreated(snapshot), row, null, snapshot, booking.Wanted.Actor, tenant))
            {
                yield return statement;
            }

            if (row.StartAt <= now) continue; // nobody waits for who came, or did not, long ago
            foreach (var job in BookingJobs.Of(row, service.CheckIn, tenant)) yield return job;
        }
    }

    private async Task<Result<Known>> ReadKnownAsync(ImportOrder order, IReadOnlyList<string> uids, CancellationToken ct)
    {
        Dictionary<long, string> services = [];
        await using var reader = await sql.ReadAsync(
            [
                TenantSql.Statement("select id, name from services where active"),
                FindImported(uids),
                TenantSql.Statement(
                    "select id from resources where id = $1", new NpgsqlParameter<long?> { TypedValue = order.ResourceId }),
            ],
            ct);
        while (await reader.ReadAsync(ct)) services[reader.GetInt64(0)] = reader.GetString(1);
        await reader.NextResultAsync(ct);
        var imported = await ReadImportedAsync(reader, ct);
        await reader.NextResultAsync(ct);

        if (order.ResourceId is not null && !reader.HasRows) return BookingRules.UnknownResource("resourceId");

        return order.ServiceId is { } id && !services.ContainsKey(id)
            ? BookingRules.UnknownService
            : new Known(services, imported);
    }

    private static NpgsqlBatchCommand FindImported(IEnumerable<string> uids) =>
        TenantSql.Statement("select uid, id, sequence from bookings where uid = any($1)", Texts(uids));

    /// <summary>Else an array of texts would be taken for the list of values.</summary>
    private static NpgsqlParameter<string[]> Texts(IEnumerable<string> texts) => new() { TypedValue = [.. texts] };

    private static async Task<Dictionary<string, KnownImport>> ReadImportedAsync(NpgsqlDataReader reader, CancellationToken ct)
    {
        Dictionary<string, KnownImport> imported = [];
        while (await reader.ReadAsync(ct)) imported[reader.GetString(0)] = new(reader.GetInt64(1), reader.GetInt32(2));
        return imported;
    }

    private async Task<ImportFacts> ReadAsync(IReadOnlyList<ImportDraft> part, CancellationToken ct)
    {
        var blocking = part.Where(d => d.Blocks).ToList();
        var resources = blocking.Select(d => d.Service).Distinct().SelectMany(s => s.Candidates)
            .SelectMany(c => (c.Parts ?? []).Select(p => p.ResourceId).Prepend(c.ResourceId)).Distinct().ToArray();
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
        while (await CreateBooking.ReadClientAsync(reader, ct) is { } client) clients[reader.GetString(5)] = client;
        await reader.NextResultAsync(ct);

        var facts = new ImportFacts(ids, imported, clients, new());
        while (await reader.ReadAsync(ct))
        {
            if (reader.GetBoolean(8))
            {
                facts.HasExpiredHolds = true;
                continue;
            }

            facts.Taken.Add(reader.GetInt64(1), new(
                new(reader.GetFieldValue<DateTimeOffset>(2), reader.GetFieldValue<DateTimeOffset>(3)), reader.GetInt32(4),
                reader.GetInt64(5), reader.GetInt32(6), reader.GetBoolean(7)));
        }

        return facts;
    }

    /// <param name="Services">The names of the active services, by id.</param>
    /// <param name="Imported">The bookings that rows have become before, by UID.</param>
    private sealed record Known(Dictionary<long, string> Services, Dictionary<string, KnownImport> Imported);

    /// <summary>A booking that has the UID of a row.</summary>
    private readonly record struct KnownImport(long Id, int Sequence);

    private sealed record PlannedImport(IReadOnlyList<NewBooking> Bookings, bool HasExpiredHolds);

    /// <summary>What the database knows about a part of the rows.</summary>
    /// <param name="Ids">Of a booking and a client for each row, whether they will be needed or not.</param>
    /// <param name="Imported">The bookings that rows have become before, by UID.</param>
    /// <param name="Clients">The clients with the e-mail addresses of the rows, by address.</param>
    private sealed record ImportFacts(
        IReadOnlyList<(long BookingId, long ClientId)> Ids, IReadOnlyDictionary<string, KnownImport> Imported,
        IReadOnlyDictionary<string, Client> Clients, ImportedTimes Taken)
    {
        public bool HasExpiredHolds { get; set; }
    }
}
