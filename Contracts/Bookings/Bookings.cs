using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Platform.Contracts.Bookings;

/// <summary><c>POST /api/v1/bookings</c></summary>
/// <param name="ServiceId">What is booked.</param>
/// <param name="Start">
/// When the service itself (not its buffer) begins: an instant, or local in <paramref name="TimeZone"/>.
/// </param>
/// <param name="TimeZone">IANA name of the zone the caller thinks in; the tenant's when absent.</param>
/// <param name="DurationMinutes">One of the service's durations; its first when absent.</param>
/// <param name="ResourceIds">The requested resources; any free ones when absent.</param>
/// <param name="Client">Who comes; a known client is recognised by e-mail.</param>
/// <param name="Note">For staff, at most 2,000 characters.</param>
/// <param name="ClientId">Who comes, if they are known; instead of <paramref name="Client"/>.</param>
/// <param name="PartySize">Seats of a group session, else places of a resource that has several; 1 when absent.</param>
/// <param name="Answers">To the service's questions, by key.</param>
/// <param name="HoldToken">Of the hold that becomes the booking.</param>
public sealed record CreateBookingRequest(
    [property: Range(1, long.MaxValue)] long ServiceId,
    Moment Start,
    [property: StringLength(64)] string? TimeZone = null,
    [property: Range(1, 10_080)] int? DurationMinutes = null,
    [property: MaxLength(50)] IReadOnlyList<long>? ResourceIds = null,
    ClientDetails? Client = null,
    [property: FreeText, StringLength(2000)] string? Note = null,
    [property: Range(1, long.MaxValue)] long? ClientId = null,
    [property: Range(1, 10_000)] int? PartySize = null,
    JsonElement? Answers = null,
    [property: StringLength(100)] string? HoldToken = null);

/// <summary>
/// <c>POST /api/v1/holds</c>: reserves a slot for some minutes; the members mean what they do in a booking.
/// </summary>
/// <param name="Minutes">How long; the organisation's usual length when absent.</param>
public sealed record CreateHoldRequest(
    [property: Range(1, long.MaxValue)] long ServiceId,
    Moment Start,
    [property: StringLength(64)] string? TimeZone = null,
    [property: Range(1, 10_080)] int? DurationMinutes = null,
    [property: MaxLength(50)] IReadOnlyList<long>? ResourceIds = null,
    [property: Range(1, long.MaxValue)] long? ClientId = null,
    [property: Range(1, 10_000)] int? PartySize = null,
    [property: Range(1, 60)] int? Minutes = null);

/// <param name="Id">It stays the number of the booking that the hold becomes.</param>
/// <param name="Token">The secret that allows to book, renew or release the hold.</param>
/// <param name="Start">UTC.</param>
/// <param name="End">UTC, exclusive.</param>
/// <param name="ExpiresAt">UTC; from then on it counts for nothing.</param>
/// <param name="Status"><c>held</c>; <c>expired</c> once its time is over; later what became of the booking.</param>
/// <param name="ManageToken">To a public caller whose hold has become a booking: the secret that manages it.</param>
public sealed record HoldResponse(
    long Id,
    string Token,
    long ServiceId,
    DateTimeOffset Start,
    DateTimeOffset End,
    string TimeZone,
    IReadOnlyList<BookedResource> Resources,
    int PartySize,
    DateTimeOffset ExpiresAt,
    string Status,
    string? ManageToken = null);

/// <param name="Email">Where the confirmation goes.</param>
/// <param name="Phone">E.164, or as it is dialled in the tenant's country.</param>
/// <param name="Locale">BCP 47: <c>pt-BR</c> or <c>en</c>; the tenant's when absent.</param>
/// <param name="Metadata">The organisation's own fields of clients; kept where the client is not known yet.</param>
public sealed record ClientDetails(
    [property: Required, StringLength(200, MinimumLength = 1)] string Name,
    [property: StringLength(254), Email] string? Email = null,
    [property: StringLength(30)] string? Phone = null,
    [property: StringLength(10)] string? Locale = null,
    [property: FlatObject] JsonElement? Metadata = null);

/// <param name="Start">UTC.</param>
/// <param name="End">UTC, exclusive; buffers are not part of it.</param>
/// <param name="TimeZone">IANA name of the zone in which the booking was made.</param>
/// <param name="Status">One of <see cref="BookingStatuses"/>.</param>
/// <param name="Version">Raised with every change; the value of the <c>ETag</c>.</param>
/// <param name="Sequence">SEQUENCE of its calendar entry (RFC 5545): raised when it moves.</param>
/// <param name="Price">The service's when it was booked.</param>
/// <param name="CancelDeadline">UTC; until then it can be cancelled freely. Absent: at any time.</param>
/// <param name="CancelFee">What cancelling later costs; without one it is refused.</param>
/// <param name="FeeDue">What its cancellation has cost.</param>
/// <param name="Occurrence">The local start that its series gave it, wherever it was moved to.</param>
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
    int PartySize = 1,
    int Sequence = 0,
    int BeforeBufferMinutes = 0,
    int AfterBufferMinutes = 0,
    Money? Price = null,
    DateTimeOffset? CancelDeadline = null,
    Money? CancelFee = null,
    Money? FeeDue = null,
    string? CancelReason = null,
    JsonElement? Answers = null,
    long? SeriesId = null,
    DateTime? Occurrence = null,
    string? Source = null,
    DateTimeOffset? CheckedInAt = null) : StampedResponse
{
    /// <summary>Mails of it that could not be delivered; only where one booking is asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<MailFailure>? MailFailures { get; init; }
}

