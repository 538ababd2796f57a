namespace Platform.Core;

/// <summary>Groups of booking statuses, for <c>in</c> of SQL.</summary>
public static class BookingStatusSql
{
    /// <summary>Those that may still take place as they are.</summary>
    public const string Upcoming = "('pending', 'confirmed')";

    /// <summary>
    /// Statuses that limits count, besides holds that have not expired. A no-show took no time, so it is no use of
    /// the service.
    /// </summary>
    public const string Counted = "('pending', 'confirmed', 'checked_in', 'completed')";

    /// <summary>What kept others from the resources, no-shows included.</summary>
    public const string NotCancelled = "('pending', 'confirmed', 'checked_in', 'completed', 'no_show')";
}
