using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Core.Availability;

namespace Platform.Core.Bookings.Slots;

/// <summary>
/// Why a start cannot be booked: asks again without what could be in the way, one thing after the other, and names what
/// it was.
/// </summary>
internal sealed class WhyNot(
    SlotInputs inputs, ServiceTimes times, DateTimeOffset start, IReadOnlyList<long> requestedIds, int partySize,
    DateTimeOffset now)
{
    private BookableService Service => inputs.Service;

    public Rejection Reason()
    {
        if (!Fits(OccupiedTimes.None, partySize))
        {
            return partySize > 1 && MaxFree(OccupiedTimes.None) is > 0 and var most
                ? Full(RejectionKind.Invalid, partySize, most)
                : Closed();
        }

        var taken = inputs.Occupied.WithoutLimits();
        if (Fits(taken, partySize)) return BookingRules.LimitReached;
        if (Fits(taken.WithoutHolds(), partySize)) return Occupied(BookingRules.Held, taken, "held");

        if (Fits(taken.WithoutOutside().WithoutHolds(), partySize))
        {
            return Occupied(BookingRules.BusyElsewhere, taken, "busy in another calendar");
        }

        var left = MaxFree(taken);
        return Service.IsGroup || left > 0
            ? Full(RejectionKind.Conflict, partySize, left)
            : Occupied(BookingRules.Conflict, taken, "taken");
    }

    /// <param name="kind">A conflict where others have the rest; invalid where there never were so many.</param>
    public static Rejection Full(RejectionKind kind, int requested, int left) => new(
        kind, Codes.CapacityFull, kind == RejectionKind.Invalid
            ? $"There is no place for {requested}; the maximum is {left}."
            : $"There is no place for {requested}; {left} {(left == 1 ? "is" : "are")} left.",
        "partySize")
    {
        Extras = new() { Remaining = left },
    };

    /// <summary>How many places or seats one party could have.</summary>
    private int MaxFree(OccupiedTimes taken)
    {
        return ResourceChoiceRules.At(Question(taken, 1), start, now) is { } slot
            ? slot.Free.Where(free => free.Requirement == Service.Requirements[0].Number).Max(free => free.Places)
            : 0;
    }

    private Rejection Occupied(Rejection rejection, OccupiedTimes taken, string how)
    {
        var resources = Missing(Question(taken, partySize));
        if (resources.Count == 0) resources = TakenWhollyOrNot(taken);
        return rejection with { Detail = $"{Are(resources)} {how} then.", Extras = new() { Resources = resources } };
    }

    private Rejection Closed()
    {
        var question = Question(OccupiedTimes.None, 1);
        var time = new TimeRange(start, start + times.Length);
        var closures = question.Candidates.SelectMany(c => c.Blackouts).Where(b => b.Time.Overlaps(time)).Distinct().ToList();
        var open = question with { Candidates = [.. question.Candidates.Select(c => c with { Blackouts = [] })] };
        if (closures.Count > 0 && ResourceChoiceRules.At(open, start, now) is not null)
        {
            var holidays = closures.Where(c => c.IsHoliday).Select(c => c.Reason).Distinct().ToList();
            var names = holidays.Count > 0 ? $": {string.Join(", ", holidays)}" : "";
            return BookingRules.Closed with
            {
                Detail = $"The time is closed{names}.",
                Extras = new()
                {
                    Closed = [.. closures.Select(c => new ClosedTime(c.Time.Start, c.Time.End, c.Reason, c.IsHoliday))],
                },
            };
        }

        var resources = Missing(question);
        return resources.Count == 0
            ? BookingRules.Closed with { Detail = "The service is open at that time, but no slot starts then." }
            : BookingRules.Closed with
            {
                Detail = $"{Are(resources)} not open then.",
                Extras = new() { Resources = resources },
            };
    }

    /// <summary>Of the requirements that are not met: their resources that have no place.</summary>
    private List<BookedResource> Missing(SlotQuestion question)
    {
        var places = SlotRules.PlacesAt(question, start);
        var unmet = question.Requirements.Where(r =>
        {
            var mine = question.Candidates.Index().Where(c => c.Item.Requirement == r.Number).ToList();
            return mine.Count(c => places[c.Index] > 0) < (r.All ? mine.Count : r.Quantity);
        }).Select(r => r.Number).ToList();
        return Named(question.Candidates.Index()
            .Where(c => unmet.Contains(c.Item.Requirement) && places[c.Index] == 0).Select(c => c.Item.ResourceId));
    }

    /// <summary>Each requirement could be met, but not all together: whatever is taken at all.</summary>
    private List<BookedResource> TakenWhollyOrNot(OccupiedTimes taken) => Named(Question(taken, partySize).Candidates
        .Where(c => c.Occupied.Any(time => time.Range.Overlaps(times.Occupied(start)))).Select(c => c.ResourceId));

    private List<BookedResource> Named(IEnumerable<long> ids) =>
        [.. ids.Distinct().Order().Select(id => new BookedResource(id, Service.Names[id]))];

    private static string Are(List<BookedResource> resources) =>
        $"{string.Join(", ", resources.Select(r => r.Name))} {(resources.Count == 1 ? "is" : "are")}";

    private bool Fits(OccupiedTimes taken, int size) => ResourceChoiceRules.At(Question(taken, size), start, now) is not null;

    private SlotQuestion Question(OccupiedTimes taken, int size) => Service.Question(times, taken, size, requestedIds);
}
