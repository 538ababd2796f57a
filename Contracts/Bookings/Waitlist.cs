using System.ComponentModel.DataAnnotations;
using Platform.Contracts.Catalogue;

namespace Platform.Contracts.Bookings;

/// <summary>
/// <c>POST /api/v1/waitlist</c>: a client waits for a place. A place that becomes free is offered to the client who
/// has waited longest and fits. Asking for the same again is answered with the entry that is there.
/// </summary>
/// <param name="ServiceId">The service to book.</param>
/// <param name="From">The service may start then or later: an instant, or local in <paramref name="TimeZone"/>.</param>
/// <param name="To">It must start before that; at most 92 days after <paramref name="From"/>.</param>
/// <param name="TimeZone">IANA name of the zone the client thinks in; the tenant's when absent.</param>
/// <param name="ClientId">Who waits, if they are known; else <paramref name="Client"/>.</param>
/// <param name="Client">Who waits; a known client is recognised by e-mail.</param>
/// <param name="ResourceId">The only acceptable resource; any of the service's when absent.</param>
/// <param name="PartySize">Seats of a group session, else places of a resource that has several; 1 when absent.</param>
public sealed record JoinWaitlistRequest(
    [property: Range(1, long.MaxValue)] long ServiceId,
    Moment From,
    Moment To,
    [property: StringLength(64)] string? TimeZone = null,
    [property: Range(1, long.MaxValue)] long? ClientId = null,
    ClientDetails? Client = null,
    [property: Range(1, long.MaxValue)] long? ResourceId = null,
    [property: Range(1, 10_000)] int? PartySize = null);

/// <param name="From">UTC.</param>
/// <param name="To">UTC, exclusive.</param>
/// <param name="Status">One of <see cref="WaitlistStatuses"/>.</param>
/// <param name="BookingId">The hold that is or was offered, and the booking it became.</param>
/// <param name="OfferedUntil">UTC; until then the hold is theirs.</param>
/// <param name="Version">Raised with every change; the value of the <c>ETag</c>.</param>
/// <param name="FreeSlots">
/// In the answer to who joins: the first slots that are free already and can be booked instead of waiting. Nobody is
/// offered these later, unless somebody takes one and gives it back.
/// </param>
public sealed record WaitlistResponse(
    long Id,
    long ServiceId,
    BookedClient Client,
    long? ResourceId,
    DateTimeOffset From,
    DateTimeOffset To,
    string TimeZone,
    int PartySize,
    string Status,
    long? BookingId,
    DateTimeOffset? OfferedUntil,
    long Version,
    IReadOnlyList<SlotResponse>? FreeSlots = null) : StampedResponse;

/// <summary>The states of an entry of the waitlist, as text on the wire and in the tables.</summary>
public static class WaitlistStatuses
{
    public const string Waiting = "waiting";

    /// <summary>A place is held for them.</summary>
    public const string Offered = "offered";
    public const string Booked = "booked";

    /// <summary>An offer expired, or the requested time is over.</summary>
    public const string Expired = "expired";

    /// <summary>They wait no longer.</summary>
    public const string Cancelled = "cancelled";
}
