using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Core.Availability;
using Platform.Core.Bookings.Slots;

namespace Platform.Core.Bookings;

/// <summary>A booking that is still to come, with what it takes.</summary>
internal sealed record UpcomingBooking(
    long Id, long ServiceId, TimeRange Time, TimeRange Occupied, int PartySize, IReadOnlyList<BookedAllocation> Allocations);

/// <param name="IsPart">Whether it is taken with a whole, and was not asked for itself.</param>
/// <param name="IsBusyElsewhere">
/// Whether a calendar outside says busy. That of an imported booking does not count: it may be the file's own calendar.
/// </param>
internal sealed record BookedAllocation(
    long BookingId, long ResourceId, string Name, bool Active, int Capacity, bool IsPart, OccupiedTime Occupied, TimeRange OccupiedToday,
    bool IsBusyElsewhere);

/// <summary>
/// How many places of each resource are taken at which time, as it was booked and with the current buffers.
/// </summary>
internal sealed class BookedCapacity
{
    private readonly Dictionary<long, (long Start, long End, int Units)[]> _booked, _today;
    private readonly Dictionary<long, int> _seats;

    public BookedCapacity(IReadOnlyList<BookedAllocation> allocations)
    {
        _booked = Of(allocations, allocation => allocation.Occupied);
        _today = Of(allocations, allocation => allocation.Occupied with { Range = allocation.OccupiedToday });
        _seats = allocations.Where(p => p.Occupied.Session > 0)
            .GroupBy(p => p.Occupied.Session)
            .ToDictionary(s => s.Key, s => s.DistinctBy(p => p.BookingId).Sum(p => p.Occupied.Seats));
    }

    public int Booked(long resourceId, TimeRange time) => MaxUnits(_booked[resourceId], time);

    public int Today(long resourceId, TimeRange time) => MaxUnits(_today[resourceId], time);

    /// <summary>Of a group session.</summary>
    public int Seats(long session) => _seats.GetValueOrDefault(session);

    private static Dictionary<long, (long, long, int)[]> Of(
        IReadOnlyList<BookedAllocation> allocations, Func<BookedAllocation, OccupiedTime> timeOf) => allocations
        .GroupBy(allocation => allocation.ResourceId)
        .ToDictionary(group => group.Key, group => Timeline.UnitsOverTime(
            [.. group.Select(p => timeOf(p) with { Units = p.IsPart ? Math.Min(p.Occupied.Units, p.Capacity) : p.Occupied.Units })]));

    private static int MaxUnits((long Start, long End, int Units)[] units, TimeRange time) => units
        .Where(d => d.Start < time.End.UtcTicks && d.End > time.Start.UtcTicks)
        .Select(d => d.Units).DefaultIfEmpty().Max();
}

/// <summary>
/// Why a booking could not be made today, had it not been made before. Notice, window, lengths and limits are asked of
/// new bookings, not of existing ones.
/// </summary>
internal static class AttentionRules
{
    /// <param name="service">As it is now; null if it is no longer offered.</param>
    public static IReadOnlyList<AttentionReason> Reasons(
        UpcomingBooking booking, BookableService? service, BookedCapacity units)
    {
        List<AttentionReason> reasons = [];
        if (service is null) reasons.Add(new(Codes.ServiceInactive, "The service is retired."));

        foreach (var allocation in booking.Allocations)
        {
            if (!allocation.Active)
            {
                reasons.Add(new(Codes.ResourceInactive, $"{allocation.Name} is no longer in use.", allocation.ResourceId));
            }
            else if (!allocation.IsPart && service is not null)
            {
                reasons.AddRange(OfHours(booking, allocation, service));
            }

            if (OfCapacity(booking, allocation, service, units) is { } full) reasons.Add(full);
            if (allocation.IsBusyElsewhere)
            {
                reasons.Add(new(
                    Codes.BusyElsewhere, $"{allocation.Name} is busy in another calendar then.", allocation.ResourceId));
            }
        }

        return reasons;
    }

    private static IEnumerable<AttentionReason> OfHours(UpcomingBooking booking, BookedAllocation allocation, BookableService service)
    {
        if (service.Candidates.FirstOrDefault(c => c.ResourceId == allocation.ResourceId) is not { } candidate)
        {
            yield return new(Codes.UnknownResource, $"The service no longer takes {allocation.Name}.", allocation.ResourceId);
            yield break;
        }

        var time = booking.Time;
        if (!WeeklyHours.Openings(candidate.Hours, candidate.Zone, time).Any(o => o.Start <= time.Start && o.End >= time.End))
        {
            yield return new(Codes.OutsideAvailability, $"{allocation.Name} is not open then.", allocation.ResourceId);
        }

        if (candidate.Blackouts.Any(b => b.Time.Overlaps(time)))
        {
            yield return new(Codes.BlackedOut, $"{allocation.Name} is closed then.", allocation.ResourceId);
        }
    }

    private static AttentionReason? OfCapacity(
        UpcomingBooking booking, BookedAllocation allocation, BookableService? service, BookedCapacity units)
    {
        var isFull = units.Booked(allocation.ResourceId, booking.Occupied) > allocation.Capacity
            || (service is not null && allocation.Occupied.Session > 0 && units.Seats(allocation.Occupied.Session) > service.Capacity);
        if (isFull)
        {
            return new(Codes.CapacityExceeded, $"{allocation.Name} has fewer places than are taken then.", allocation.ResourceId);
        }

        return units.Today(allocation.ResourceId, allocation.OccupiedToday) > allocation.Capacity
            ? new(
                Codes.BookingConflict, $"With the current buffers the booking is too close to another at {allocation.Name}.",
                allocation.ResourceId)
            : null;
    }
}
