using Npgsql;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Core.Availability;
using Platform.Core.Clients;
using Platform.Core.Idempotency;
using Platform.Core.Storage;

namespace Platform.Core.Bookings;

/// <summary>A booking that is asked for, with whoever asks.</summary>
/// <param name="Actor"><c>user:17</c> or <c>client:m2m</c>.</param>
/// <param name="Key">The caller's idempotency key and the hash of the request it came with.</param>
public sealed record WantedBooking(CreateBookingRequest Request, string Actor, RequestKey? Key);

/// <summary>Exactly one is there.</summary>
/// <param name="Replayed">The answer that this key was given before.</param>
public readonly record struct BookingOutcome(BookingResponse? Created, IdempotencyKey? Replayed, Rejection? Rejection);

/// <summary>
/// Takes a booking in two round trips: one batch reads, one batch writes, and each is a transaction. Nothing is held
/// between them; the exclusion constraint on allocations and the keys decide who was first, and whoever was not looks
/// again.
/// </summary>
public sealed class CreateBooking(TenantSql sql, TenantContext tenant, TimeProvider clock)
{
    /// <summary>A loser's next look usually shows the slot taken; more are needed only where several units are free.</summary>
    private const int Attempts = 5;

    /// <summary>How far ahead, and how many, free slots are offered to somebody whose slot was taken.</summary>
    private static readonly TimeSpan Offer = TimeSpan.FromDays(14);
    private const int Offered = 5;

    public async Task<BookingOutcome> RunAsync(WantedBooking wanted, CancellationToken ct)
    {
        var request = wanted.Request;
        if (request.TimeZone is { } zone && ZoneRules.Find(zone) is null) return Refused(BookingRules.UnknownZone);

        for (var attempt = 1; ; attempt++)
        {
            var now = clock.Now;
            var known = await ReadAsync(wanted, now, ct);

            if (known.Answered is { } answered) return Repeated(wanted.Key!, answered);
            if (known.Service is not { } service) return Refused(BookingRules.UnknownService);
            if (service.Lasting(request.DurationMinutes) is not { } times) return Refused(BookingRules.UnknownLength);

            var (units, rejection) = BookingRules.Pick(
                times, service.Candidates, request.ResourceIds ?? [], request.Start, now);
            if (rejection is not null) return Refused(await WithNextSlotsAsync(rejection, request, times, now, ct));

            var booking = NewBooking.Of(wanted, known, service, times, units, tenant, now);
            try
            {
                await sql.ExecuteAsync(booking.Statements(tenant), ct);
                return new(booking.Response, null, null);
            }
            catch (PostgresException e) when (e.IsRefusal(Codes.IdempotencyInProgress))
            {
                return Refused(new(RejectionKind.Conflict, Codes.IdempotencyInProgress, "The first request still runs."));
            }
            catch (PostgresException e) when (e.LostARace() && attempt < Attempts)
            {
                // Somebody was faster: with the slot, with the client's record or with the key. Look again.
            }
            catch (PostgresException e) when (e.LostARace())
            {
                return Refused(await WithNextSlotsAsync(BookingRules.Conflict, request, times, now, ct));
            }
        }
    }

    private async Task<KnownFacts> ReadAsync(WantedBooking wanted, DateTimeOffset now, CancellationToken ct)
    {
        var request = wanted.Request;
        var instant = new TimeRange(request.Start, request.Start);

        await using var reader = await sql.ReadAsync(
            [
                TenantSql.Statement("select nextval('bookings_id_seq'), nextval('clients_id_seq')"),
                TenantSql.Statement(
                    "select id, name, email, phone, locale from clients where lower(email) = lower($1)",
                    request.Client?.Email),
                .. SlotQuery.Statements(request.ServiceId, instant, now),

                // Last, because each statement sees what was committed before it: who finds the slot taken by the first
                // request with this key must find the key, too.
                TenantSql.Statement(
                    """
                    select request_hash, status, location, etag, code, body, created_at
                    from idempotency_keys where caller = $1 and key = $2
                    """,
                    wanted.Key?.Caller, wanted.Key?.Key),
            ],
            ct);

        await reader.ReadAsync(ct);
        var (bookingId, clientId) = (reader.GetInt64(0), reader.GetInt64(1));

        await reader.NextResultAsync(ct);
        var client = await reader.ReadAsync(ct)
            ? new Client
            {
                Id = reader.GetInt64(0),
                Name = reader.GetString(1),
                Email = reader.GetString(2),
                Phone = reader.IsDBNull(3) ? null : reader.GetString(3),
                Locale = reader.GetString(4),
            }
            : null;

        await reader.NextResultAsync(ct);
        var service = await SlotQuery.ReadAsync(reader, request.ServiceId, tenant.TimeZone, ct);

        await reader.NextResultAsync(ct);
        var answered = await reader.ReadAsync(ct)
            ? new IdempotencyKey
            {
                Caller = wanted.Key!.Caller,
                Key = wanted.Key.Key,
                RequestHash = reader.GetFieldValue<byte[]>(0),
                Status = reader.GetInt32(1),
                Location = reader.IsDBNull(2) ? null : reader.GetString(2),
                Etag = reader.IsDBNull(3) ? null : reader.GetString(3),
                Code = reader.GetString(4),
                Body = reader.GetString(5),
                CreatedAt = reader.GetFieldValue<DateTimeOffset>(6),
            }
            : null;

        return new(bookingId, clientId, client, answered, service);
    }

    private async Task<Rejection> WithNextSlotsAsync(
        Rejection rejection, CreateBookingRequest request, ServiceTimes times, DateTimeOffset now, CancellationToken ct)
    {
        if (rejection.Code != Codes.BookingConflict) return rejection;

        var ahead = new TimeRange(request.Start, request.Start + Offer);
        var service = await new SlotQuery(sql, tenant, clock).ReadAsync(request.ServiceId, ahead, ct);
        var candidates = BookingRules.Wanted(service?.Candidates ?? [], request.ResourceIds ?? []);
        var next = SlotRules.Slots(times, candidates, ahead, now).Take(Offered);

        return rejection with
        {
            Members = new Dictionary<string, object?>
            {
                ["nextSlots"] = next.Select(slot => slot.ToResponse(times.Length)).ToList(),
            },
        };
    }

    private static BookingOutcome Repeated(RequestKey key, IdempotencyKey answered) =>
        answered.RequestHash.AsSpan().SequenceEqual(key.RequestHash)
            ? new(null, answered, null)
            : Refused(new(
                RejectionKind.Invalid, Codes.IdempotencyKeyReused, "This key was used for a different request."));

    private static BookingOutcome Refused(Rejection rejection) => new(null, null, rejection);
}

/// <summary>What the first batch found out.</summary>
/// <param name="BookingId">Taken from the sequence ahead of time, so that event and answer can be written at once.</param>
/// <param name="ClientId">For the client, if they are not known yet.</param>
internal sealed record KnownFacts(
    long BookingId, long ClientId, Client? Client, IdempotencyKey? Answered, BookableService? Service);
