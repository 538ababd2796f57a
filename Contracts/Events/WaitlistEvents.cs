namespace Platform.Contracts.Events;

/// <summary>A place that became free is held for a client who waits for one.</summary>
/// <param name="WaitlistId">The entry of the waitlist.</param>
/// <param name="Booking">The hold, with the client it is for; its status is <c>held</c>.</param>
/// <param name="HoldToken">The secret that allows to book or release the place.</param>
/// <param name="ExpiresAt">UTC; from then on it is offered to the next.</param>
public sealed record WaitlistOffered(
    long WaitlistId, BookingSnapshot Booking, string HoldToken, DateTimeOffset ExpiresAt) : IEventData
{
    public static string EventType => "waitlist.offered";
    public static int EventVersion => 1;
    public static string AggregateType => "waitlist";
}

/// <summary>What consumers need to notify a client who waits.</summary>
/// <param name="From">UTC; the service may start between this and <paramref name="To"/>.</param>
/// <param name="To">UTC, exclusive.</param>
/// <param name="TimeZone">IANA name of the zone the client thinks in.</param>
/// <param name="Locale">Language of messages to the client: <c>pt-BR</c> or <c>en</c>.</param>
public sealed record WaitlistSnapshot(
    long WaitlistId,
    long ServiceId,
    string ServiceName,
    DateTimeOffset From,
    DateTimeOffset To,
    string TimeZone,
    int PartySize,
    long ClientId,
    string ClientName,
    string? ClientEmail,
    string Locale);

/// <summary>A client waits for a place.</summary>
public sealed record WaitlistJoined(WaitlistSnapshot Entry) : IEventData
{
    public static string EventType => "waitlist.joined";
    public static int EventVersion => 1;
    public static string AggregateType => "waitlist";
}
