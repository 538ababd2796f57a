using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Core.Availability;

namespace Platform.Core.Bookings;

/// <summary>What may become of a booking. What the slots list can be booked, and nothing else.</summary>
public static class BookingRules
{
    private static readonly Dictionary<string, string[]> Transitions = new()
    {
        [BookingStatuses.Pending] =
        [
            BookingStatuses.Confirmed, BookingStatuses.Rejected, BookingStatuses.Expired, BookingStatuses.Cancelled,
        ],
        [BookingStatuses.Confirmed] = [BookingStatuses.CheckedIn, BookingStatuses.NoShow, BookingStatuses.Cancelled],
        [BookingStatuses.CheckedIn] = [BookingStatuses.Completed],
    };

    public static Rejection? Transition(string from, string to) =>
        Transitions.TryGetValue(from, out var reachable) && reachable.Contains(to)
            ? null
            : new(RejectionKind.Conflict, Codes.InvalidTransition, $"A booking that is {from} cannot become {to}.");

    public static Rejection? Version(long? expected, long actual) =>
        expected is null || expected == actual
            ? null
            : new(RejectionKind.Stale, Codes.VersionMismatch, $"The current version is {actual}.");

    /// <summary>
    /// Picks one free unit for each requirement: of the wanted resources where they can meet it, else the first that is
    /// free.
    /// </summary>
    public static (IReadOnlyList<FreeUnit> Units, Rejection? Rejection) Pick(
        ServiceTimes times, IReadOnlyList<Candidate> all, IReadOnlyList<long> wantedIds, DateTimeOffset start,
        DateTimeOffset now)
    {
        if (wantedIds.Except(all.Select(c => c.ResourceId)).Any()) return ([], UnknownResource("resourceIds"));

        var candidates = Wanted(all, wantedIds);
        if (OutsideWindow(times, candidates, start, now) is { } outside) return ([], outside);

        var instant = new TimeRange(start, start.AddTicks(1));
        if (SlotRules.Slots(times, candidates, instant, now) is [var slot, ..])
        {
            return ([.. slot.Free.DistinctBy(free => free.Requirement).OrderBy(free => free.ResourceId)], null);
        }

        var idle = candidates.Select(c => c with { Busy = [] }).ToList();
        return ([], SlotRules.Slots(times, idle, instant, now).Count > 0 ? Conflict : Closed);
    }

    /// <summary>The resources that were asked for; all those of a requirement for which none was.</summary>
    public static IReadOnlyList<Candidate> Wanted(IReadOnlyList<Candidate> all, IReadOnlyList<long> wantedIds) =>
    [
        .. all.GroupBy(c => c.Requirement).SelectMany(requirement =>
        {
            var wanted = requirement.Where(c => wantedIds.Contains(c.ResourceId)).ToList();
            return wanted.Count > 0 ? wanted : [.. requirement];
        }),
    ];

    private static Rejection? OutsideWindow(
        ServiceTimes times, IReadOnlyList<Candidate> candidates, DateTimeOffset start, DateTimeOffset now)
    {
        if (start < now + times.Notice)
        {
            return new(RejectionKind.Invalid, Codes.TooSoon, $"It needs {times.Notice} of notice.", "start");
        }

        return candidates.Count > 0 && candidates.All(c => start >= SlotRules.Bookable(times, c.Zone, now).End)
            ? new(RejectionKind.Invalid, Codes.TooFar, $"It starts within {times.WindowDays} days.", "start")
            : null;
    }

    public static Rejection Conflict { get; } =
        new(RejectionKind.Conflict, Codes.BookingConflict, "That time has been taken.");

    public static Rejection UnknownService { get; } =
        new(RejectionKind.Missing, Codes.UnknownService, "There is no such service.", "serviceId");

    public static Rejection UnknownLength { get; } = new(
        RejectionKind.Invalid, Codes.InvalidDuration, "It is none of the service's lengths.", "durationMinutes");

    public static Rejection UnknownZone { get; } =
        new(RejectionKind.Invalid, Codes.UnknownTimeZone, "There is no such time zone.", "timeZone");

    public static Rejection UnknownResource(string field) =>
        new(RejectionKind.Missing, Codes.UnknownResource, "The service has no such resource.", field);

    private static Rejection Closed { get; } =
        new(RejectionKind.Invalid, Codes.OutsideAvailability, "No slot starts then.", "start");
}
