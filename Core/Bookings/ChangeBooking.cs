using System.Text.Json;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Contracts.Events;
using Platform.Core.Bookings.Waitlists;
using Platform.Core.Catalogue;
using Platform.Core.Outbox;
using Platform.Core.Storage;

namespace Platform.Core.Bookings;

/// <param name="ExpectedVersion">What the caller last saw; null if they do not care.</param>
/// <param name="Actor"><c>user:17</c> or <c>client:m2m</c>.</param>
/// <param name="Correct">Whether it may change what has begun or ended; takes <c>bookings.correct</c>.</param>
/// <param name="Reason">As the history records it.</param>
public sealed record BookingChange(
    long BookingId, long? ExpectedVersion, string Actor, bool Correct = false, string? Reason = null);

/// <summary>
/// Changes of a booking in the caller's transaction. Its row is locked first, so that changes of one booking come one
/// after the other and their events leave in that order; each change writes its row of history and its event. What
/// changes nothing writes nothing.
/// </summary>
public sealed class ChangeBooking(TenantDb db, WaitlistOffers offers, TimeProvider clock)
{
    /// <summary>Frees what the booking held. Cancelling twice is cancelling once, also for the fee.</summary>
    public Task<Result<BookingView>> CancelAsync(
        BookingChange change, string? reason, bool waivePolicy, CancellationToken ct) =>
        RunAsync(change with { Reason = reason }, BookingStatuses.Cancelled, view =>
        {
            if (BookingRules.Transition(view.Booking.Status, BookingStatuses.Cancelled) is { } no) return no;
            if (BookingRules.NotEnded(view.Booking, change.Correct, clock.Now) is { } ended) return ended;

            if (!BookingRules.CancellationFee(view.Booking, waivePolicy, clock.Now).TryGet(out var fee, out var closed)) return closed;

            view.Booking.Status = BookingStatuses.Cancelled;
            view.Booking.CancelReason = reason;
            view.Booking.FeeDue = fee;
            return null;
        },
        (_, after) => new BookingCancelled(after, reason), ct);

    public Task<Result<BookingView>> ConfirmAsync(BookingChange change, CancellationToken ct) =>
        TransitionAsync(
            change, BookingStatuses.Confirmed, booking => BookingRules.ConfirmedInTime(booking, clock.Now), ct,
            from: BookingStatuses.Pending);

    public Task<Result<BookingView>> RejectAsync(BookingChange change, string? reason, CancellationToken ct) =>
        TransitionAsync(change, BookingStatuses.Rejected, booking =>
        {
            if (BookingRules.NotEnded(booking, change.Correct, clock.Now) is { } ended) return ended;

            booking.CancelReason = reason;
            return null;
        }, ct, reason);

    /// <summary>Nobody approved it in time.</summary>
    public Task<Result<BookingView>> ExpireAsync(BookingChange change, CancellationToken ct) =>
        TransitionAsync(change, BookingStatuses.Expired, _ => null, ct);

    public async Task<Result<BookingView>> CheckInAsync(BookingChange change, CancellationToken ct)
    {
        var (bookings, services) = (db.Bookings, db.Services);
        var policy = await (
            from b in bookings
            join s in services on b.ServiceId equals s.Id
            where b.Id == change.BookingId
            select s.CheckIn).SingleOrDefaultAsync(ct);

        return await RunAsync(change, null, async view =>
        {
            var booking = view.Booking;
            if (BookingRules.Transition(booking.Status, BookingStatuses.CheckedIn) is { } no) return no;
            if (BookingRules.CheckIn(booking, policy ?? new(), clock.Now) is { } closed) return closed;

            var wasGivenUp = booking.Status == BookingStatuses.NoShow;
            booking.Status = BookingStatuses.CheckedIn;
            booking.CheckedInAt = clock.Now;
            return wasGivenUp ? await db.ReoccupyAsync(booking, clock.Now, ct) : null;
        },
        (before, after) => new BookingStatusChanged(after, before.Status), ct);
    }

