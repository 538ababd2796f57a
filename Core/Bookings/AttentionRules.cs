using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Core.Availability;

namespace Platform.Core.Bookings;

/// <summary>A booking that is still to come, with what it takes.</summary>
internal sealed record UpcomingBooking(
    long Id, long ServiceId, TimeRange Time, TimeRange Occupied, int PartySize, IReadOnlyList<BookedPlace> Places);

/// <param name="IsPart">Whether it is taken with a whole, and was not asked for itself.</param>
internal sealed record BookedPlace(
    long BookingId, long ResourceId, string Name, bool Active, int Capacity, bool IsPart, Busy Busy, TimeRange OccupiedToday);

/// <summary>
/// How many places of each resource are taken at which time, as it was booked and with the buffers of today.
/// </summary>
internal sealed class BookedDepths
{
    private readonly Dictionary<long, (long Start, long End, int Depth)[]> _booked, _today;
    private readonly Dictionary<long, int> _seats;

    public BookedDepths(IReadOnlyList<BookedPlace> places)
    {
        _booked = Of(places, place => place.Busy);
        _today = Of(places, place => place.Busy with { Occupied = place.OccupiedToday });
        _seats = places.Where(p => p.Busy.Session > 0)
            .GroupBy(p => p.Busy.Session)
            .ToDictionary(s => s.Key, s => s.DistinctBy(p => p.BookingId).Sum(p => p.Busy.Seats));
    }

    public int Booked(long resourceId, TimeRange time) => Deepest(_booked[resourceId], time);

    public int Today(long resourceId, TimeRange time) => Deepest(_today[resourceId], time);

    /// <summary>Of a group session.</summary>
    public int Seats(long session) => _seats.GetValueOrDefault(session);

    private static Dictionary<long, (long, long, int)[]> Of(
        IReadOnlyList<BookedPlace> places, Func<BookedPlace, Busy> busyOf) => places
        .GroupBy(place => place.ResourceId)
        .ToDictionary(group => group.Key, group => Timeline.Depths(
            [.. group.Select(p => busyOf(p) with { Units = p.IsPart ? Math.Min(p.Busy.Units, p.Capacity) : p.Busy.Units })]));

    private static int Deepest((long Start, long End, int Depth)[] depths, TimeRange time) => depths
        .Where(d => d.Start < time.End.UtcTicks && d.End > time.Start.UtcTicks)
        .Select(d => d.Depth).DefaultIfEmpty().Max();
}

/// <summary>
/// Why a booking could not be made today, had it not been made before. Notice, window, lengths and limits are asked of
/// new bookings, not of existing ones.
/// </summary>
internal static class AttentionRules
{
    /// <param name="service">As it is now; null if it is no longer offered.</param>
    public static IReadOnlyList<AttentionReason> Reasons(
        UpcomingBooking booking, BookableService? service, BookedDepths depths)
    {
        List<AttentionReason> reasons = [];
        if (service is null) reasons.Add(new(Codes.ServiceInactive, "The service is no longer offered."));

        foreach (var place in booking.Places)
        {
            if (!place.Active)
            {
                reasons.Add(new(Codes.ResourceInactive, $"{place.Name} is no longer in use.", place.ResourceId));
            }
            else if (!place.IsPart && service is not null)
            {
                reasons.AddRange(OfHours(booking, place, service));
            }

            if (OfDepth(booking, place, service, depths) is { } full) reasons.Add(full);
        }

        return reasons;
    }

    private static IEnumerable<AttentionReason> OfHours(UpcomingBooking booking, BookedPlace place, BookableService service)
    {
        if (service.Candidates.FirstOrDefault(c => c.ResourceId == place.ResourceId) is not { } candidate)
        {
            yield return new(Codes.UnknownResource, $"The service no longer takes {place.Name}.", place.ResourceId);
            yield break;
        }

        var time = booking.Time;
        if (!WeeklyHours.Openings(candidate.Hours, candidate.Zone, time).Any(o => o.Start <= time.Start && o.End >= time.End))
        {
            yield return new(Codes.OutsideAvailability, $"{place.Name} is not open then.", place.ResourceId);
        }

        if (candidate.Blackouts.Any(b => b.Time.Overlaps(time)))
        {
            yield return new(Codes.BlackedOut, $"{place.Name} is closed then.", place.ResourceId);
        }
    }

    private static AttentionReason? OfDepth(
        UpcomingBooking booking, BookedPlace place, BookableService? service, BookedDepths depths)
    {
        var isFull = depths.Booked(place.ResourceId, booking.Occupied) > place.Capacity
            || (service is not null && place.Busy.Session > 0 && depths.Seats(place.Busy.Session) > service.Capacity);
        if (isFull)
        {
            return new(Codes.CapacityExceeded, $"{place.Name} has fewer places than are taken then.", place.ResourceId);
        }

        return depths.Today(place.ResourceId, place.OccupiedToday) > place.Capacity
            ? new(
                Codes.BookingConflict, $"With the buffers of today it is too close to another at {place.Name}.",
                place.ResourceId)
            : null;
    }
}
