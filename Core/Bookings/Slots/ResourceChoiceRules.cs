using NodaTime;
using Platform.Contracts;
using Platform.Core.Availability;

namespace Platform.Core.Bookings.Slots;

/// <summary>A resource that a booking takes.</summary>
/// <param name="Unit">
/// 1 where the resource has a single place, which the database keeps; null where depth is counted.
/// </param>
/// <param name="PartOf">The whole that was asked for, where this is only a part of it.</param>
public sealed record ChosenResource(long ResourceId, int Requirement, int? Unit, int Units, long? PartOf = null);

/// <summary>What a booking takes: all of it or nothing.</summary>
/// <param name="Items">Sorted by resource.</param>
/// <param name="Session">The number of its group session; null where it has its resources for itself.</param>
/// <param name="LocalDate">Of its start, in the zone of its first resource.</param>
public sealed record ChosenResources(IReadOnlyList<ChosenResource> Items, long? Session, LocalDate LocalDate)
{
    public IEnumerable<long> Ids => Items.Select(item => item.ResourceId);

    /// <summary>Whether others may be there at the same time, so that the database must count under a lock.</summary>
    public bool IsShared => Session is not null || Items.Any(place => place.Unit is null);
}

/// <summary>Chooses the resources of a booking. Exactly the starts that the list of slots has can be booked.</summary>
public static class ResourceChoiceRules
{
    /// <summary>With the day itself a week.</summary>
    private const int FairDays = 3;

    /// <summary>
    /// The bookings to read for choosing the resources of one start: for that day alone what is in its way,
    /// for a fair choice all that the choice counts, in any zone.
    /// </summary>
    public static TimeRange Around(DateTimeOffset start, bool isChoice = true)
    {
        var days = TimeSpan.FromDays(isChoice && start.Year is > 1 and < 9999 ? FairDays + 1 : 0);
        return new TimeRange(start, start).Widen(days, days);
    }

    public static Result<ChosenResources> Choose(
        SlotInputs inputs, ServiceTimes times, DateTimeOffset start, IReadOnlyList<long> requestedIds, int partySize,
        DateTimeOffset now)
    {
        var service = inputs.Service;
        if (requestedIds.Except(service.Candidates.Select(c => c.ResourceId)).Any())
        {
            return BookingRules.UnknownResource("resourceIds");
        }

        if (service.IsGroup && partySize > service.Capacity) return NeverFits(partySize, service.Capacity);

        var question = service.Question(times, inputs.Occupied, partySize, requestedIds);
        if (OutsideWindow(question, start, now) is { } outside) return outside;

        return At(question, start, now) is { } slot
            ? ChooseFrom(question, slot)
            : new WhyNot(inputs, times, start, requestedIds, partySize, now).Reason();
    }

    internal static Slot? At(SlotQuestion question, DateTimeOffset start, DateTimeOffset now) =>
        SlotRules.Slots(question, new TimeRange(start, start.AddTicks(1)), now) is [var slot, ..] ? slot : null;

    private static ChosenResources ChooseFrom(SlotQuestion question, Slot slot)
    {
        var fair = slot.Free
            .OrderBy(free => free.Requirement)
            .ThenByDescending(free => IsSessionOf(question, free, slot.Start))
            .ThenBy(free => BookedAround(question.Candidates[free.Candidate], slot.Start))
            .ThenBy(free => free.ResourceId)
            .ToList();
        var fit = new Fit(question);
        var chosen = (fit.Choose(fair) ?? fit.Choose(slot.Free))!; // in the order in which the slot was found to fit
        var leading = question.Requirements[0].Number;
        var zone = question.Candidates[chosen[0].Candidate].Zone;

        return new(
            [.. chosen.SelectMany(free => ItemsOf(question, free, leading)).OrderBy(place => place.ResourceId)],
            question.Group?.NumberAt(slot.Start),
            ZoneRules.DateOf(slot.Start, zone));
    }

    private static IEnumerable<ChosenResource> ItemsOf(SlotQuestion question, FreeResource free, int leading)
    {
        var candidate = question.Candidates[free.Candidate];
        var units = free.Requirement == leading && question.Group is null ? question.PartySize : 1;
        yield return new(free.ResourceId, free.Requirement, candidate.Capacity == 1 ? 1 : null, units);

        foreach (var part in candidate.SubResources ?? [])
        {
            yield return new(part.ResourceId, free.Requirement, part.Capacity == 1 ? 1 : null, part.Capacity, free.ResourceId);
        }
    }

    /// <summary>A booking that joins a session gets the session's resources.</summary>
    private static bool IsSessionOf(SlotQuestion question, FreeResource free, DateTimeOffset start) =>
        question.Group?.NumberAt(start) is { } session
        && question.Candidates[free.Candidate].Occupied.Any(time => time.Session == session);

    /// <summary>
    /// Any-available is fair: the resource with the least booked time in the days around it comes first,
    /// <see cref="FairDays"/> before the day of the start and as many after.
    /// </summary>
    private static long BookedAround(Candidate candidate, DateTimeOffset start)
    {
        var day = ZoneRules.DateOf(start, candidate.Zone);
        var from = ZoneRules.StartOf(day.PlusDays(-FairDays), candidate.Zone);
        var to = ZoneRules.StartOf(day.PlusDays(FairDays + 1), candidate.Zone);
        return candidate.Occupied
            .Where(time => !time.IsOutside && time.Range.Start >= from && time.Range.Start < to)
            .Sum(time => time.Range.Length.Ticks * time.Units);
    }

    private static Rejection? OutsideWindow(SlotQuestion question, DateTimeOffset start, DateTimeOffset now)
    {
        var times = question.Times;
        if (start < now + times.Notice)
        {
            return new(
                RejectionKind.Invalid, Codes.TooSoon,
                $"The earliest start is {PlatformJson.WriteInstant(now + times.Notice)}.", "start");
        }

        var isFar = start > now.AddDays(times.WindowDays + 2) || (question.Candidates.Count > 0
            && question.Candidates.All(c => start >= SlotRules.Bookable(times, c.Zone, now).End));
        return isFar
            ? new(RejectionKind.Invalid, Codes.TooFar, $"The start must be within {times.WindowDays} days.", "start")
            : null;
    }

    private static Rejection NeverFits(int wanted, int capacity) =>
        WhyNot.Full(RejectionKind.Invalid, wanted, capacity);
}
