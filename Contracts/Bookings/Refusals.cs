using Platform.Contracts.Catalogue;

namespace Platform.Contracts.Bookings;

/// <summary><c>limit</c> of 422 <c>LIMIT_REACHED</c>: which limit lets no further booking in.</summary>
/// <param name="Name">Of <see cref="ServiceLimits"/>: <c>perDay</c>; or <c>holdsPerClient</c>.</param>
/// <param name="Max">Bookings, or minutes.</param>
/// <param name="Used">Without the one that was asked for.</param>
/// <param name="From">The first local date that counts; absent where the limit is not of a day or a week.</param>
/// <param name="To">The last local date that counts.</param>
/// <param name="ResourceId">Whose limit it is, where it is a resource's.</param>
/// <param name="Bookings">The client's own, where it is a limit of clients; only staff see them.</param>
public sealed record ReachedLimit(
    string Name,
    int Max,
    int Used,
    DateOnly? From = null,
    DateOnly? To = null,
    long? ResourceId = null,
    IReadOnlyList<BookedTime>? Bookings = null);

/// <param name="Start">UTC.</param>
/// <param name="End">UTC, exclusive.</param>
/// <param name="Date">Of the start, in the zone of the resource.</param>
public sealed record BookedTime(long BookingId, DateTimeOffset Start, DateTimeOffset End, DateOnly Date);

/// <summary>
/// An entry of <c>closed </c> of 422 <c>OUTSIDE_AVAILABILITY </c>: a blackout at the time that was asked for.
/// </summary>
/// <param name="Start">UTC.</param>
/// <param name="End">UTC, exclusive.</param>
/// <param name="Reason">The name of the holiday, or why else it is closed; the latter only for staff.</param>
public sealed record ClosedTime(DateTimeOffset Start, DateTimeOffset End, string? Reason, bool Holiday);
