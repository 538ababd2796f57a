namespace Platform.Core.Storage;

/// <summary>
/// A caller's own bookings: of a resource or of a client record, and where it says so those that they made. A caller
/// without any of it has none.
/// </summary>
/// <param name="MadeBy">An actor, as <c>user:17</c>.</param>
public sealed record OwnBookings(long? ResourceId, long? ClientId, string? MadeBy = null);
