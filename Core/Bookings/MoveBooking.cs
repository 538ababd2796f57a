using Npgsql;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Contracts.Events;
using Platform.Core.Availability;
using Platform.Core.Bookings.Imports;
using Platform.Core.Bookings.Slots;
using Platform.Core.Storage;

namespace Platform.Core.Bookings;

/// <summary>Where a booking is to go.</summary>
/// <param name="ResourceIds">The requested resources; when empty, those it has, or any free ones.</param>
/// <param name="ByClient">Whether the cancellation deadline applies, as it does to clients.</param>
public sealed record RequestedMove(
    Moment Start, string? TimeZone, int? DurationMinutes, IReadOnlyList<long> ResourceIds, string? Reason,
    bool ByClient = false);

/// <summary>
/// Moves a booking to another time, or to other resources, in the caller's transaction: it keeps its number and UID,
/// does not conflict with itself, and stays where it was when the move is refused.
/// </summary>
public sealed class MoveBooking(TenantDb db, SlotQuery slots, ChangeBooking change, TimeProvider clock)
{
    private const int Attempts = 3;

    public Task<Result<BookingView>> RescheduleAsync(BookingChange what, RequestedMove wanted, CancellationToken ct)
    {
        (DateTimeOffset Start, DateTimeOffset End) previous = default;
        return change.RunAsync(what with { Reason = wanted.Reason }, null, async view =>
        {
            var booking = view.Booking;
            previous = (booking.StartAt, booking.EndAt);
            if (BookingRules.Changeable(booking.Status) is { } no) return no;
            if (BookingRules.NotBegun(booking, what.Correct, clock.Now) is { } begun) return begun;
            if (wanted.ByClient && BookingRules.CancellationFee(booking, waive: false, clock.Now).Rejection is { } closed) return closed;

            var zone = wanted.TimeZone ?? (wanted.Start.Instant is null ? booking.TimeZone : null);
            if (!BookingRules.StartOf(wanted.Start, zone).TryGet(out var start, out var unclear)) return unclear;

            var current = view.Resources.Select(r => r.Id).ToList();
            if (IsThere(booking, start, wanted, current)) return null;

            var attempt = new Attempt(
                booking, start, wanted.DurationMinutes, wanted.ResourceIds, AskedAt(start, what.Correct), what.Correct,
                wanted.ByClient);
            var stays = wanted.ResourceIds.Count == 0
                && await MoveAsync(attempt with { ResourceIds = current }, explain: false, ct) is null;
            if (!stays && await MoveAsync(attempt, explain: true, ct) is { } refusal) return refusal;

            booking.Sequence++;
            booking.TimeZone = wanted.TimeZone ?? booking.TimeZone;
            return null;
        },
        (_, after) => new BookingRescheduled(after, previous.Start, previous.End, wanted.Reason), ct);
    }

    /// <summary>Whether it already has the requested time and resources.</summary>
    private static bool IsThere(Booking booking, DateTimeOffset start, RequestedMove wanted, IReadOnlyList<long> resourceIds) =>
        start.Stored == booking.StartAt
        && (wanted.DurationMinutes is not { } minutes || booking.Time.Length == TimeSpan.FromMinutes(minutes))
        && wanted.ResourceIds.All(resourceIds.Contains);

    /// <summary>To where the calendar it was imported from has it now, whatever the hours of the service are.</summary>
    internal Task<Result<BookingView>> ReimportAsync(BookingChange what, ImportableBooking imported, CancellationToken ct)
    {
        (DateTimeOffset Start, DateTimeOffset End) previous = default;
        return change.RunAsync(what, null, async view =>
        {
            var booking = view.Booking;
            previous = (booking.StartAt, booking.EndAt);
            if (BookingRules.Changeable(booking.Status) is { } no) return no;

            var attempt = new Attempt(booking, imported.Start, null, imported.ResourceIds, imported.Start, Imported: imported);
            var current = view.Resources.Select(r => r.Id).ToList();
            var refusal = imported.ResourceIds.Count > 0
                ? await MoveAsync(attempt, explain: false, ct)
                : await MoveAsync(attempt with { ResourceIds = current }, explain: false, ct) is null ? null : await MoveAsync(attempt, explain: false, ct);
            if (refusal is not null) return refusal;

            booking.Sequence = imported.Former.Sequence;
            booking.TimeZone = imported.Request.TimeZone ?? booking.TimeZone;
            booking.Note = imported.Request.Note;
            return null;
        },
        (_, after) => new BookingRescheduled(after, previous.Start, previous.End, null), ct);
    }

