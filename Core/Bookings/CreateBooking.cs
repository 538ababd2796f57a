using System.Text.Json;
using Npgsql;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Core.Availability;
using Platform.Core.Bookings.Slots;
using Platform.Core.Bookings.Waitlists;
using Platform.Core.Catalogue;
using Platform.Core.Clients;
using Platform.Core.Idempotency;
using Platform.Core.Storage;

namespace Platform.Core.Bookings;

/// <summary>
/// Takes a booking or a hold in two round trips: one batch reads, one batch writes, and each is a transaction. Nothing
/// is held between them; the exclusion constraint on allocations, counts under a lock, and the keys decide who was
/// first, and a request that loses reads again.
/// </summary>
public sealed class CreateBooking(
    TenantSql sql, TenantContext tenant, SlotQuery slots, TimeProvider clock)
{
    /// <summary>
    /// A loser's next look usually shows the slot taken; more are needed only where several resources are free, and
    /// then each attempt that is lost is one that somebody else has won.
    /// </summary>
    private const int Attempts = 5;
    private const int MaxAttempts = 60;

    public async Task<Result<CreatedBooking>> RunAsync(RequestedBooking wanted, CancellationToken ct)
    {
        var request = wanted.Request;
        var phone = ClientRules.Phone(request.Client?.Phone, tenant.Country, "client.phone");
        if (!BookingRules.StartOf(request.Start, request.TimeZone).TryGet(out var start, out var unclear))
        {
            return phone.Rejection is { } noPhone ? unclear with { Others = [noPhone] } : unclear;
        }

        if (request.Client is { } client && phone.TryGet(out var number, out _))
        {
            request = request with { Client = client with { Phone = number } };
            wanted = wanted with { Request = request };
        }

        for (var attempt = 1; ; attempt++)
        {
            var now = clock.Now;
            var known = await ReadAsync(wanted, start, now, ct);

            if (wanted.Key is { } key && known.Answered is { } answered) return Repeated(key, answered);
            if (known.Slots is not { Service: var service } inputs) return BookingRules.UnknownService;
            if (Check(wanted, service, known.Client, phone.Rejection) is { } refusal) return refusal;

            var isLast = attempt >= Math.Min(Attempts + service.Candidates.Count, MaxAttempts);
            if (service.Lasting(request.DurationMinutes) is not { } times) return BookingRules.UnknownLength;

            Result<CreatedBooking>? written;
            if (request.HoldToken is not null)
            {
                written = await UseHoldAsync(wanted, known, service, start, now, ct);
            }
            else if (ResourceChoiceRules.Choose(
                inputs, times, start, request.ResourceIds ?? [], request.PartySize ?? 1, now).TryGet(out var chosen, out var full))
            {
                var booking = NewBooking.Of(wanted, known.PartiesOf(service), times, start, chosen, tenant, now);
                written = await WriteAsync(Statements(booking, inputs, now), booking.View, ct);
            }
            else
            {
                written = full;
            }

            if (written is null && !isLast) continue;
            if (written is { Rejection: null } done) return done;

            var lost = request.HoldToken is null ? BookingRules.Conflict : BookingRules.HoldExpired;
            return await ExplainAsync(written?.Rejection ?? lost, wanted, known, service, times, start, ct);
        }
    }

    private static Rejection? Check(
        RequestedBooking wanted, BookableService service, Client? client, Rejection? noPhone)
    {
        if (wanted.PublicOnly && !service.Public) return BookingRules.UnknownService;
        if (wanted.Request.ClientId is not null && client is null) return BookingRules.UnknownClient;
        if (wanted.Hold is not null) return noPhone;
        if (wanted.PublicOnly && client is null && wanted.Request.Client is null) return BookingRules.ClientMissing;

        return Rejection.All(
            noPhone,
            CustomFieldRules.CheckAnswers(service.Answers, wanted.Request.Answers),
            client is null ? service.CheckNewClient(wanted.Request.Client) : null);
    }

    /// <returns>
    /// Null if somebody was faster, with the slot, with the client's record or with the key: looking again gives the
    /// true answer.
    /// </returns>
    private async Task<Result<CreatedBooking>?> WriteAsync(
        IEnumerable<NpgsqlBatchCommand> statements, BookingView view, CancellationToken ct)
    {
        try
        {
            await sql.ExecuteAsync(statements, ct);
            return new CreatedBooking.Written(view);
        }
        catch (PostgresException e) when (Meaning(e) is { } rejection)
        {
            return rejection;
        }
        catch (PostgresException e) when (e.LostARace() || e.IsRejection(Codes.CapacityFull))
        {
            return null;
        }
    }

    private IEnumerable<NpgsqlBatchCommand> Statements(NewBooking booking, SlotInputs inputs, DateTimeOffset now) =>
    [
        .. Answer(booking),
        .. BookingWrite.Statements(now, BookingWrite.Of(booking) with
        {
            HasExpiredHolds = inputs.HasExpiredHolds,
            After = [.. booking.IsHold ? HoldStatements(booking, now) : BookingStatements.Created(booking, tenant)],
        }),
    ];

    private IEnumerable<NpgsqlBatchCommand> HoldStatements(NewBooking hold, DateTimeOffset now) =>
    [
        .. BookingJobs.Of(hold.Booking, hold.Service.CheckIn, tenant),
        .. hold.Booking.HoldOwner is { } owner
            ? BookingStatements.CheckHolds(owner, hold.Service.Organisation.HoldsPerClient, tenant, now)
            : [],
    ];

    /// <summary>
    /// The hold becomes the booking: its time is its own already, so nothing is asked again but the limits.
    /// </summary>
    private async Task<Result<CreatedBooking>?> UseHoldAsync(
        RequestedBooking wanted, BookingInputs known, BookableService service, DateTimeOffset start, DateTimeOffset now,
        CancellationToken ct)
    {
        if (known.Hold is not { Status: BookingStatuses.Held } hold || hold.ExpiresAt <= now)
        {
            return BookingRules.HoldExpired;
        }

        if (hold.Mismatch(wanted.Request, start) is { } field) return BookingRules.HoldMismatch(field);

        var times = service.Times with { Length = hold.End - hold.Start };
        var request = wanted.Request with { PartySize = hold.PartySize };
        var source = hold.WaitlistId is null ? wanted.Source : BookingSources.Waitlist;
        var booking = NewBooking.Of(
            wanted with { Request = request, Source = source }, known.PartiesOf(service) with { BookingId = hold.Id }, times, start,
            hold.Resources, tenant, now);
        booking.Booking.WaitlistId = hold.WaitlistId;
        return await WriteAsync(UseStatements(booking, now), booking.View, ct);
    }

    private IEnumerable<NpgsqlBatchCommand> UseStatements(NewBooking booking, DateTimeOffset now) =>
    [
        .. Answer(booking),
        .. BookingWrite.Statements(now, BookingWrite.Of(booking) with
        {
            Allocations = AllocationWrite.Keep,
            Row = [BookingStatements.UseHold(booking.Booking, booking.Requested.Actor, now)],
            After =
            [
                .. booking.Booking.WaitlistId is { } entry
                    ? [WaitlistOffers.Booked(entry, booking.Requested.Actor)]
                    : Array.Empty<NpgsqlBatchCommand>(),
                .. BookingStatements.Created(booking, tenant),
            ],
        }),
    ];

    /// <summary>The answer that is stored under the caller's key.</summary>
    private IEnumerable<NpgsqlBatchCommand> Answer(NewBooking booking)
    {
        if (booking.Requested.Key is not { } key) yield break;

        var (view, row) = (booking.View, booking.Booking);
        yield return key.Lock(tenant.Id);
        yield return booking.IsHold
            ? key.Remember(201, $"/api/v1/holds/{row.Id}", null, Codes.HoldCreated,
                JsonSerializer.Serialize(view.ToHold(row.CreatedAt), PlatformJson.Options), row.CreatedAt)
            : key.Remember(201, $"/api/v1/bookings/{row.Id}", $"\"{row.Version}\"", Codes.BookingCreated,
                JsonSerializer.Serialize(view.ToResponse(), PlatformJson.Options), row.CreatedAt);
    }

    /// <summary>The rejection for a refusal by one of our statements; null if another try may succeed.</summary>
    private static Rejection? Meaning(PostgresException e) =>
        e.IsRejection(Codes.IdempotencyInProgress) ? RequestKey.InProgress
        : e.IsRejection(Codes.LimitReached) ? BookingRules.LimitReached
        : e.IsRejection(Codes.HoldExpired) ? BookingRules.HoldExpired
        : null;

    private async Task<BookingInputs> ReadAsync(
        RequestedBooking wanted, DateTimeOffset start, DateTimeOffset now, CancellationToken ct)
    {
        var request = wanted.Request;
        var read = new BookingInputs();
        read.Slots = await slots.ReadAsync(
            new(request.ServiceId, service => ResourceChoiceRules.Around(start, IsChoice(service))) { Now = now },
            before: new(
                () =>
                [
                    TenantSql.Statement("select nextval('bookings_id_seq'), nextval('clients_id_seq')"),
                    .. BookingInputs.FindClient(request),
                    .. HeldSlot.Find(request.HoldToken),
                ],
                async reader =>
                {
                    await reader.ReadAsync(ct);
                    (read.BookingId, read.NewClientId) = (reader.GetInt64(0), reader.GetInt64(1));
                    await reader.NextResultAsync(ct);
                    if (BookingInputs.NamesClient(request))
                    {
                        read.Client = await BookingInputs.ReadClientAsync(reader, ct);
                        await reader.NextResultAsync(ct);
                    }

                    read.Hold = request.HoldToken is null ? null : await HeldSlot.ReadAsync(reader, ct);
                }),

            // Last, because each statement sees what was committed before it: a request that finds the slot taken by the
            // first request with this key must also find the key.
            after: new(
                () => BookingInputs.FindAnswer(wanted.Key),
                async reader => read.Answered = wanted.Key is { } key ? await BookingInputs.ReadAnswerAsync(reader, key, ct) : null),
            ct);
        return read;
    }

    /// <summary>Where resources are chosen, the one with the least to do in the days around is preferred.</summary>
    private static bool IsChoice(BookableService? service) =>
        service is null || service.Candidates.Count > service.Requirements.Count;

    private async Task<Rejection> ExplainAsync(
        Rejection rejection, RequestedBooking wanted, BookingInputs known, BookableService service, ServiceTimes times,
        DateTimeOffset start, CancellationToken ct)
    {
        var request = wanted.Request;
        var refused = new RefusedStart(
            rejection, service, times, start, request.PartySize ?? 1, request.ResourceIds ?? [],
            known.Client?.Id, known.Hold?.Id, NewBooking.OwnerOf(wanted.Hold, known.Client?.Id), wanted.PublicOnly);
        return await StartRejections.ExplainAsync(
            refused, statements => sql.ReadAsync(statements, ct),
            range => slots.ReadAsync(new(request.ServiceId, range) { HoldToken = request.HoldToken }, ct), clock.Now, ct);
    }

    private static Result<CreatedBooking> Repeated(RequestKey key, IdempotencyKey answered) =>
        answered.RequestHash.AsSpan().SequenceEqual(key.RequestHash)
            ? new CreatedBooking.Repeated(answered)
            : RequestKey.Reused;
}
