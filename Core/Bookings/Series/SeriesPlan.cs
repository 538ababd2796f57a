using NodaTime;
using NodaTime.Text;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Core.Availability;
using Platform.Core.Bookings.Slots;

namespace Platform.Core.Bookings.Series;

/// <summary>A date of a series with the place it would take, or the reason why it cannot.</summary>
/// <param name="Start">Null where clocks jump over the local time, or the date does not exist.</param>
/// <param name="Limit">The limit of the service that is in its way.</param>
public sealed record PlannedOccurrence(
    string Local, DateTime? LocalStart, DateTimeOffset? Start, ChosenResources? Resources, string? Code,
    ReachedLimit? Limit = null)
{
    /// <summary>The reason why it is not booked, for an answer.</summary>
    public SeriesOccurrence ToRefused() => new(Local, Start, Code: Code, Limit: Limit);
}

/// <summary>The dates of a series, each with the place it would take.</summary>
public sealed record SeriesPlan(IReadOnlyList<PlannedOccurrence> Occurrences, bool IsComplete)
{
    private const int HorizonDays = 366;

    /// <summary>And at most so often.</summary>
    public const int MaxOccurrences = 400;

    private static readonly LocalDateTimePattern Iso = LocalDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd'T'HH:mm:ss");

    public IEnumerable<PlannedOccurrence> Bookable => Occurrences.Where(o => o.Resources is not null);

    public IReadOnlyList<PlannedOccurrence> Conflicts => [.. Occurrences.Where(o => o.Resources is null && o.Start is not null)];

    public static Result<Expansion> Dates(
        CreateSeriesRequest request, LocalDateTime start, DateTimeZone zone)
    {
        var (rule, error) = RecurrenceRule.Parse(request.Rrule);
        if (rule is null)
        {
            return new Rejection(
                RejectionKind.Invalid, Codes.InvalidRecurrence, $"{error?.Part}: {error?.Reason}", "rrule");
        }

        var dates = Recurrence.Expand(
            rule, start, zone, [.. (request.Exdates ?? []).Select(d => LocalOf(d, zone))],
            [.. (request.Rdates ?? []).Select(d => LocalOf(d, zone))], Horizon(start.Date), MaxOccurrences);
        return dates.Occurrences.Count > 0
            ? dates
            : new Rejection(RejectionKind.Invalid, Codes.InvalidRecurrence, "The rule produces no date.", "rrule");
    }

    /// <summary>
    /// A rule that goes on for longer than a series is booked ahead goes as far as the service can be booked.
    /// </summary>
    public static Expansion WithinWindow(Expansion dates, BookableService service, ServiceTimes times, DateTimeOffset now)
    {
        if (dates.IsComplete) return dates;

        var ends = BookableUntil(service, times, now);
        var within = dates.Occurrences.Where(o => o.Instant < ends).ToList();
        return within.Count == 0 || within.Count == dates.Occurrences.Count ? dates : dates with
        {
            Occurrences = within,
            Skipped = [.. dates.Skipped.Where(s => string.CompareOrdinal(s.Local, Text(within[^1].Local)) < 0)],
        };
    }

    /// <summary>The farthest that any resource of the service can be booked, exclusive.</summary>
    public static DateTimeOffset BookableUntil(BookableService service, ServiceTimes times, DateTimeOffset now) =>
        service.Candidates.Select(c => SlotRules.Bookable(times, c.Zone, now).End).DefaultIfEmpty(now).Max();

    /// <summary>Series are booked at most so far ahead, counted from their first date, later from today.</summary>
    public static LocalDate Horizon(LocalDate from) => from.PlusDays(HorizonDays);

    public IEnumerable<SeriesSkip> Skips(long seriesId, bool foundLater, DateTimeOffset now) => Occurrences
        .Where(o => o.Code is not null)
        .DistinctBy(o => o.Local)
        .Select(o => new SeriesSkip
        {
            SeriesId = seriesId,
            Local = o.Local,
            StartAt = o.Start,
            Code = o.Code!,
            FoundLater = foundLater,
            CreatedAt = now,
        });

    public static string CodeOf(SkipReason reason) =>
        reason == SkipReason.NoSuchTime ? Codes.NonexistentLocalTime : Codes.NonexistentLocalDate;

    /// <summary>
    /// Finds a place for each date, beside what is taken and beside the dates before it. The resources of the first
    /// date are kept where they are free.
    /// </summary>
    public static SeriesPlan Of(
        SlotInputs inputs, ServiceTimes times, IEnumerable<(LocalDateTime Local, DateTimeOffset Start)> dates,
        IReadOnlyList<SkippedOccurrence> skipped, IReadOnlyList<long> requestedIds, int partySize, DateTimeOffset now,
        bool isComplete)
    {
        List<PlannedOccurrence> planned =
        [
            .. skipped.Select(s => new PlannedOccurrence(s.Local, null, null, null, CodeOf(s.Reason))),
        ];
        var usual = requestedIds;
        var taken = inputs.Occupied;

        foreach (var (local, start) in dates)
        {
            var near = inputs with { Occupied = taken.Near(times.Occupied(start)) };
            var choice = ResourceChoiceRules.Choose(near, times, start, usual, partySize, now);
            if (choice.Rejection is not null && usual != requestedIds)
            {
                choice = ResourceChoiceRules.Choose(near, times, start, requestedIds, partySize, now);
            }

            choice.TryGet(out var chosen, out var rejection);
            var limit = rejection?.Code == Codes.LimitReached
                ? LimitRules.Reached(inputs.Service, taken.Days, start, times.Length, requestedIds)
                : null;
            planned.Add(new(Iso.Format(local), local.ToDateTimeUnspecified(), start, chosen, rejection?.Code, limit));
            if (chosen is null) continue;

            taken = taken.With(chosen, times.Occupied(start), partySize, times.Length);
            if (usual == requestedIds) usual = [.. chosen.Items.Where(p => p.PartOf is null).Select(p => p.ResourceId)];
        }

        return new([.. planned.OrderBy(o => o.Local, StringComparer.Ordinal)], isComplete);
    }

    public Rejection? Check(bool skipConflicts)
    {
        if (Conflicts.Count == 0 || (skipConflicts && Bookable.Any())) return null;

        return new(RejectionKind.Conflict, Codes.SeriesConflict, $"{Conflicts.Count} of its dates cannot be booked.")
        {
            Extras = new() { Conflicts = [.. Conflicts.Select(o => o.ToRefused())] },
        };
    }

    public static LocalDateTime LocalOf(Moment moment, DateTimeZone zone) => moment.Instant is { } instant
        ? ZoneRules.LocalOf(instant, zone)
        : LocalDateTime.FromDateTime(moment.Local!.Value);

    public static string Text(LocalDateTime local) => Iso.Format(local);
}