    /// <param name="resourceIds">
    /// The requested resources, and its present ones for requirements that the request does not name; when empty, any
    /// other free ones.
    /// </param>
    public Task<Result<BookingView>> ReassignAsync(
        BookingChange what, IReadOnlyList<long> resourceIds, string? reason, CancellationToken ct)
    {
        IReadOnlyList<long> previous = [];
        return change.RunAsync(what with { Reason = reason }, null, async view =>
        {
            previous = [.. view.Resources.Select(r => r.Id)];
            var booking = view.Booking;
            if (booking.Status != BookingStatuses.CheckedIn && BookingRules.Changeable(booking.Status) is { } no) return no;
            if (BookingRules.NotEnded(booking, what.Correct, clock.Now) is { } ended) return ended;
            if (resourceIds.Count > 0 && resourceIds.All(previous.Contains)) return null;

            // The notice period does not apply to a change of resources, only the permission.
            return await MoveAsync(
                new(booking, booking.StartAt, null, resourceIds, AskedAt(booking.StartAt, isRecorded: true),
                    WithoutNotice: true, Other: resourceIds.Count == 0 ? previous : [],
                    Kept: resourceIds.Count == 0 ? [] : previous), explain: true, ct);
        },
        (_, after) => new BookingReassigned(after, previous), ct);
    }

    /// <summary>A booking that is recorded afterwards is checked as if it had been requested at its start.</summary>
    private DateTimeOffset AskedAt(DateTimeOffset start, bool isRecorded)
    {
        var now = clock.Now;
        return isRecorded && start < now && start > now.AddYears(-10) ? start : now;
    }

    private sealed record Attempt(
        Booking Booking, DateTimeOffset Start, int? DurationMinutes, IReadOnlyList<long> ResourceIds, DateTimeOffset Now,
        bool WithoutNotice = false, bool ByClient = false, IReadOnlyList<long>? Other = null,
        IReadOnlyList<long>? Kept = null, ImportableBooking? Imported = null)
    {
        public TimeRange Time => new(Start, Start + (Imported?.Times.Length ?? TimeSpan.Zero));

        public TimeRange Around => new(ResourceChoiceRules.Around(Time.Start).Start, ResourceChoiceRules.Around(Time.End).End);
    }

    /// <param name="explain">Whether a refusal is for somebody to read.</param>
    private async Task<Rejection?> MoveAsync(Attempt wanted, bool explain, CancellationToken ct)
    {
        var booking = wanted.Booking;
        var transaction = db.Database.CurrentTransaction!;

        for (var attempt = 1; ; attempt++)
        {
            var inputs = await slots.ReadAsync(
                db,
                new(booking.ServiceId, wanted.Around)
                {
                    ExceptBooking = booking.Id,
                    Since = wanted.Now < clock.Now ? wanted.Now : null,
                },
                ct);
            if (inputs is null) return BookingRules.UnknownService;

            var service = wanted.Imported is null
                ? Without(inputs.Service, wanted.Other ?? [])
                : ImportRules.OpenDuring(inputs.Service, wanted.Time, wanted.ResourceIds);
            var times = wanted.Imported is { } imported ? ImportRules.AtAnyTime(service.Times, imported.Times.Length)
                : wanted.DurationMinutes is null
                ? service.Times with { Length = booking.EndAt - booking.StartAt }
                : service.Lasting(wanted.DurationMinutes);
            if (times is null) return BookingRules.UnknownLength;

            inputs = inputs with
            {
                Service = service,
                Occupied = wanted.Imported is null ? inputs.Occupied : inputs.Occupied.WithoutOutside(),
            };
            var choice = ResourceChoiceRules.Choose(
                inputs, wanted.WithoutNotice ? times with { Notice = TimeSpan.Zero } : times, wanted.Start,
                [.. wanted.ResourceIds, .. Kept(service, wanted)], booking.PartySize, wanted.Now);
            if (!choice.TryGet(out var chosen, out var rejection)) return await RefusedAsync(rejection);

            await transaction.CreateSavepointAsync("move", ct);
            try
            {
                await WriteAsync(wanted, inputs, times, chosen, ct);
                Apply(booking, wanted.Start, times, chosen, inputs.Service);
                return null;
            }
            catch (PostgresException e) when (e.IsRejection(Codes.LimitReached))
            {
                await transaction.RollbackToSavepointAsync("move", ct);
                return await RefusedAsync(BookingRules.LimitReached);
            }
            catch (PostgresException e) when (e.LostARace() || e.IsRejection(Codes.CapacityFull))
            {
                await transaction.RollbackToSavepointAsync("move", ct);
                if (attempt == Attempts) return await RefusedAsync(BookingRules.Conflict);
            }

            async Task<Rejection> RefusedAsync(Rejection why) =>
                explain ? await ExplainAsync(why, service, times, wanted, ct) : why;
        }
    }

