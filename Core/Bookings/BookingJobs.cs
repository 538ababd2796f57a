using Npgsql;
using Platform.Contracts.Bookings;
using Platform.Contracts.Catalogue;
using Platform.Core.Storage;

namespace Platform.Core.Bookings;

/// <summary>
/// What is to happen to a booking, a series or the waitlist at a time, without anybody asking: the rows of
/// <c>platform.due_jobs </c>. They are only reminders; the Worker reads the current booking when it runs one.
/// </summary>
public static class BookingJobs
{
    /// <summary>An offer to somebody on the waitlist runs out, and the next is asked.</summary>
    public const string WaitlistOffer = "waitlist_offer";

    /// <summary>Who has not checked in by then loses the place.</summary>
    public const string CheckInRelease = "check_in_release";

    /// <summary>A booking that is not approved before its start ends.</summary>
    public const string PendingExpiry = "pending_expiry";

    /// <summary>The rows of a hold that ended long ago are deleted.</summary>
    public const string HoldRemoval = "hold_removal";

    /// <summary>
    /// Dates of a series that has more of them than could be booked so far. Its subject is the series.
    /// </summary>
    public const string SeriesExtension = "series_extension";

    /// <summary>The time that somebody waited for is over. Its subject is the entry of the waitlist.</summary>
    public const string WaitlistExpiry = "waitlist_expiry";

    /// <summary>
    /// The catalogue has changed while people wait: a trigger writes the row. Its subject is the catalogue's version.
    /// </summary>
    public const string WaitlistRecheck = "waitlist_recheck";

    /// <summary>The client is reminded. The Worker plans it when it hears of the booking.</summary>
    public const string Reminder = "reminder";

    /// <summary>For so long people may ask what became of a hold.</summary>
    public static readonly TimeSpan HoldsKept = TimeSpan.FromDays(1);

    /// <summary>All that the booking, as it is, has to be looked at for.</summary>
    internal static IEnumerable<NpgsqlBatchCommand> Of(Booking booking, CheckInPolicy checkIn, TenantContext tenant)
    {
        if (booking is { Status: BookingStatuses.Held, HoldExpiresAt: { } expires })
        {
            yield return Schedule(HoldRemoval, tenant, booking.Id, expires + HoldsKept);
            if (booking.WaitlistId is not null) yield return Schedule(WaitlistOffer, tenant, booking.Id, expires);
        }

        if (booking.Status == BookingStatuses.Pending)
        {
            yield return Schedule(PendingExpiry, tenant, booking.Id, booking.StartAt);
        }

        if (booking.Status == BookingStatuses.Confirmed && ReleaseOf(booking.StartAt, checkIn) is { } release)
        {
            yield return Schedule(CheckInRelease, tenant, booking.Id, release);
        }
    }

    /// <summary>When a place is given up whose client has not come; null if it is kept.</summary>
    public static DateTimeOffset? ReleaseOf(DateTimeOffset start, CheckInPolicy checkIn) =>
        checkIn.ReleaseMinutesAfter is { } minutes ? start.AddMinutes(minutes) : null;

    public static NpgsqlBatchCommand Schedule(
        string kind, TenantContext tenant, long subjectId, DateTimeOffset dueAt) => TenantSql.Statement(
        """
        insert into platform.due_jobs (kind, tenant_id, subject_id, due_at) values ($1, $2, $3, $4)
        on conflict (kind, tenant_id, subject_id) do update set due_at = excluded.due_at, attempts = 0
        """,
        kind, tenant.Id, subjectId, dueAt);
}
