namespace Platform.Contracts.Bookings;

/// <summary>
/// <c>GET /api/v1/bookings/attention</c>: a booking to come that could not be made today, or a date of a series that
/// could not be booked when it came within reach.
/// </summary>
/// <param name="Booking">Null for a date of a series.</param>
/// <param name="Series">Null for a booking.</param>
public sealed record AttentionResponse(
    BookingResponse? Booking, IReadOnlyList<AttentionReason> Reasons, AttentionSeries? Series = null);

/// <summary>
/// A date of a series without a booking. It is no longer listed once it is over, or its series is cancelled.
/// </summary>
/// <param name="Local">Wall-clock time that the rule gives it, in the zone of the series.</param>
/// <param name="Start">UTC.</param>
public sealed record AttentionSeries(long SeriesId, long ServiceId, long? ClientId, string Local, DateTimeOffset Start);

/// <param name="Code">
/// <c>SERVICE_INACTIVE</c>, <c>RESOURCE_INACTIVE</c>, <c>UNKNOWN_RESOURCE</c> (the service no longer takes it),
/// <c>OUTSIDE_AVAILABILITY </c>, <c>BLACKED_OUT </c>, <c>CAPACITY_EXCEEDED </c>, or <c>BOOKING_CONFLICT </c> (with the
/// current buffers it is too close to another). For a date of a series: why it was not booked, such as
/// <c>BOOKING_CONFLICT </c>.
/// </param>
/// <param name="ResourceId">The resource that it is about.</param>
public sealed record AttentionReason(string Code, string Message, long? ResourceId = null);
