using Npgsql;
using NpgsqlTypes;

namespace Platform.Worker.Calendars;

/// <summary>A booking that this process is to write to a calendar.</summary>
/// <param name="Version">Of the booking, as it was known when the write was taken.</param>
/// <param name="IsWritten">Whether it is there already.</param>
/// <param name="ETag">Of the existing event, if the server returned it.</param>
/// <param name="Attempts">This one included.</param>
internal sealed record CalendarWrite(
    long TenantId, long CalendarId, long BookingId, long Version, bool IsWritten, string? ETag, int Attempts);

/// <summary>The statements of <see cref="BookingWriter"/>.</summary>
internal sealed class CalendarWrites(EventsDatabase database)
{
    /// <summary>
    /// One of each calendar at a time: a server that hangs holds up its own bookings only. Taking one moves the next
    /// attempt out of the way.
    /// </summary>
    public async Task<List<CalendarWrite>> TakeAsync(int limit, TimeSpan taken, DateTimeOffset now, CancellationToken ct)
    {
        await using var command = database.Pool.CreateCommand(
            """
            with due as materialized (
                select w.* from platform.calendar_polls p
                cross join lateral (
                    select w.tenant_id, w.calendar_id, w.booking_id from platform.calendar_writes w
                    where w.tenant_id = p.tenant_id and w.calendar_id = p.calendar_id and w.next_attempt_at <= $1
                    order by w.next_attempt_at, w.booking_id limit 1
                    for update of w skip locked) w
                where p.is_written limit $3
            )
            update platform.calendar_writes w set attempts = w.attempts + 1, next_attempt_at = $1 + $2 from due
            where w.tenant_id = due.tenant_id and w.calendar_id = due.calendar_id and w.booking_id = due.booking_id
            returning w.tenant_id, w.calendar_id, w.booking_id, w.version, w.written_version is not null, w.etag, w.attempts
            """);
        object[] values = [now, taken, limit];
        foreach (var value in values) command.Parameters.Add(new() { Value = value });

        await using var reader = await command.ExecuteReaderAsync(ct);
        List<CalendarWrite> writes = [];
        while (await reader.ReadAsync(ct))
        {
            writes.Add(new(
                reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetBoolean(4),
                reader.GetValue(5) as string, reader.GetInt32(6)));
        }

        return writes;
    }

    /// <param name="etag">Null where the server does not tell.</param>
    /// <param name="isThere">Whether the calendar has the booking now.</param>
    public Task DoneAsync(CalendarWrite write, string? etag, bool isThere, DateTimeOffset now, CancellationToken ct) =>
        ExecuteAsync(
        """
        update platform.calendar_writes
        set written_version = case when $6 then $4 end, etag = $5, error = null, attempts = 0,
            next_attempt_at = case when version > $4 then $7 end
        where tenant_id = $1 and calendar_id = $2 and booking_id = $3
        """,
        ct, write.TenantId, write.CalendarId, write.BookingId, write.Version, Text(etag), isThere, now);

    /// <param name="next">Null gives it up until the booking changes again.</param>
    public Task FailedAsync(CalendarWrite write, string error, DateTimeOffset? next, CancellationToken ct) => ExecuteAsync(
        """
        update platform.calendar_writes set error = $4, next_attempt_at = $5
        where tenant_id = $1 and calendar_id = $2 and booking_id = $3 and version = $6
        """,
        ct, write.TenantId, write.CalendarId, write.BookingId, error,
        new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.TimestampTz, Value = (object?)next ?? DBNull.Value }, write.Version);

    private async Task ExecuteAsync(string sql, CancellationToken ct, params IReadOnlyList<object> values)
    {
        await using var command = database.Pool.CreateCommand(sql);
        foreach (var value in values) command.Parameters.Add(value as NpgsqlParameter ?? new() { Value = value });
        await command.ExecuteNonQueryAsync(ct);
    }

    private static NpgsqlParameter Text(string? value) =>
        new() { NpgsqlDbType = NpgsqlDbType.Text, Value = (object?)value ?? DBNull.Value };
}
