namespace Platform.Contracts.Events;

/// <summary>What consumers need to notify people about a booking without reading its tables.</summary>
/// <param name="Start">UTC.</param>
/// <param name="End">UTC, exclusive.</param>
/// <param name="TimeZone">IANA name of the zone the booking was made in.</param>
/// <param name="Locale">Language of messages to the client: <c>pt-BR</c> or <c>en</c>.</param>
/// <param name="TenantName">The organisation's name as clients know it; absent in events of earlier versions.</param>
/// <param name="Sequence">SEQUENCE of its calendar entry (RFC 5545): raised when it moves.</param>
/// <param name="Source">
/// One of <see cref="Bookings.BookingSources"/>; nobody is sent a mail about an imported one.
/// </param>
/// <param name="Price">The service's when it was booked, or when its length last changed.</param>
/// <param name="Fee">What its cancellation costs; absent while it is not cancelled, and where nothing is due.</param>
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
    string? TenantName = null,
    int Sequence = 0,
    string? Source = null,
    Money? Price = null,
    Money? Fee = null);

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

/// <summary>
/// It was confirmed, rejected, checked in, completed, missed, or given up; a cancellation is <c>booking.cancelled
/// </c>.
/// </summary>
/// <param name="From">One of <see cref="Bookings.BookingStatuses"/>; <c>booking.status</c> is what it became.</param>
public sealed record BookingStatusChanged(BookingSnapshot Booking, string From, string? Reason = null) : IEventData
{
    public static string EventType => "booking.status_changed";
    public static int EventVersion => 1;
    public static string AggregateType => "booking";
}

/// <summary>It takes place at another time, perhaps with other resources.</summary>
/// <param name="PreviousStart">UTC.</param>
/// <param name="PreviousEnd">UTC, exclusive.</param>
public sealed record BookingRescheduled(
    BookingSnapshot Booking, DateTimeOffset PreviousStart, DateTimeOffset PreviousEnd, string? Reason = null) : IEventData
{
    public static string EventType => "booking.rescheduled";
    public static int EventVersion => 1;
    public static string AggregateType => "booking";
}

/// <summary>Other resources at the same time.</summary>
public sealed record BookingReassigned(BookingSnapshot Booking, IReadOnlyList<long> PreviousResourceIds) : IEventData
{
    public static string EventType => "booking.reassigned";
    public static int EventVersion => 1;
    public static string AggregateType => "booking";
}

/// <summary>Its note, answers or client have changed.</summary>
public sealed record BookingUpdated(BookingSnapshot Booking) : IEventData
{
    public static string EventType => "booking.updated";
    public static int EventVersion => 1;
    public static string AggregateType => "booking";
}
