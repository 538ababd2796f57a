using NodaTime;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Core.Availability;
using Platform.Core.Storage;

namespace Platform.Core.Bookings.Series;

/// <summary>Which dates of a series are meant.</summary>
/// <param name="Scope"><c>this</c>, <c>following</c> or <c>all</c>.</param>
/// <param name="Occurrence">The local time that the series gave the date, for <c>this</c> and <c>following</c>.</param>
public sealed record SeriesScope(long SeriesId, string Scope, Moment? Occurrence, long? ExpectedVersion, string Actor);

/// <summary>
/// Changes of a series, in the caller's transaction. The bookings decide; the rule records how they were made.
/// Bookings that have begun never change.
/// </summary>
public sealed class ChangeSeries(TenantDb db, ChangeBooking change, MoveBooking move, TimeProvider clock)
{
    /// <summary>
    /// Of one date, or of those that follow, or of all: then the rule makes no further date, either. What cannot be
    /// cancelled stays, and the answer reports it date by date.
    /// </summary>
    public async Task<Result<SeriesResponse>> CancelAsync(
        SeriesScope scope, string? reason, bool waivePolicy, CancellationToken ct)
    {
        if (!(await FindAsync(scope, ct)).TryGet(out var found, out var rejection)) return rejection;

        var (series, bookings) = (found.Series, found.Bookings);
        if (bookings.Count == 0)
        {
            if (series.Status == SeriesStatuses.Cancelled) return await SeriesViews.GetAsync(db, series.Id, ct); // twice is once
            if (scope.Scope == "this" || series.IsComplete) return WhyNone(found, scope); // else the rule would make others
        }

        List<SeriesOccurrence> refused = [];
        foreach (var booking in bookings)
        {
            var outcome = await change.CancelAsync(new(booking.Id, null, scope.Actor), reason, waivePolicy, ct);
            if (outcome.Rejection is { } no) refused.Add(Refused(booking, no));
        }

        if (refused.Count > 0 && refused.Count == bookings.Count) return Conflict(refused);

        if (scope.Scope != "this") await EndAsync(series, scope, bookings, ct);
        db.SignChange(series, scope.Actor);
        await db.SaveChangesAsync(ct);
        return WithRejections(await SeriesViews.GetAsync(db, series.Id, ct), refused);
    }

    /// <summary>
    /// The rule makes no date from the first that was cancelled on; one without any left is cancelled.
    /// </summary>
    private async Task EndAsync(
        BookingSeries series, SeriesScope scope, IReadOnlyList<Booking> cancelled, CancellationToken ct)
    {
        var now = clock.Now;
        var zone = ZoneRules.Get(series.TimeZone);
        var from = scope is { Scope: "following", Occurrence: { } moment } ? SeriesPlan.LocalOf(moment, zone)
            : cancelled.Count > 0 ? LocalDateTime.FromDateTime(cancelled.Min(b => b.Occurrence!.Value))
            : ZoneRules.LocalOf(now, zone);
        series.Rrule = RecurrenceRule.Ending(series.Rrule, ZoneRules.ToInstant(from, zone));
        series.Rdates = [.. series.Rdates.Where(date => date < from.ToDateTimeUnspecified())];
        series.IsComplete = true;

        var left = db.Bookings.Where(b => b.SeriesId == series.Id);
        var isLive = scope.Scope == "all"
            ? await left.AnyAsync(b => b.EndAt > now && Live.Contains(b.Status), ct)
            : await left.AnyAsync(b => !Gone.Contains(b.Status), ct);
        if (!isLive) series.Status = SeriesStatuses.Cancelled;
    }

    private static readonly string[] Live =
        [BookingStatuses.Pending, BookingStatuses.Confirmed, BookingStatuses.CheckedIn];

    private static readonly string[] Gone =
        [BookingStatuses.Cancelled, BookingStatuses.Rejected, BookingStatuses.Expired];