    /// <summary>Its present resources for requirements that the request does not name.</summary>
    private static IEnumerable<long> Kept(BookableService service, Attempt wanted) =>
        from id in wanted.Kept ?? []
        let requirements = service.Candidates.Where(c => c.ResourceId == id).Select(c => c.Requirement).ToList()
        where requirements.Count > 0 && !service.Candidates.Any(
            c => requirements.Contains(c.Requirement) && wanted.ResourceIds.Contains(c.ResourceId))
        select id;

    private static BookableService Without(BookableService service, IReadOnlyList<long> resourceIds) =>
        resourceIds.Count == 0 ? service : service with
        {
            Candidates =
            [
                .. service.Candidates.Where(c => !resourceIds.Contains(c.ResourceId)
                    || service.Candidates.Count(other => other.Requirement == c.Requirement) == 1),
            ],
        };

    private Task WriteAsync(
        Attempt wanted, SlotInputs inputs, ServiceTimes times, ChosenResources chosen, CancellationToken ct)
    {
        var (booking, service) = (wanted.Booking, inputs.Service);
        var write = new BookingWrite(booking, chosen, times.Occupied(wanted.Start), service.Capacity)
        {
            Limited = service.HasLimits ? service : null,
            HasExpiredHolds = inputs.HasExpiredHolds,
            BusyCounts = wanted.Imported is null,
            Row =
            [
                TenantSql.Statement("delete from allocations where booking_id = $1", booking.Id),
                TenantSql.Statement(
                    "update bookings set start_at = $2, end_at = $3, local_date = $4 where id = $1",
                    booking.Id, wanted.Start, wanted.Start + times.Length, chosen.LocalDate.ToDateOnly()),
            ],
        };
        return db.ExecuteAsync(BookingWrite.Statements(clock.Now, write), ct);
    }

    /// <summary>Moving a booking to a later time does not extend the deadline for cancelling.</summary>
    private static void Apply(
        Booking booking, DateTimeOffset start, ServiceTimes times, ChosenResources chosen, BookableService service)
    {
        var deadline = service.Cancellation.DeadlineMinutes is { } minutes ? start.AddMinutes(-minutes) : (DateTimeOffset?)null;
        booking.CancelDeadline = booking.CancelDeadline is { } original && !(deadline < original) ? original : deadline;
        if (booking.Time.Length != times.Length)
        {
            booking.Price = service.Price?.Amount; // what it costs now: the old price was for another length
            booking.Currency = service.Price?.Currency;
        }

        booking.StartAt = start;
        booking.EndAt = start + times.Length;
        booking.LocalDate = chosen.LocalDate.ToDateOnly();
        booking.BeforeBufferMinutes = (int)times.Before.TotalMinutes;
        booking.AfterBufferMinutes = (int)times.After.TotalMinutes;
    }

    private Task<Rejection> ExplainAsync(
        Rejection rejection, BookableService service, ServiceTimes times, Attempt wanted, CancellationToken ct)
    {
        var booking = wanted.Booking;
        return StartRejections.ExplainAsync(
            new(rejection, service, times, wanted.Start, booking.PartySize, wanted.ResourceIds, booking.ClientId, booking.Id,
                HoldOwner: null, wanted.ByClient),
            statements => db.SendAsync(statements, ct),
            range => slots.ReadAsync(db, new(booking.ServiceId, range) { ExceptBooking = booking.Id }, ct), clock.Now, ct);
    }
}
