using NodaTime;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Contracts.Catalogue;
using Platform.Core.Availability;
using Platform.Core.Catalogue;

namespace Platform.Core.Bookings.Slots;

/// <summary>A service with everything that decides when it can be booked, except existing bookings.</summary>
/// <param name="Version">The catalogue's when this was read.</param>
/// <param name="Answers">
/// What is asked of a booking: its own questions, and the organisation's fields of bookings.
/// </param>
/// <param name="ClientFields">The organisation's fields of clients, for those who become known by booking.</param>
/// <param name="Names">The names of its resources, by id.</param>
public sealed record BookableService(
    long Id,
    long Version,
    string Name,
    bool Public,
    IReadOnlyList<int> DurationsMinutes,
    ServiceTimes Times,
    int Capacity,
    bool RequiresApproval,
    Money? Price,
    ServiceLimits Limits,
    CancellationPolicy Cancellation,
    CheckInPolicy CheckIn,
    IReadOnlyList<FieldRule> Answers,
    IReadOnlyList<FieldRule> ClientFields,
    OrganisationRules Organisation,
    IReadOnlyList<Requirement> Requirements,
    IReadOnlyList<Candidate> Candidates,
    IReadOnlyDictionary<long, string> Names)
{
    private static readonly ServiceLimits None = new();

    public bool HasLimits => Limits != None;

    public bool IsGroup => Capacity > 1;

    /// <summary>Whether a new client may be created with these details.</summary>
    public Rejection? CheckNewClient(ClientDetails? details) => details is null
        ? null
        : CustomFieldRules.CheckMetadata(ClientFields, details.Metadata, "client.metadata");

    /// <summary>With another of its lengths; null if the service does not have it.</summary>
    public ServiceTimes? Lasting(int? minutes) =>
        minutes is null ? Times
        : DurationsMinutes.Contains(minutes.Value) ? Times with { Length = TimeSpan.FromMinutes(minutes.Value) }
        : null;

    /// <summary>What slots of this length are computed from.</summary>
    public SlotQuestion Question(ServiceTimes times, OccupiedTimes taken, int partySize, IReadOnlyList<long> requestedIds) => new(
        times,
        Requirements,
        [.. BookingRules.Requested(Candidates, requestedIds).Select(c => c with { Occupied = taken.Of(c) })],
        partySize,
        IsGroup ? new(Capacity, start => SessionNumbers.Of(Id, start, times.Length)) : null,
        HasLimits ? new(Limits, Organisation.WeekStart, taken.Days) : null);
}

/// <summary>What the organisation says for all its services.</summary>
public sealed record OrganisationRules(IsoDayOfWeek WeekStart, TimeSpan HoldLength, int HoldsPerClient);

/// <summary>What is taken of the resources of a service around the time in question.</summary>
/// <param name="Days">What has been booked of the service by date, where it has limits.</param>
public sealed record OccupiedTimes(ILookup<long, OccupiedTime> ByResource, IReadOnlyList<DayUse> Days)
{
    public static OccupiedTimes None { get; } = new(Array.Empty<(long, OccupiedTime)>().ToLookup(b => b.Item1, b => b.Item2), []);

    /// <summary>A whole is taken for as long as any of its parts is.</summary>
    public IReadOnlyList<OccupiedTime> Of(Candidate candidate) => candidate.SubResources is { Count: > 0 } parts
        ?
        [
            .. ByResource[candidate.ResourceId],
            .. parts.SelectMany(part => ByResource[part.ResourceId])
                .Select(time => time with { Units = candidate.Capacity, Session = 0 }),
        ]
        : [.. ByResource[candidate.ResourceId]];

    public OccupiedTimes WithoutHolds() => Where(b => !b.IsHold);

    public OccupiedTimes WithoutOutside() => Where(b => !b.IsOutside);

    public OccupiedTimes WithoutLimits() => this with { Days = [] };

    /// <summary>Only what could matter to a booking that occupies this time, or is counted for a fair choice.</summary>
    public OccupiedTimes Near(TimeRange occupied)
    {
        var near = new TimeRange(ResourceChoiceRules.Around(occupied.Start).Start, ResourceChoiceRules.Around(occupied.End).End);
        return Where(b => b.Range.Overlaps(near));
    }

    private OccupiedTimes Where(Func<OccupiedTime, bool> counts) => this with
    {
        ByResource = ByResource.SelectMany(group => group.Where(counts).Select(b => (group.Key, b)))
            .ToLookup(b => b.Key, b => b.b),
    };

    /// <summary>Also what a booking takes that is not stored yet.</summary>
    public OccupiedTimes With(ChosenResources chosen, TimeRange occupied, int seats, TimeSpan length) => new(
        ByResource.SelectMany(group => group.Select(b => (group.Key, b)))
            .Concat(chosen.Items.Select(p => (p.ResourceId, new OccupiedTime(occupied, p.Units, chosen.Session ?? 0, seats))))
            .ToLookup(b => b.Item1, b => b.Item2),
        [
            .. Days,
            new(chosen.LocalDate, null, 1, (int)length.TotalMinutes),
            .. chosen.Items.Where(p => p.PartOf is null).Select(p => new DayUse(chosen.LocalDate, p.ResourceId, 1, 0)),
        ]);
}

/// <summary>
/// The number that the bookings of one group session share: positive, from service, start and length.
/// </summary>
public static class SessionNumbers
{
    /// <summary>Two sessions that overlap never have the same number by chance in practice.</summary>
    public static long Of(long serviceId, DateTimeOffset start, TimeSpan length) =>
        (long)(StableHash.Of((ulong)serviceId, (ulong)start.UtcTicks, (ulong)length.Ticks) >> 2) + 1;
}

public static class SlotResponses
{
    extension(Slot slot)
    {
        public SlotResponse ToResponse(TimeSpan length) => new(
            slot.Start, slot.Start + length,
            slot.Free is [var only] ? [only.ResourceId] : [.. slot.Free.Select(free => free.ResourceId).Distinct()],
            slot.Remaining);
    }
}