/// <param name="Kind">The event that the mail was about, such as <c>booking.created</c>.</param>
/// <param name="Reason">What the mail server said.</param>
/// <param name="FailedAt">UTC; of the last attempt.</param>
public sealed record MailFailure(string Kind, string? Reason, DateTimeOffset FailedAt);

public sealed record BookedResource(long Id, string Name);

public sealed record BookedClient(long Id, string Name, string? Email);

/// <summary><c>PATCH /api/v1/bookings/{id}</c>: what is absent stays as it is.</summary>
public sealed record UpdateBookingRequest([property: FreeText, StringLength(2000)] string? Note = null, JsonElement? Answers = null);

/// <summary><c>POST /api/v1/bookings/{id}/cancel</c></summary>
/// <param name="WaivePolicy">Staff may cancel after the deadline, and without the fee.</param>
/// <param name="Correct">Also a booking that has ended; takes <c>bookings.correct</c>.</param>
public sealed record CancelBookingRequest(
    [property: FreeText, StringLength(500)] string? Reason = null, bool WaivePolicy = false, bool Correct = false);

/// <summary><c>POST /api/v1/bookings/{id}/reschedule</c></summary>
/// <param name="Start">An instant, or local in <paramref name="TimeZone"/>.</param>
/// <param name="DurationMinutes">One of the service's durations; as long as it was when absent.</param>
/// <param name="ResourceIds">The requested resources; when absent, those it has, or any free ones.</param>
/// <param name="TimeZone">IANA name; the booking's when absent.</param>
/// <param name="Correct">
/// Also a booking that has begun, and to a time that is over; takes <c>bookings.correct</c>.
/// </param>
public sealed record RescheduleBookingRequest(
    Moment Start,
    [property: Range(1, 10_080)] int? DurationMinutes = null,
    [property: MaxLength(50)] IReadOnlyList<long>? ResourceIds = null,
    [property: StringLength(64)] string? TimeZone = null,
    [property: FreeText, StringLength(500)] string? Reason = null,
    bool Correct = false);

/// <summary><c>POST /api/v1/bookings/{id}/reassign</c>: other resources at the same time.</summary>
/// <param name="ResourceIds">The requested resources; any other free ones when absent.</param>
/// <param name="Correct">Also a booking that has ended; takes <c>bookings.correct</c>.</param>
public sealed record ReassignBookingRequest(
    [property: MaxLength(50)] IReadOnlyList<long>? ResourceIds = null,
    [property: FreeText, StringLength(500)] string? Reason = null,
    bool Correct = false);

/// <summary><c>POST /api/v1/bookings/{id}/reject</c></summary>
public sealed record RejectBookingRequest([property: FreeText, StringLength(500)] string? Reason = null);

/// <summary><c>POST /api/v1/bookings/{id}/no-show</c></summary>
/// <param name="Undo">Takes it back: the client came after all.</param>
public sealed record NoShowRequest(bool Undo = false);

/// <summary><c>GET /api/v1/bookings/{id}/events</c>: one change of a booking.</summary>
/// <param name="EventType">The type of the event that reported it, such as <c>booking.created</c>.</param>
/// <param name="Actor"><c>user:17</c>, <c>client:m2m</c> or <c>system</c>.</param>
/// <param name="Reason">As given by the person who made the change.</param>
/// <param name="Changes">What is different from the version before; of the first version everything.</param>
public sealed record BookingEventResponse(
    long Version, string EventType, DateTimeOffset OccurredAt, string Actor, string? Reason = null,
    IReadOnlyList<BookingFieldChange>? Changes = null);

/// <summary>A member of a booking that a change altered.</summary>
/// <param name="Field"><c>status</c>, <c>start</c>, <c>end</c>, <c>timeZone</c>, <c>price</c>, <c>clientId</c>,
/// <c>resources</c>; <c>note</c> and <c>answers</c> without values.</param>
/// <param name="Before">As the booking had it; null where it had none.</param>
/// <param name="After">As the booking has it since; null where it has none.</param>
public sealed record BookingFieldChange(string Field, JsonElement? Before, JsonElement? After);

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