    /// <summary>Also without a check-in, once it has begun.</summary>
    public Task<Result<BookingView>> CompleteAsync(BookingChange change, CancellationToken ct) =>
        TransitionAsync(
            change, BookingStatuses.Completed,
            booking => booking.Status == BookingStatuses.Confirmed ? BookingRules.HasBegun(booking, clock.Now) : null, ct);

    /// <summary>Nobody came: what is left of the time is free for others.</summary>
    /// <param name="undo">They came after all.</param>
    public Task<Result<BookingView>> NoShowAsync(BookingChange change, bool undo, CancellationToken ct) =>
        RunAsync(change, null, async view =>
        {
            var (booking, to) = (view.Booking, undo ? BookingStatuses.Confirmed : BookingStatuses.NoShow);
            if (undo && booking.Status != BookingStatuses.NoShow) return BookingRules.InvalidTransition(booking.Status, to);
            if (BookingRules.Transition(booking.Status, to) is { } no) return no;
            if (!undo && BookingRules.HasBegun(booking, clock.Now) is { } early) return early;

            booking.Status = to;
            if (undo) return await db.ReoccupyAsync(booking, clock.Now, ct);

            await db.ReleaseAllocationsAsync(booking.Id, ct);
            return null;
        },
        (before, after) => new BookingStatusChanged(after, before.Status), ct);

    /// <summary>Note and answers.</summary>
    public Task<Result<BookingView>> UpdateAsync(
        BookingChange change, Action<Booking> apply, CancellationToken ct) =>
        RunAsync(change, null, async view =>
        {
            var booking = view.Booking;
            if (BookingRules.Changeable(booking.Status) is { } no) return no;

            var before = booking.Answers;
            apply(booking);
            if (JsonElement.DeepEquals(before, booking.Answers))
            {
                booking.Answers = before;
                return null;
            }

            var questions = await db.Set<Catalogue.Service>().Where(s => s.Id == booking.ServiceId)
                .Select(s => s.Questions).SingleAsync(ct);
            var fields = await db.FieldsAsync(CustomFieldOwners.Booking, ct);
            return CustomFieldRules.CheckAnswers(CustomFieldRules.AnswerRules(questions, fields), booking.Answers);
        },
        (_, after) => new BookingUpdated(after), ct);

    /// <param name="from">The only state it may come from, when the table would also allow others.</param>
    private Task<Result<BookingView>> TransitionAsync(
        BookingChange change, string to, Func<Booking, Rejection?> check, CancellationToken ct, string? reason = null,
        string? from = null) =>
        RunAsync(change with { Reason = reason }, null, view =>
        {
            var booking = view.Booking;
            if (from is not null && booking.Status != from) return BookingRules.InvalidTransition(booking.Status, to);
            if (BookingRules.Transition(booking.Status, to) is { } no) return no;
            if (check(booking) is { } refused) return refused;

            booking.Status = to;
            return null;
        },
        (before, after) => new BookingStatusChanged(after, before.Status, reason), ct);

    private Task<Result<BookingView>> RunAsync<T>(
        BookingChange change, string? already, Func<BookingView, Rejection?> apply,
        Func<BookingSnapshot, BookingSnapshot, T> toEvent, CancellationToken ct) where T : IEventData =>
        RunAsync(change, already, view => Task.FromResult(apply(view)), toEvent, ct);

