using Npgsql;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Contracts.Events;
using Platform.Core.Availability;
using Platform.Core.Storage;

namespace Platform.Core.Bookings;

/// <summary>Where a booking is to go.</summary>
/// <param name="ResourceIds">The requested resources; when empty, those it has, or any free ones.</param>
/// <param name="ByClient">Whether the cancellation deadline applies, as it does to clients.</param>
public sealed record WantedMove(
    Moment Start, string? TimeZone, int? DurationMinutes, IReadOnlyList<long> ResourceIds, string? Reason,
    bool ByClient = false);

/// <summary>
/// Moves a booking to another time, or to other resources, in the caller's transaction: it keeps its number and UID,
/// does not conflict with itself, and stays where it was when the move is refused.
/// </summary>
public sealed class MoveBooking(TenantDb db, SlotQuery slots, ChangeBooking change, TimeProvider clock)
{
    private const int Attempts = 3;

    public Task<Result<BookingView>> RescheduleAsync(BookingChange what, WantedMove wanted, CancellationToken ct)
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
    private static bool IsThere(Booking booking, DateTimeOffset start, WantedMove wanted, IReadOnlyList<long> resourceIds) =>
        start.Stored == booking.StartAt
        && (wanted.DurationMinutes is not { } minutes || booking.Time.Length == TimeSpan.FromMinutes(minutes))
        && wanted.ResourceIds.All(resourceIds.Contains);

