namespace Platform.Contracts.Catalogue;

/// <summary><c>GET /api/v1/slots</c>: a start that can be booked at the moment of asking.</summary>
/// <param name="Start">UTC.</param>
/// <param name="End">UTC, exclusive.</param>
/// <param name="ResourceIds">The resources that are free then, each of which could take the booking.</param>
/// <param name="Remaining">How many more bookings of the service fit at this start.</param>
public sealed record SlotResponse(
    DateTimeOffset Start,
    DateTimeOffset End,
    IReadOnlyList<long> ResourceIds,
    int Remaining);

/// <summary><c>GET /api/v1/slots/days</c>: a local day on which something can be booked.</summary>
/// <param name="Date">In the zone of the question.</param>
/// <param name="Slots">How many starts.</param>
/// <param name="First">UTC; the earliest of them.</param>
public sealed record SlotDay(DateOnly Date, int Slots, DateTimeOffset First);

/// <summary><c>GET /api/v1/slots/next</c></summary>
/// <param name="Slot">Null if nothing can be booked within a year.</param>
public sealed record NextSlot(SlotResponse? Slot);
