namespace Platform.Core.Storage;

/// <summary>A caller's own bookings: of a resource or of a client record. A caller without either has none.</summary>
public sealed record OwnBookings(long? ResourceId, long? ClientId);
