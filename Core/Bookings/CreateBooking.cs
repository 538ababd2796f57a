using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Contracts.Events;
using Platform.Core.Availability;
using Platform.Core.Catalogue;
using Platform.Core.Clients;
using Platform.Core.Idempotency;
using Platform.Core.Storage;

namespace Platform.Core.Bookings;

/// <summary>Exactly one is there.</summary>
/// <param name="Replayed">The answer that this key was given before.</param>
public readonly record struct BookingOutcome(BookingView? Created, IdempotencyKey? Replayed, Rejection? Rejection);

/// <summary>
/// Takes a booking or a hold in two round trips: one batch reads, one batch writes, and each is a transaction. Nothing
/// is held between them; the exclusion constraint on allocations, counts under a lock, and the keys decide who was
/// first, and a request that loses reads again.
/// </summary>
public sealed class CreateBooking(
    TenantSql sql, TenantContext tenant, SlotQuery slots, CatalogueCache cache, TimeProvider clock)
{
    /// <summary>
    /// A loser's next look usually shows the slot taken; more are needed only where several resources are free, and
    /// then each attempt that is lost is one that somebody else has won.
    /// </summary>
    private const int Attempts = 5;
    private const int MostAttempts = 60;

    public async Task<BookingOutcome> RunAsync(WantedBooking wanted, CancellationToken ct)
    {
        var (start, unclear) = BookingRules.StartOf(wanted.Request.Start, wanted.Request.TimeZone);
        var (phone, noPhone) = ClientRules.Phone(wanted.Request.Client?.Phone, tenant.Country);
        noPhone = noPhone is null ? null : noPhone with { Field = "client.phone" };
        if (unclear is not null) return Refused(Rejection.All(unclear, noPhone)!);

        var request = wanted.Request with { Client = wanted.Request.Client is { } c ? c with { Phone = phone } : null };
        wanted = wanted with { Request = request };

        for (var attempt = 1; ; attempt++)
        {
            var now = clock.Now;
            var known = await ReadAsync(wanted, start, now, ct);

            if (known.Answered is { } answered) return Repeated(wanted.Key!, answered);
            if (Refusal(wanted, known, noPhone) is { } refusal) return Refused(refusal);

            var service = known.Slots!.Service;
            var isLast = attempt >= Math.Min(Attempts + service.Candidates.Count, MostAttempts);
            if (service.Lasting(request.DurationMinutes) is not { } times) return Refused(BookingRules.UnknownLength);
            if (request.HoldToken is not null)
            {
                if (await UseHoldAsync(wanted, known, start, now, ct) is { } used)
                {
                    return used.Rejection is { } no ? await RefusedAsync(no, wanted, known, times, start, ct) : used;
                }

                if (!isLast) continue;
                return Refused(BookingRules.HoldExpired);
            }

            var (allotment, rejection) = AllotmentRules.Choose(
                known.Slots, times, start, request.ResourceIds ?? [], request.PartySize ?? 1, now);
            if (rejection is not null) return await RefusedAsync(rejection, wanted, known, times, start, ct);

            var booking = NewBooking.Of(wanted, known, times, start, allotment!, tenant, now);
            var outcome = await WriteAsync(Statements(booking, known, now), booking.View, ct);
            if (outcome is { Rejection: null }) return outcome.Value;

            if (outcome is not null || isLast)
            {
                return await RefusedAsync(outcome?.Rejection ?? BookingRules.Conflict, wanted, known, times, start, ct);
            }
        }
    }

    private static Rejection? Refusal(WantedBooking wanted, KnownFacts known, Rejection? noPhone)
    {
        if (known.Slots is not { Service: var service }) return BookingRules.UnknownService;
        if (wanted.PublicOnly && !service.Public) return BookingRules.UnknownService;
        if (wanted.Request.ClientId is not null && known.Client is null) return BookingRules.UnknownClient;
        if (wanted.Hold is not null) return noPhone;
        if (wanted.PublicOnly && known.Client is null && wanted.Request.Client is null) return BookingRules.ClientMissing;

        return Rejection.All(
            noPhone,
            CustomFieldRules.CheckAnswers(service.Answers, wanted.Request.Answers),
            known.Client is null ? service.CheckNewClient(wanted.Request.Client) : null);
    }

    /// <returns>
    /// Null if somebody was faster, with the slot, with the client's record or with the key: looking again gives the
    /// true answer.
    /// </returns>
    private async Task<BookingOutcome?> WriteAsync(
        IEnumerable<NpgsqlBatchCommand> statements, BookingView view, CancellationToken ct)
    {
        try
        {
            await sql.ExecuteAsync(statements, ct);
            return new(view, null, null);
        }
        catch (PostgresException e) when (Meaning(e) is { } rejection)
        {
            return Refused(rejection);
        }
        catch (PostgresException e) when (e.LostARace() || e.IsRefusal(Codes.CapacityFull))
        {
            return null;
        }
    }

    /// <summary>All or nothing, in one batch.</summary>
    private IEnumerable<NpgsqlBatchCommand> Statements(NewBooking booking, KnownFacts known, DateTimeOffset now)
    {
        var (row, service, allotment) = (booking.Booking, booking.Service, booking.Allotment);
        var actor = booking.Wanted.Actor;

        foreach (var statement in Answer(booking.Wanted, booking.View)) yield return statement;
        foreach (var statement in BookingStatements.KeepClients(booking.KnownClientIds)) yield return statement;
        if (service.HasLimits) yield return BookingStatements.LockService(service.Id);
        if (allotment.IsShared) yield return BookingStatements.LockResources(allotment);
        if (known.Slots!.HasExpiredHolds) yield return BookingStatements.ClearExpiredHolds(allotment, booking.Occupied, now);

        if (booking.IsNewClient) yield return BookingStatements.InsertClient(booking.View.Client!, actor);
        yield return BookingStatements.InsertBooking(row);
        yield return BookingStatements.InsertAllocations(row, allotment, booking.Occupied);
        if (allotment.IsShared) yield return BookingStatements.CountDepth(allotment, booking.Occupied, service.Capacity, now);
        if (service.HasLimits) yield return BookingStatements.CountLimits(row, service, allotment, now);
        foreach (var job in BookingJobs.Of(row, service.CheckIn, tenant)) yield return job;

        if (booking.IsHold)
        {
            if (row.HoldOwner is not { } owner) yield break;
            var most = service.Organisation.HoldsPerClient;
            foreach (var statement in BookingStatements.CountHolds(owner, most, tenant, now)) yield return statement;
            yield break;
        }

        var snapshot = booking.View.ToSnapshot(tenant);
        foreach (var statement in BookingStatements.Record(new BookingCreated(snapshot), row, null, snapshot, actor, tenant))
        {
            yield return statement;
        }
    }

    /// <summary>
    /// The hold becomes the booking: its time is its own already, so nothing is asked again but the limits.
    /// </summary>
    private async Task<BookingOutcome?> UseHoldAsync(
        WantedBooking wanted, KnownFacts known, DateTimeOffset start, DateTimeOffset now, CancellationToken ct)
    {
        if (known.Hold is not { Status: BookingStatuses.Held } hold || hold.ExpiresAt <= now)
        {
            return Refused(BookingRules.HoldExpired);
        }

        if (hold.Mismatch(wanted.Request, start) is { } field) return Refused(BookingRules.HoldMismatch(field));

        var service = known.Slots!.Service;
        var times = service.Times with { Length = hold.End - hold.Start };
        var request = wanted.Request with { PartySize = hold.PartySize };
        var source = hold.WaitlistId is null ? wanted.Source : BookingSources.Waitlist;
        var booking = NewBooking.Of(
            wanted with { Request = request, Source = source }, known with { BookingId = hold.Id }, times, start,
            hold.Allotment, tenant, now);
        booking.Booking.WaitlistId = hold.WaitlistId;
        return await WriteAsync(UseStatements(booking, now), booking.View, ct);
    }

    private IEnumerable<NpgsqlBatchCommand> UseStatements(NewBooking booking, DateTimeOffset now)
    {
        var (row, service) = (booking.Booking, booking.Service);

        foreach (var statement in Answer(booking.Wanted, booking.View)) yield return statement;
        foreach (var statement in BookingStatements.KeepClients(booking.KnownClientIds)) yield return statement;
        if (service.HasLimits) yield return BookingStatements.LockService(service.Id);
        if (booking.IsNewClient) yield return BookingStatements.InsertClient(booking.View.Client!, booking.Wanted.Actor);
        yield return TenantSql.Statement(
            $"""
            with used as (
                update bookings set status = $2, uid = $3, client_id = $4, note = $5, answers = $6, time_zone = $7,
                    version = 1, hold_expires_at = null, source = $8, created_at = $9, created_by = $10, updated_by = $10,
                    price = $11, currency = $12, cancel_deadline = $13, cancel_fee = $14, cancel_currency = $15,
                    consented_at = $16
                where id = $1 and status = 'held' and hold_expires_at > $9
                returning id),
            kept as (
                update allocations set expires_at = null where booking_id in (select id from used) and active returning 1)
            select case
                when exists (select from used) and exists (select from kept)
                    and not exists (select from allocations where booking_id = $1 and not active) then true
                else platform.refuse('{Codes.HoldExpired}')
            end
            """,
            row.Id, row.Status, row.Uid, row.ClientId, row.Note, row.Answers, row.TimeZone, row.Source, now,
            booking.Wanted.Actor, row.Price, row.Currency, row.CancelDeadline, row.CancelFee, row.CancelCurrency,
            row.ConsentedAt);
        if (service.HasLimits) yield return BookingStatements.CountLimits(row, service, booking.Allotment, now);
        if (row.WaitlistId is { } entry) yield return WaitlistOffers.Booked(entry, booking.Wanted.Actor);
        foreach (var job in BookingJobs.Of(row, service.CheckIn, tenant)) yield return job;

        var snapshot = booking.View.ToSnapshot(tenant);
        foreach (var statement in BookingStatements.Record(
            new BookingCreated(snapshot), row, null, snapshot, booking.Wanted.Actor, tenant))
        {
            yield return statement;
        }
    }

    /// <summary>What the caller's key will be answered with from now on.</summary>
    private IEnumerable<NpgsqlBatchCommand> Answer(WantedBooking wanted, BookingView view)
    {
        if (wanted.Key is not { } key) yield break;

        yield return key.Lock(tenant.Id);
        yield return wanted.Hold is null
            ? key.Remember(201, $"/api/v1/bookings/{view.Booking.Id}", $"\"{view.Booking.Version}\"", Codes.BookingCreated,
                JsonSerializer.Serialize(view.ToResponse(), PlatformJson.Options), view.Booking.CreatedAt)
            : key.Remember(201, $"/api/v1/holds/{view.Booking.Id}", null, Codes.HoldCreated,
                JsonSerializer.Serialize(view.ToHold(view.Booking.CreatedAt), PlatformJson.Options), view.Booking.CreatedAt);
    }

    /// <summary>The rejection for a refusal by one of our statements; null if another try may succeed.</summary>
    private static Rejection? Meaning(PostgresException e) =>
        e.IsRefusal(Codes.IdempotencyInProgress)
            ? new(RejectionKind.Conflict, Codes.IdempotencyInProgress, "The first request still runs.")
        : e.IsRefusal(Codes.LimitReached) ? BookingRules.LimitReached
        : e.IsRefusal(Codes.HoldExpired) ? BookingRules.HoldExpired
        : null;

    private async Task<KnownFacts> ReadAsync(
        WantedBooking wanted, DateTimeOffset start, DateTimeOffset now, CancellationToken ct)
    {
        var request = wanted.Request;
        while (true)
        {
            var known = cache.Find(tenant.Id, request.ServiceId);

            // Who has the least to do comes first, where there is a choice.
            var isChoice = known is null || known.Candidates.Count > known.Requirements.Count;
            var reading = slots.Reading(request.ServiceId, AllotmentRules.Around(start, isChoice), now);
            var (client, hold, answer) = (FindClient(request), HeldSlot.Find(request.HoldToken), FindAnswer(wanted.Key));

            await using var reader = await sql.ReadAsync(
                [
                    TenantSql.Statement("select nextval('bookings_id_seq'), nextval('clients_id_seq')"),
                    .. client,
                    .. hold,
                    .. reading.Statements,

                    // Last, because each statement sees what was committed before it: a request that finds the slot taken by the
                    // first request with this key must also find the key.
                    .. answer,
                ],
                ct);

            await reader.ReadAsync(ct);
            var (bookingId, clientId) = (reader.GetInt64(0), reader.GetInt64(1));
            await reader.NextResultAsync(ct);
            var knownClient = client.Length > 0 ? await ReadClientAsync(reader, ct) : null;
            if (client.Length > 0) await reader.NextResultAsync(ct);
            var held = hold.Length > 0 ? await HeldSlot.ReadAsync(reader, ct) : null;
            var (facts, hasChanged) = await slots.FinishAsync(reading, reader, ct);
            if (hasChanged) continue;

            var answered = answer.Length > 0 && await reader.NextResultAsync(ct)
                ? await ReadAnswerAsync(reader, wanted.Key!, ct)
                : null;
            return new(bookingId, clientId, knownClient, answered, facts, held);
        }
    }

    /// <summary>The named client, or the record it was merged into; otherwise the client of the hold.</summary>
    private static NpgsqlBatchCommand[] FindClient(CreateBookingRequest request)
    {
        if (request is { Client: null or { Email: null }, ClientId: null, HoldToken: null }) return [];

        return
        [
            TenantSql.Statement(
                """
                select id, name, email, phone, locale from clients
                where erased_at is null and merged_into_id is null and id = coalesce(
                    (select coalesce(named.merged_into_id, named.id) from clients named where named.id = $2),
                    (select coalesce(named.merged_into_id, named.id) from clients named
                        where $2 is null and lower(named.email) = lower($1)),
                    (select b.client_id from bookings b where b.hold_token = $3))
                """,
                request.Client?.Email,
                new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Bigint, Value = (object?)request.ClientId ?? DBNull.Value },
                new NpgsqlParameter
                {
                    NpgsqlDbType = NpgsqlDbType.Text,
                    Value = request is { Client: null, ClientId: null, HoldToken: { } token } ? token : DBNull.Value,
                }),
        ];
    }

    internal static async Task<Client?> ReadClientAsync(NpgsqlDataReader reader, CancellationToken ct) =>
        await reader.ReadAsync(ct)
            ? new Client
            {
                Id = reader.GetInt64(0),
                Name = reader.GetString(1),
                Email = reader.IsDBNull(2) ? null : reader.GetString(2),
                Phone = reader.IsDBNull(3) ? null : reader.GetString(3),
                Locale = reader.GetString(4),
            }
            : null;

    private static NpgsqlBatchCommand[] FindAnswer(RequestKey? key) => key is null ? [] : [TenantSql.Statement(
        """
        select request_hash, status, location, etag, code, body, created_at
        from idempotency_keys where caller = $1 and key = $2
        """,
        key.Caller, key.Key)];

    private static async Task<IdempotencyKey?> ReadAnswerAsync(NpgsqlDataReader reader, RequestKey key, CancellationToken ct) =>
        await reader.ReadAsync(ct)
            ? new IdempotencyKey
            {
                Caller = key.Caller,
                Key = key.Key,
                RequestHash = reader.GetFieldValue<byte[]>(0),
                Status = reader.GetInt32(1),
                Location = reader.IsDBNull(2) ? null : reader.GetString(2),
                Etag = reader.IsDBNull(3) ? null : reader.GetString(3),
                Code = reader.GetString(4),
                Body = reader.GetString(5),
                CreatedAt = reader.GetFieldValue<DateTimeOffset>(6),
            }
            : null;

    private async Task<BookingOutcome> RefusedAsync(
        Rejection rejection, WantedBooking wanted, KnownFacts known, ServiceTimes times, DateTimeOffset start,
        CancellationToken ct)
    {
        var request = wanted.Request;
        var refused = new RefusedStart(
            rejection, known.Slots!.Service, times, start, request.PartySize ?? 1, request.ResourceIds ?? [],
            known.Client?.Id, known.Hold?.Id, NewBooking.OwnerOf(wanted.Hold, known.Client?.Id), wanted.PublicOnly);
        return Refused(await StartRejections.ExplainAsync(
            refused, statements => sql.ReadAsync(statements, ct),
            range => slots.ReadAsync(request.ServiceId, range, ct, request.HoldToken), clock.Now, ct));
    }

    private static BookingOutcome Repeated(RequestKey key, IdempotencyKey answered) =>
        answered.RequestHash.AsSpan().SequenceEqual(key.RequestHash)
            ? new(null, answered, null)
            : Refused(new(
                RejectionKind.Invalid, Codes.IdempotencyKeyReused, "This key was used for a different request."));

    private static BookingOutcome Refused(Rejection rejection) => new(null, null, rejection);
}

/// <summary>What the first batch found out.</summary>
/// <param name="BookingId">
/// Taken from the sequence ahead of time, so that event and answer can be written at once.
/// </param>
/// <param name="ClientId">For the client, if they are not known yet.</param>
internal sealed record KnownFacts(
    long BookingId, long ClientId, Client? Client, IdempotencyKey? Answered, SlotFacts? Slots, HeldSlot? Hold);