    /// <param name="already">The state in which there is nothing left to do.</param>
    /// <param name="apply">Changes the booking in the view, or says why not.</param>
    /// <param name="toEvent">Makes the event from the booking before and after.</param>
    internal async Task<Result<BookingView>> RunAsync<T>(
        BookingChange change, string? already, Func<BookingView, Task<Rejection?>> apply,
        Func<BookingSnapshot, BookingSnapshot, T> toEvent, CancellationToken ct) where T : IEventData
    {
        await db.Database.ExecuteSqlAsync($"select from bookings where id = {change.BookingId} for update", ct);
        var booking = await db.Bookings.SingleOrDefaultAsync(b => b.Id == change.BookingId, ct);
        if (booking is null) return Rejection.NotFound;

        if (VersionRules.Check(change.ExpectedVersion, booking.Version) is { } stale) return stale;

        var view = (await BookingQuery.FindAsync(db, booking.Id, ct))! with { Booking = booking };
        if (booking.Status == already) return view;

        var (before, note, answers) = (view.ToSnapshot(db.Tenant), booking.Note, booking.Answers);
        if (await apply(view) is { } refused) return refused;

        // A concurrent move may have changed its resources.
        view = (await BookingQuery.FindAsync(db, booking.Id, ct))! with { Booking = booking };
        var isSame = db.Entry(booking).State == EntityState.Unchanged
            && before.ResourceIds.SequenceEqual(view.Resources.Select(r => r.Id));
        if (isSame) return view;

        List<string> changed = [];
        if (note != booking.Note) changed.Add("note");
        if (!JsonElement.DeepEquals(answers, booking.Answers)) changed.Add("answers");
        await SaveAsync(view, before, changed, change, toEvent, ct);
        await ScheduleAsync(booking, before, ct);
        await OfferAsync(view, before, ct);
        return view;
    }

    /// <summary>A client who checked in is not marked as a no-show later, and the check-in time is kept.</summary>
    private async Task ScheduleAsync(Booking booking, BookingSnapshot before, CancellationToken ct)
    {
        var isNew = before.Status != booking.Status && before.Status != BookingStatuses.NoShow;
        var hasMoved = before.Start != booking.StartAt && booking.StartAt > clock.Now;
        if (!isNew && !hasMoved) return;

        var policy = await db.Services.Where(s => s.Id == booking.ServiceId).Select(s => s.CheckIn).SingleAsync(ct);
        foreach (var job in BookingJobs.Of(booking, policy, db.Tenant)) await db.ExecuteAsync(job, ct);
    }

    /// <summary>Offers the freed time to the waitlist.</summary>
    private async Task OfferAsync(BookingView view, BookingSnapshot before, CancellationToken ct)
    {
        var booking = view.Booking;
        var isGone = booking.Status is BookingStatuses.Cancelled or BookingStatuses.Rejected or BookingStatuses.Expired;
        var hasMoved = before.Start != booking.StartAt || before.End != booking.EndAt
            || !before.ResourceIds.SequenceEqual(view.Resources.Select(r => r.Id));
        if (isGone || hasMoved) await offers.OfferAsync(new(booking.ServiceId, before.Start, booking.PartySize), ct);
    }

    /// <param name="changed">What the snapshot does not hold.</param>
    private async Task SaveAsync<T>(
        BookingView view, BookingSnapshot before, IReadOnlyList<string> changed, BookingChange change,
        Func<BookingSnapshot, BookingSnapshot, T> toEvent, CancellationToken ct) where T : IEventData
    {
        var (booking, now) = (view.Booking, clock.Now);
        booking.Version++;
        booking.UpdatedBy = change.Actor;
        if (booking.Status is BookingStatuses.Cancelled or BookingStatuses.Rejected or BookingStatuses.Expired)
        {
            await db.ReleaseAllocationsAsync(booking.Id, ct);
        }

        var after = view.ToSnapshot(db.Tenant);
        db.Add(new BookingEvent
        {
            BookingId = booking.Id,
            Version = booking.Version,
            EventType = T.EventType,
            OccurredAt = now,
            Actor = change.Actor,
            Before = JsonSerializer.SerializeToElement(before, PlatformJson.Options),
            After = BookingHistory.After(after, change.Reason, changed),
        });
        db.Publish(toEvent(before, after), new(booking.Id, booking.Version, now, change.Actor));
        await db.SaveChangesAsync(ct);
    }
}
