namespace Platform.Core.Bookings;

/// <summary>When a client is reminded of a booking.</summary>
public static class ReminderRules
{
    /// <param name="minutesBefore">The service's reminders.</param>
    /// <param name="plannedAt">When the booking got its time: what was due before that, nobody has missed.</param>
    /// <returns>
    /// The reminder that is due, as minutes before the start, and when to look again. Of several that are due, as
    /// after an outage, only the last one is sent.
    /// </returns>
    public static (int? Due, DateTimeOffset? Next) At(
        DateTimeOffset start, IEnumerable<int> minutesBefore, DateTimeOffset plannedAt, DateTimeOffset now)
    {
        if (start <= now) return (null, null);

        var times = minutesBefore.Select(minutes => (Minutes: minutes, At: start.AddMinutes(-minutes)))
            .OrderBy(t => t.At).ToList();
        var due = times.FindLast(t => t.At <= now && t.At > plannedAt);
        var next = times.Find(t => t.At > now);
        return (due.Minutes == 0 ? null : due.Minutes, next.Minutes == 0 ? null : next.At);
    }
}
