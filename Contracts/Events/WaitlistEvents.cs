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
