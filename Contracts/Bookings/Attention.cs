namespace Platform.Contracts.Bookings;

/// <summary><c>GET /api/v1/bookings/attention</c>: a booking to come that could not be made today.</summary>
public sealed record AttentionResponse(BookingResponse Booking, IReadOnlyList<AttentionReason> Reasons);

/// <param name="Code">
/// <c>SERVICE_INACTIVE</c>, <c>RESOURCE_INACTIVE</c>, <c>UNKNOWN_RESOURCE</c> (the service no longer takes it),
/// <c>OUTSIDE_AVAILABILITY</c>, <c>BLACKED_OUT</c>, <c>CAPACITY_EXCEEDED</c>, or <c>BOOKING_CONFLICT</c> (with the buffers
/// of today it is too close to another).
/// </param>
/// <param name="ResourceId">The resource that it is about.</param>
public sealed record AttentionReason(string Code, string Message, long? ResourceId = null);
