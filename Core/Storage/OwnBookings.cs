namespace Platform.Core.Storage;

/// <summary>The bookings that are somebody's own: of a resource or of a client record. Of neither there are none.</summary>
public sealed record OwnBookings(long? ResourceId, long? ClientId);
