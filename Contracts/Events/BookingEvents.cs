namespace Platform.Contracts.Events;

/// <summary>What consumers need to tell people of a booking without reading its tables.</summary>
/// <param name="Start">UTC.</param>
/// <param name="End">UTC, exclusive.</param>
/// <param name="TimeZone">IANA name of the zone the booking was made in.</param>
/// <param name="Locale">Language of messages to the client: <c>pt-BR</c> or <c>en</c>.</param>
/// <param name="TenantName">Who the client has booked with, as clients know it; absent in events from before it was told.</param>
public sealed record BookingSnapshot(
    long BookingId,
    string Uid,
    long ServiceId,
    string ServiceName,
    DateTimeOffset Start,
    DateTimeOffset End,
    string TimeZone,
    string Status,
    IReadOnlyList<long> ResourceIds,
    IReadOnlyList<string> ResourceNames,
    long? ClientId,
    string? ClientName,
    string? ClientEmail,
    string Locale,
    string? TenantName = null);

public sealed record BookingCreated(BookingSnapshot Booking) : IEventData
{
    public static string EventType => "booking.created";
    public static int EventVersion => 1;
    public static string AggregateType => "booking";
}

public sealed record BookingCancelled(BookingSnapshot Booking, string? Reason) : IEventData
{
    public static string EventType => "booking.cancelled";
    public static int EventVersion => 1;
    public static string AggregateType => "booking";
}
