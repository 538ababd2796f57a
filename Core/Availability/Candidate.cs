using NodaTime;

namespace Platform.Core.Availability;

/// <summary>How a service is taken: how long, how far apart, how early, how late.</summary>
/// <param name="Before">Kept free before the service, also outside opening hours.</param>
/// <param name="Interval">The step of the grid.</param>
/// <param name="Notice">Elapsed time between now and the earliest start.</param>
/// <param name="WindowDays">Calendar days in the resource's zone: with 1, today and tomorrow.</param>
/// <param name="Packed">Whether the grid starts again where each booking ends.</param>
public sealed record ServiceTimes(
    TimeSpan Length, TimeSpan Before, TimeSpan After, TimeSpan Interval, TimeSpan Notice, int WindowDays,
    bool Packed = false)
{
    public TimeRange Occupied(DateTimeOffset start) => new TimeRange(start, start + Length).Widen(Before, After);
}

/// <summary>What a booking takes of one kind.</summary>
/// <param name="Number">Counted from 1; the grid is that of the lowest.</param>
/// <param name="Quantity">How many different resources.</param>
/// <param name="All">Every one of the candidates, however many.</param>
public sealed record Requirement(int Number, int Quantity = 1, bool All = false);

/// <summary>A resource that may be booked, with all that decides when.</summary>
/// <param name="Requirement">Which requirement of the service it can meet.</param>
/// <param name="Capacity">How many bookings it takes at once.</param>
/// <param name="Blackouts">The service may not overlap them; its buffers may.</param>
/// <param name="Occupied">Times that are taken, buffers included.</param>
/// <param name="SubResources">Where it is a whole: what is taken with it.</param>
public sealed record Candidate(
    long ResourceId,
    int Requirement,
    int Capacity,
    DateTimeZone Zone,
    OpeningHours Hours,
    IReadOnlyList<Closure> Blackouts,
    IReadOnlyList<OccupiedTime> Occupied,
    IReadOnlyList<SubResource>? SubResources = null)
{
    /// <summary>Its own id and those of its parts.</summary>
    public IEnumerable<long> ResourceIds => (SubResources ?? []).Select(part => part.ResourceId).Prepend(ResourceId);
}

/// <summary>Time at which a resource is closed whatever its hours say.</summary>
/// <param name="Reason">The name of the holiday, where it is one.</param>
public readonly record struct Closure(TimeRange Time, string? Reason = null, bool IsHoliday = false);

/// <summary>A part of a whole, which a booking of the whole takes with all its places.</summary>
public readonly record struct SubResource(long ResourceId, int Capacity);

/// <summary>Time that is taken.</summary>
/// <param name="Units">How many places of the resource.</param>
/// <param name="Session">
/// The bookings of one group session share a number, and its places; 0 for one on its own.
/// </param>
/// <param name="Seats">How many seats of the session.</param>
/// <param name="IsHold">Whether it is only reserved for some minutes.</param>
/// <param name="IsOutside">Whether an outside calendar says busy: then all places are taken.</param>
public readonly record struct OccupiedTime(
    TimeRange Range, int Units, long Session, int Seats = 1, bool IsHold = false, bool IsOutside = false);

/// <summary>A service that many can attend at once: the seats of a session, and the number that names it.</summary>
public sealed record GroupSession(int Seats, Func<DateTimeOffset, long> NumberAt);

/// <summary>What slots are computed from.</summary>
/// <param name="PartySize">The requested seats of the first requirement's resource.</param>
/// <param name="Group">
/// For a service with shared sessions; null where each booking has its resources for itself.
/// </param>
/// <param name="Use">What has been booked of the service so far, where it has limits.</param>
public sealed record SlotQuestion(
    ServiceTimes Times,
    IReadOnlyList<Requirement> Requirements,
    IReadOnlyList<Candidate> Candidates,
    int PartySize = 1,
    GroupSession? Group = null,
    LimitUse? Use = null);

/// <summary>A start that can be booked.</summary>
/// <param name="Free">Every resource that could take it, by requirement and then as they came.</param>
/// <param name="Remaining">How many bookings, or seats of a group session, still fit at this start.</param>
public sealed record Slot(DateTimeOffset Start, IReadOnlyList<FreeResource> Free, int Remaining);

/// <param name="Candidate">Its place in the question's list.</param>
/// <param name="Places">How many bookings of the resource, or seats of its session, are free.</param>
public readonly record struct FreeResource(long ResourceId, int Requirement, int Candidate, int Places);