    private static SeriesResponse WithRejections(
        SeriesResponse series, IReadOnlyList<SeriesOccurrence> refused) => series with
        {
            Occurrences =
        [
            .. series.Occurrences.Select(o => refused.FirstOrDefault(r => r.BookingId == o.BookingId) is { } no
                ? o with { Code = no.Code }
                : o),
        ],
        };

    /// <summary>
    /// Moves the dates by as much as the first of them moves, in wall-clock time; all of them, or none. Dates that went
    /// elsewhere on their own come along again.
    /// </summary>
    public async Task<Result<SeriesResponse>> UpdateAsync(
        SeriesScope scope, UpdateSeriesRequest request, CancellationToken ct)
    {
        var requestedIds = (request.ResourceIds ?? []).Distinct().ToList();
        if (await db.Set<Catalogue.Resource>().CountAsync(r => requestedIds.Contains(r.Id), ct) < requestedIds.Count)
        {
            return BookingRules.UnknownResource("resourceIds");
        }

        if (!(await FindAsync(scope, ct)).TryGet(out var found, out var rejection)) return rejection;

        var (series, bookings) = (found.Series, found.Bookings);
        if (bookings.Count == 0) return WhyNone(found, scope);

        var zone = ZoneRules.Get(series.TimeZone);
        if (request.Start is { } moved && !CalendarYears.IsPlannable(moved.Instant?.Year ?? moved.Local!.Value.Year))
        {
            return BookingRules.Closed;
        }

        var usual = Moved(bookings, zone);
        var shift = request.Start is { } start
            ? Period.Between(
                Usual(bookings[0], usual), SeriesPlan.LocalOf(start, zone), PeriodUnits.Days | PeriodUnits.AllTimeUnits)
            : Period.Zero;

        var refused = await MoveAsync(
            [.. bookings.Select(b => (b, request.Start is null ? Local(b, zone) : Usual(b, usual) + shift))], request, zone,
            scope.Actor, ct);
        if (refused.Count > 0 && !(request.SkipConflicts && refused.Count < bookings.Count)) return Conflict(refused);

        if (scope.Scope != "this") Continue(series, request, (Usual(bookings[0], usual) + shift, bookings[0]));
        if (scope.Scope == "all")
        {
            series.StartLocal = (LocalDateTime.FromDateTime(series.StartLocal) + shift).ToDateTimeUnspecified();
        }

        db.SignChange(series, scope.Actor);
        await db.SaveChangesAsync(ct);
        return await SeriesViews.GetAsync(db, series.Id, ct);
    }

    /// <summary>Dates that are still to be made are like the last ones.</summary>
    private static void Continue(
        BookingSeries series, UpdateSeriesRequest request, (LocalDateTime Local, Booking Of) first)
    {
        if (request.Start is not null) series.Moved = first.Local.ToDateTimeUnspecified() - first.Of.Occurrence!.Value;
        series.DurationMinutes = request.DurationMinutes ?? series.DurationMinutes;
        series.ResourceIds = [.. request.ResourceIds ?? series.ResourceIds];
        series.Note = request.Note ?? series.Note;
    }

    /// <summary>How far from what its rule gave the series has its dates now: as most of them.</summary>
    private static TimeSpan Moved(IReadOnlyList<Booking> bookings, DateTimeZone zone) =>
        bookings.GroupBy(b => Local(b, zone).ToDateTimeUnspecified() - b.Occurrence!.Value)
            .MaxBy(group => group.Count())!.Key;

    private static LocalDateTime Usual(Booking booking, TimeSpan moved) =>
        LocalDateTime.FromDateTime(booking.Occurrence!.Value + moved);

