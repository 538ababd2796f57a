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
