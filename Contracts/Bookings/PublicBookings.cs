using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Platform.Contracts.Catalogue;

namespace Platform.Contracts.Bookings;

/// <summary>
/// <c>POST /public/api/v1/{slug}/bookings</c>; the members mean what they do in <see cref="CreateBookingRequest"/>.
/// </summary>
/// <param name="Client">Who comes; only a place that the waitlist offers needs none, since it is held for its client.</param>
/// <param name="TimeZone">IANA name of the zone the client thinks in; the tenant's when absent.</param>
/// <param name="Consent">That the client agrees to their data being kept; must be true.</param>
public sealed record PublicBookingRequest(
    [property: Range(1, long.MaxValue)] long ServiceId,
    Moment Start,
    PublicClient? Client = null,
    bool Consent = false,
    [property: StringLength(64)] string? TimeZone = null,
    [property: Range(1, 10_080)] int? DurationMinutes = null,
    [property: MaxLength(50)] IReadOnlyList<long>? ResourceIds = null,
    [property: Range(1, 10_000)] int? PartySize = null,
    JsonElement? Answers = null,
    [property: StringLength(100)] string? HoldToken = null,
    [property: FreeText, StringLength(2000)] string? Note = null);

/// <param name="Email">Where the confirmation goes.</param>
/// <param name="Phone">E.164, or as it is dialled in the tenant's country.</param>
/// <param name="Locale">BCP 47: <c>pt-BR</c> or <c>en</c>; the tenant's when absent.</param>
/// <param name="Metadata">The organisation's own fields of clients; kept where the client is not known yet.</param>
public sealed record PublicClient(
    [property: Required, StringLength(200, MinimumLength = 1)] string Name,
    [property: Required, StringLength(254), Email] string Email,
    [property: StringLength(30)] string? Phone = null,
    [property: StringLength(10)] string? Locale = null,
    [property: FlatObject] JsonElement? Metadata = null);

/// <summary><c>POST /public/api/v1/{slug}/holds</c></summary>
public sealed record PublicHoldRequest(
    [property: Range(1, long.MaxValue)] long ServiceId,
    Moment Start,
    [property: StringLength(64)] string? TimeZone = null,
    [property: Range(1, 10_080)] int? DurationMinutes = null,
    [property: MaxLength(50)] IReadOnlyList<long>? ResourceIds = null,
    [property: Range(1, 10_000)] int? PartySize = null);

/// <summary>
/// <c>POST /public/api/v1/{slug}/waitlist</c>; the members mean what they do in <see cref="JoinWaitlistRequest"/>.
/// </summary>
/// <param name="Consent">That the client agrees to their data being kept; must be true.</param>
public sealed record PublicWaitlistRequest(
    [property: Range(1, long.MaxValue)] long ServiceId,
    Moment From,
    Moment To,
    PublicClient Client,
    bool Consent = false,
    [property: StringLength(64)] string? TimeZone = null,
    [property: Range(1, long.MaxValue)] long? ResourceId = null,
    [property: Range(1, 10_000)] int? PartySize = null);

/// <summary>A client's own entry of the waitlist, as they see it without an account.</summary>
/// <param name="From">UTC.</param>
/// <param name="To">UTC, exclusive.</param>
/// <param name="Status">One of <see cref="WaitlistStatuses"/>.</param>
/// <param name="Offer">
/// The place that is held for them while the entry is <c>offered </c>: book it with its token.
/// </param>
/// <param name="FreeSlots">
/// In the answer to who joins: what is free already and can be booked instead of waiting.
/// </param>
/// <param name="WaitlistToken">
/// The secret that allows to see the entry, take its offer and leave. Only the answer to its creation has it.
/// </param>
public sealed record PublicWaitlistResponse(
    long ServiceId,
    long? ResourceId,
    DateTimeOffset From,
    DateTimeOffset To,
    string TimeZone,
    int PartySize,
    string Status,
    HoldResponse? Offer,
    long Version,
    DateTimeOffset CreatedAt,
    IReadOnlyList<SlotResponse>? FreeSlots = null,
    string? WaitlistToken = null);

/// <summary>A client's own booking, as they see it without an account.</summary>
/// <param name="Start">UTC.</param>
/// <param name="End">UTC, exclusive.</param>
/// <param name="CancelDeadline">UTC; until then it can be cancelled freely and moved. Absent: at any time.</param>
/// <param name="CancelFee">What cancelling later costs; without one it is refused.</param>
/// <param name="Reminders">Whether the client is reminded; in the answer to who has its link.</param>
/// <param name="ManageToken">
/// The secret that allows to see, move and cancel the booking. Only the answer to the booking request has it.
/// </param>
public sealed record PublicBookingResponse(
    string Uid,
    long ServiceId,
    string ServiceName,
    DateTimeOffset Start,
    DateTimeOffset End,
    string TimeZone,
    string Status,
    IReadOnlyList<BookedResource> Resources,
    int PartySize,
    Money? Price,
    DateTimeOffset? CancelDeadline,
    Money? CancelFee,
    Money? FeeDue,
    long Version,
    string? ManageToken = null,
    bool? Reminders = null);

/// <summary><c>POST /public/api/v1/{slug}/manage/{token}/cancel</c></summary>
public sealed record PublicCancelRequest([property: FreeText, StringLength(500)] string? Reason = null);

/// <summary><c>POST /public/api/v1/{slug}/manage/{token}/reschedule</c></summary>
public sealed record PublicRescheduleRequest(
    Moment Start,
    [property: StringLength(64)] string? TimeZone = null,
    [property: MaxLength(50)] IReadOnlyList<long>? ResourceIds = null);