    /// <summary>To where the calendar it was imported from has it now, whatever the hours of the service are.</summary>
    internal Task<Result<BookingView>> ReimportAsync(BookingChange what, ImportDraft draft, CancellationToken ct)
    {
        (DateTimeOffset Start, DateTimeOffset End) previous = default;
        return change.RunAsync(what, null, async view =>
        {
            var booking = view.Booking;
            previous = (booking.StartAt, booking.EndAt);
            if (BookingRules.Changeable(booking.Status) is { } no) return no;

            var attempt = new Attempt(booking, draft.Start, null, draft.ResourceIds, draft.Start, Draft: draft);
            var current = view.Resources.Select(r => r.Id).ToList();
            var refusal = draft.ResourceIds.Count > 0
                ? await MoveAsync(attempt, explain: false, ct)
                : await MoveAsync(attempt with { ResourceIds = current }, explain: false, ct) is null ? null : await MoveAsync(attempt, explain: false, ct);
            if (refusal is not null) return refusal;

            booking.Sequence = draft.Former.Sequence;
            booking.TimeZone = draft.Request.TimeZone ?? booking.TimeZone;
            booking.Note = draft.Request.Note;
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

    /// <summary>What is recorded afterwards is looked at as if it were asked for when it began.</summary>
    private DateTimeOffset AskedAt(DateTimeOffset start, bool isRecorded)
    {
        var now = clock.Now;
        return isRecorded && start < now && start > now.AddYears(-10) ? start : now;
    }

    private sealed record Attempt(
        Booking Booking, DateTimeOffset Start, int? DurationMinutes, IReadOnlyList<long> ResourceIds, DateTimeOffset Now,
        bool WithoutNotice = false, bool ByClient = false, IReadOnlyList<long>? Other = null,
        IReadOnlyList<long>? Kept = null, ImportDraft? Draft = null)
    {
        public TimeRange Time => new(Start, Start + (Draft?.Times.Length ?? TimeSpan.Zero));

        public TimeRange Around => new(AllotmentRules.Around(Time.Start).Start, AllotmentRules.Around(Time.End).End);
    }

    /// <param name="explain">Whether a refusal is for somebody to read.</param>
    private async Task<Rejection?> MoveAsync(Attempt wanted, bool explain, CancellationToken ct)
    {
        var booking = wanted.Booking;
        var transaction = db.Database.CurrentTransaction!;

        for (var attempt = 1; ; attempt++)
        {
            var facts = await slots.ReadAsync(
                Connection, booking.ServiceId, wanted.Around, booking.Id, ct, wanted.Now < clock.Now ? wanted.Now : null);
            if (facts is null) return BookingRules.UnknownService;

            var service = wanted.Draft is null
                ? Without(facts.Service, wanted.Other ?? [])
                : ImportRules.OpenDuring(facts.Service, wanted.Time, wanted.ResourceIds);
            var times = wanted.Draft is { } draft ? ImportRules.AtAnyTime(service.Times, draft.Times.Length)
                : wanted.DurationMinutes is null
                ? service.Times with { Length = booking.EndAt - booking.StartAt }
                : service.Lasting(wanted.DurationMinutes);
            if (times is null) return BookingRules.UnknownLength;

            facts = facts with { Service = service };
            var chosen = AllotmentRules.Choose(
                facts, wanted.WithoutNotice ? times with { Notice = TimeSpan.Zero } : times, wanted.Start,
                [.. wanted.ResourceIds, .. Kept(service, wanted)], booking.PartySize, wanted.Now);
            if (!chosen.TryGet(out var allotment, out var rejection)) return await RefusedAsync(rejection);

            await transaction.CreateSavepointAsync("move", ct);
            try
            {
                await WriteAsync(wanted, facts, times, allotment, ct);
                Apply(booking, wanted.Start, times, allotment, facts.Service);
                return null;
            }
            catch (PostgresException e) when (e.IsRefusal(Codes.LimitReached))
            {
                await transaction.RollbackToSavepointAsync("move", ct);
                return await RefusedAsync(BookingRules.LimitReached);
            }
            catch (PostgresException e) when (e.LostARace() || e.IsRefusal(Codes.CapacityFull))
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

    private async Task WriteAsync(
        Attempt wanted, SlotFacts facts, ServiceTimes times, Allotment allotment, CancellationToken ct)
    {
        var (booking, service, now) = (wanted.Booking, facts.Service, clock.Now);
        var occupied = times.Occupied(wanted.Start);
        await using var batch = new NpgsqlBatch(Connection);

        if (service.HasLimits) batch.BatchCommands.Add(BookingStatements.LockService(service.Id));
        if (allotment.IsShared) batch.BatchCommands.Add(BookingStatements.LockResources(allotment));
        batch.BatchCommands.Add(TenantSql.Statement("delete from allocations where booking_id = $1", booking.Id));
        batch.BatchCommands.Add(TenantSql.Statement(
            "update bookings set start_at = $2, end_at = $3, local_date = $4 where id = $1",
            booking.Id, wanted.Start, wanted.Start + times.Length, allotment.LocalDate.ToDateOnly()));
        if (facts.HasExpiredHolds) batch.BatchCommands.Add(BookingStatements.ClearExpiredHolds(allotment, occupied, now));
        batch.BatchCommands.Add(BookingStatements.InsertAllocations(booking, allotment, occupied));
        if (allotment.IsShared) batch.BatchCommands.Add(BookingStatements.CountDepth(allotment, occupied, service.Capacity, now));
        if (service.HasLimits) batch.BatchCommands.Add(BookingStatements.CountLimits(booking, service, allotment, now));
        await batch.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Who moves a booking to later does not win time to cancel it.</summary>
    private static void Apply(
        Booking booking, DateTimeOffset start, ServiceTimes times, Allotment allotment, BookableService service)
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
        booking.LocalDate = allotment.LocalDate.ToDateOnly();
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
            statements => SendAsync(statements, ct),
            range => slots.ReadAsync(Connection, booking.ServiceId, range, booking.Id, ct), clock.Now, ct);
    }

    private Task<NpgsqlDataReader> SendAsync(IEnumerable<NpgsqlBatchCommand> statements, CancellationToken ct)
    {
        var batch = new NpgsqlBatch(Connection); // holds nothing that needs disposing
        foreach (var statement in statements) batch.BatchCommands.Add(statement);
        return batch.ExecuteReaderAsync(ct);
    }

    private NpgsqlConnection Connection => (NpgsqlConnection)db.Database.GetDbConnection();
}
