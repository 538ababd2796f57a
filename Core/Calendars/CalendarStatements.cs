using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Platform.Contracts.Bookings;
using Platform.Core.ICalendar;
using Platform.Core.Storage;

namespace Platform.Core.Calendars;

/// <summary>The statements about outside calendars, in the transaction of a tenant.</summary>
public static class CalendarStatements
{
    /// <summary>The purpose that the secrets of outside calendars are encrypted for.</summary>
    public const string SecretPurpose = "outside-calendar";

    public static NpgsqlBatchCommand Schedule(long tenantId, OutsideCalendar calendar, bool isWritten, DateTimeOffset at) =>
        TenantSql.Statement(
            """
            insert into platform.calendar_polls (tenant_id, calendar_id, resource_id, is_written, due_at)
            values ($1, $2, $3, $4, $5)
            """,
            tenantId, calendar.Id, calendar.ResourceId, isWritten, at);

    public static NpgsqlBatchCommand PollAt(long tenantId, long calendarId, DateTimeOffset at) => TenantSql.Statement(
        "update platform.calendar_polls set due_at = $3 where tenant_id = $1 and calendar_id = $2", tenantId, calendarId, at);

    public static NpgsqlBatchCommand Forget(long tenantId, long calendarId) => TenantSql.Statement(
        "delete from platform.calendar_polls where tenant_id = $1 and calendar_id = $2", tenantId, calendarId);

    /// <summary>Bookings that are still ahead, for a calendar that was just connected.</summary>
    public static NpgsqlBatchCommand WriteBookings(long tenantId, OutsideCalendar calendar, DateTimeOffset now) =>
        TenantSql.Statement(
            """
            insert into platform.calendar_writes (tenant_id, calendar_id, booking_id, version, next_attempt_at)
            select distinct $1, $2, b.id, b.version, $4
            from bookings b join allocations a on a.booking_id = b.id and a.active
            where a.resource_id = $3 and b.version > 0 and b.end_at > $4 and b.status <> all($5)
            on conflict do nothing
            """,
            tenantId, calendar.Id, calendar.ResourceId, now,
            (string[])[BookingStatuses.Cancelled, BookingStatuses.Rejected, BookingStatuses.Expired, BookingStatuses.Held]);

    /// <summary>
    /// Replaces the busy times of a calendar. Events that are bookings of the tenant are left out: those are taken times
    /// already, or none any more.
    /// </summary>
    public static IEnumerable<NpgsqlBatchCommand> Replace(long calendarId, IReadOnlyList<BusyTime> times)
    {
        yield return TenantSql.Statement("delete from outside_busy_times where calendar_id = $1", calendarId);
        yield return TenantSql.Statement(
            """
            insert into outside_busy_times (calendar_id, resource_id, during)
            select distinct c.id, c.resource_id, tstzrange(t.starts, t.ends)
            from outside_calendars c, unnest($2, $3, $4) as t (uid, starts, ends)
            where c.id = $1 and not exists (select from bookings b where b.uid = t.uid)
            """,
            calendarId, times.Select(t => t.Uid).ToArray(), times.Select(t => t.Time.Start.UtcDateTime).ToArray(),
            times.Select(t => t.Time.End.UtcDateTime).ToArray());
        yield return TenantSql.Statement("select spread_outside_busy($1)", calendarId);
        yield return TenantSql.Statement(
            """
            update outside_calendars c set busy_times = (
                select count(*) from outside_busy_times t where t.calendar_id = c.id and not t.of_whole)
            where c.id = $1
            """,
            calendarId);
    }

    /// <summary>Times may have become free: those who wait may get them.</summary>
    public static NpgsqlBatchCommand RecheckWaitlist(long tenantId) => TenantSql.Statement(
        """
        insert into platform.due_jobs (kind, tenant_id, subject_id, due_at)
        select 'waitlist_recheck', $1, v.version, 'epoch' from catalogue_version v
        where exists (select from waitlist_entries where status = 'waiting')
        on conflict do nothing
        """,
        tenantId);

    /// <summary>Notes how a poll went; not if the calendar is gone.</summary>
    public static NpgsqlBatchCommand Note(long calendarId, PollNote note) => TenantSql.Statement(
        """
        update outside_calendars set polled_at = $2, succeeded_at = coalesce($3, succeeded_at), failures = $4, error = $5,
            error_status = $6, marks = coalesce($7, marks), read_at = coalesce($8, read_at), unreadable = coalesce($9, unreadable)
        where id = $1
        """,
        calendarId, note.At, Nullable(NpgsqlDbType.TimestampTz, note.Error is null ? note.At : null), note.Failures,
        Nullable(NpgsqlDbType.Text, note.Error), Nullable(NpgsqlDbType.Integer, note.Status),
        Nullable(NpgsqlDbType.Jsonb, note.Marks is null ? null : JsonSerializer.Serialize(note.Marks)),
        Nullable(NpgsqlDbType.TimestampTz, note.Unreadable is null ? null : note.At),
        Nullable(NpgsqlDbType.Integer, note.Unreadable));

    private static NpgsqlParameter Nullable(NpgsqlDbType type, object? value) =>
        new() { NpgsqlDbType = type, Value = value ?? DBNull.Value };
}

/// <summary>How a poll went.</summary>
/// <param name="Marks">Null where they stay.</param>
/// <param name="Unreadable">Null where the calendar was not read: nothing had changed, or it failed.</param>
public sealed record PollNote(
    DateTimeOffset At, int Failures = 0, string? Error = null, int? Status = null, CalendarMarks? Marks = null,
    int? Unreadable = null);
