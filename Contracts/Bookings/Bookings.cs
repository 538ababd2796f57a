using System.ComponentModel.DataAnnotations;

namespace Platform.Contracts.Bookings;

/// <summary><c>POST /api/v1/bookings</c></summary>
/// <param name="ServiceId">What is booked.</param>
/// <param name="Start">The instant at which the service itself (not its buffer) begins.</param>
/// <param name="TimeZone">IANA name of the zone the caller thinks in; the tenant's when absent.</param>
/// <param name="DurationMinutes">One of the service's durations; its first when absent.</param>
/// <param name="ResourceIds">The wanted resources; any that is free when absent.</param>
/// <param name="Client">Who comes; a known client is recognised by e-mail.</param>
/// <param name="Note">For staff, at most 2,000 characters.</param>
public sealed record CreateBookingRequest(
    [property: Range(1, long.MaxValue)] long ServiceId,
    DateTimeOffset Start,
    [property: StringLength(64)] string? TimeZone = null,
    [property: Range(1, 1440)] int? DurationMinutes = null,
    [property: MaxLength(20)] IReadOnlyList<long>? ResourceIds = null,
    ClientDetails? Client = null,
    [property: StringLength(2000)] string? Note = null);

/// <param name="Email">Where the confirmation goes.</param>
/// <param name="Phone">E.164.</param>
/// <param name="Locale">BCP 47: <c>pt-BR</c> or <c>en</c>; the tenant's when absent.</param>
public sealed record ClientDetails(
    [property: Required, StringLength(200, MinimumLength = 1)] string Name,
    [property: EmailAddress, StringLength(254)] string? Email,
    [property: StringLength(20)] string? Phone = null,
    [property: StringLength(10)] string? Locale = null);

/// <param name="Start">UTC.</param>
/// <param name="End">UTC, exclusive; buffers are not part of it.</param>
/// <param name="TimeZone">IANA name of the zone in which the booking was made.</param>
/// <param name="Status">One of <see cref="BookingStatuses"/>.</param>
/// <param name="Version">Raised with every change; the value of the <c>ETag</c>.</param>
public sealed record BookingResponse(
    long Id,
    string Uid,
    long ServiceId,
    string ServiceName,
    DateTimeOffset Start,
    DateTimeOffset End,
    string TimeZone,
    string Status,
    IReadOnlyList<BookedResource> Resources,
    BookedClient? Client,
    string? Note,
    long Version,
    DateTimeOffset CreatedAt);

public sealed record BookedResource(long Id, string Name);

public sealed record BookedClient(long Id, string Name, string? Email);

/// <summary><c>POST /api/v1/bookings/{id}/cancel</c></summary>
public sealed record CancelBookingRequest([property: StringLength(500)] string? Reason = null);

/// <summary><c>GET /api/v1/bookings/{id}/events</c>: one change of a booking.</summary>
/// <param name="EventType">The type of the event that told of it: <c>booking.created</c>.</param>
/// <param name="Actor"><c>user:17</c>, <c>client:m2m</c> or <c>system</c>.</param>
public sealed record BookingEventResponse(long Version, string EventType, DateTimeOffset OccurredAt, string Actor);

/// <summary>The states of a booking, as text on the wire and in the tables.</summary>
public static class BookingStatuses
{
    /// <summary>Reserved for minutes; no booking yet.</summary>
    public const string Held = "held";
    public const string Pending = "pending";
    public const string Confirmed = "confirmed";
    public const string CheckedIn = "checked_in";
    public const string Completed = "completed";
    public const string Cancelled = "cancelled";
    public const string Rejected = "rejected";
    public const string Expired = "expired";
    public const string NoShow = "no_show";
}

/// <summary>Where a booking came from.</summary>
public static class BookingSources
{
    public const string Staff = "staff";
    public const string Public = "public";
    public const string Import = "import";
    public const string Waitlist = "waitlist";
}
