using System.Text.Json;
using Npgsql;
using Platform.Contracts.Events;

namespace Platform.Worker.Outbox;

/// <param name="Position">The order in which events were written.</param>
/// <param name="PublishedAt">Null for one that is still in the outbox.</param>
internal sealed record StoredEvent(long Position, EventEnvelope Event, DateTime? PublishedAt);

/// <param name="Stream">Where the event was published, and under which id there.</param>
internal sealed record StreamPosition(long Position, string Stream, string EntryId);

/// <summary>The statements of the relay: <c>platform.outbox_messages</c> and <c>platform.event_log</c>.</summary>
internal static class OutboxTables
{
    private const string Columns =
        "position, event_id, event_type, event_version, tenant_id, aggregate_type, aggregate_id, aggregate_version, " +
        "occurred_at, actor, traceparent, data";

    /// <summary>
    /// The oldest events that are committed. They are not locked: a relay that freezes must not keep them.
    /// </summary>
    public static Task<List<StoredEvent>> NextAsync(NpgsqlConnection connection, int limit, CancellationToken ct) =>
        ReadAsync(
            connection,
            $"select {Columns}, null from platform.outbox_messages order by position limit $1",
            ct,
            limit);

    /// <summary>Moves published events from the outbox to the log, in one statement, if the relay still may.</summary>
    /// <returns>The time they are logged with: that of this transaction.</returns>
    /// <exception cref="RelayLeaseLostException">Another relay has taken over and publishes them.</exception>
    public static async Task<DateTime> MoveToLogAsync(
        NpgsqlConnection connection, long epoch, IReadOnlyCollection<StreamPosition> published, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            $"""
            with lease as materialized (
                select from platform.relay_lease where epoch = $4 for share
            ), published as (
                select * from unnest($1, $2, $3) as p (position, stream, entry_id)
            ), gone as (
                delete from platform.outbox_messages m using published p, lease where m.position = p.position
                returning m.*, p.stream, p.entry_id
            ), logged as (
                insert into platform.event_log ({Columns}, stream, entry_id, published_at)
                select {Columns}, stream, entry_id, now() from gone
            )
            select now() from lease
            """,
            connection);
        command.Parameters.Add(new() { Value = published.Select(p => p.Position).ToArray() });
        command.Parameters.Add(new() { Value = published.Select(p => p.Stream).ToArray() });
        command.Parameters.Add(new() { Value = published.Select(p => p.EntryId).ToArray() });
        command.Parameters.Add(new() { Value = epoch });

        return await command.ExecuteScalarAsync(ct) as DateTime?
            ?? throw new RelayLeaseLostException("Another relay took over while this one published.");
    }

    /// <summary>When the newest event was published; null while none is.</summary>
    public static async Task<DateTime?> LastPublishedAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select max(published_at) from platform.event_log", connection);
        return await command.ExecuteScalarAsync(ct) as DateTime?;
    }

    /// <summary>Logged events in the order in which they were published, after the given one.</summary>
    public static Task<List<StoredEvent>> LoggedAfterAsync(
        NpgsqlConnection connection, DateTime publishedAt, long position, int limit, CancellationToken ct) =>
        ReadAsync(
            connection,
            $"""
            select {Columns}, published_at from platform.event_log
            where (published_at, position) > ($1, $2)
            order by published_at, position limit $3
            """,
            ct,
            publishedAt,
            position,
            limit);

    private static async Task<List<StoredEvent>> ReadAsync(
        NpgsqlConnection connection, string sql, CancellationToken ct, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });

        await using var reader = await command.ExecuteReaderAsync(ct);
        var events = new List<StoredEvent>();
        while (await reader.ReadAsync(ct))
        {
            var e = new EventEnvelope(
                reader.GetGuid(1),
                reader.GetString(2),
                reader.GetInt32(3),
                reader.GetInt64(4),
                reader.GetString(5),
                reader.GetInt64(6),
                reader.GetInt64(7),
                reader.GetFieldValue<DateTimeOffset>(8),
                reader.GetString(9),
                await reader.IsDBNullAsync(10, ct) ? null : reader.GetString(10),
                JsonSerializer.Deserialize<JsonElement>(reader.GetString(11)));
            events.Add(new(reader.GetInt64(0), e, reader.GetValue(12) as DateTime?));
        }

        return events;
    }
}