    /// <summary>Those that go later go last to first, so that none runs into a sister that is still to go.</summary>
    private async Task<List<SeriesOccurrence>> MoveAsync(
        IReadOnlyList<(Booking Booking, LocalDateTime To)> bookings, UpdateSeriesRequest request, DateTimeZone zone,
        string actor, CancellationToken ct)
    {
        List<SeriesOccurrence> refused = [];
        var isLater = bookings[^1].To > Local(bookings[^1].Booking, zone);
        var moves = request.Start is not null || request.DurationMinutes is not null || request.ResourceIds is not null;

        foreach (var (booking, to) in isLater ? bookings.Reverse() : bookings)
        {
            var what = new BookingChange(booking.Id, null, actor);
            var target = new Moment(null, to.ToDateTimeUnspecified());
            var refusal = !moves ? null : (await move.RescheduleAsync(
                what, new(target, zone.Id, request.DurationMinutes, request.ResourceIds ?? [], null), ct)).Rejection;
            if (refusal is null && request.Note is { } note)
            {
                refusal = (await change.UpdateAsync(what, b => b.Note = note, ct)).Rejection;
            }

            if (refusal is not null) refused.Add(Refused(booking, refusal));
        }

        return refused;
    }

    /// <param name="Bookings">Those of the scope that have not begun.</param>
    /// <param name="Begun">And those that have.</param>
    private sealed record Scoped(BookingSeries Series, IReadOnlyList<Booking> Bookings, IReadOnlyList<Booking> Begun);

    private async Task<Result<Scoped>> FindAsync(SeriesScope scope, CancellationToken ct)
    {
        await db.Database.ExecuteSqlAsync($"select from series where id = {scope.SeriesId} for update", ct);
        if (await db.Series.SingleOrDefaultAsync(s => s.Id == scope.SeriesId, ct) is not { } series) return Rejection.NotFound;
        if (VersionRules.Check(scope.ExpectedVersion, series.Version) is { } stale) return stale;
        if (scope is { Scope: not "all", Occurrence: null }) return OccurrenceMissing;

        var now = clock.Now;
        var all = db.Bookings.Where(b => b.SeriesId == series.Id
            && (b.Status == BookingStatuses.Pending || b.Status == BookingStatuses.Confirmed));
        if (scope is { Scope: not "all", Occurrence: { } moment })
        {
            var at = SeriesPlan.LocalOf(moment, ZoneRules.Get(series.TimeZone)).ToDateTimeUnspecified();
            all = scope.Scope == "this" ? all.Where(b => b.Occurrence == at) : all.Where(b => b.Occurrence >= at);
        }

        var meant = await all.OrderBy(b => b.StartAt).ToListAsync(ct);
        return new Scoped(
            series, [.. meant.Where(b => b.StartAt > now)], [.. meant.Where(b => b.StartAt <= now)]);
    }

    private Rejection WhyNone(Scoped found, SeriesScope scope) =>
        scope.Scope == "this" && found.Begun is [var begun]
        && BookingRules.NotBegun(begun, correct: false, clock.Now) is { } rejection
            ? rejection
            : NothingLeft;

    private static LocalDateTime Local(Booking booking, DateTimeZone zone) =>
        ZoneRules.LocalOf(booking.StartAt, zone);

    private static SeriesOccurrence Refused(Booking booking, Rejection no) => new(
        SeriesPlan.Text(LocalDateTime.FromDateTime(booking.Occurrence!.Value)), booking.StartAt, booking.Id, booking.Status, no.Code);

    private static Rejection Conflict(List<SeriesOccurrence> refused) =>
        new(RejectionKind.Conflict, Codes.SeriesConflict, $"{refused.Count} of its dates cannot be changed.")
        {
            Extras = new() { Conflicts = refused },
        };

    private static Rejection OccurrenceMissing { get; } =
        new(RejectionKind.Invalid, Codes.InvalidRecurrence, "`occurrence` is required for one date of a series.", "occurrence");

    private static Rejection NothingLeft { get; } =
        new(RejectionKind.Conflict, Codes.InvalidTransition, "No future date is selected.");
}
