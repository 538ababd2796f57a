using Npgsql;
using Platform.Contracts.Events;

namespace Platform.Worker.Notifications;

/// <summary>
/// Events that were on their way when their client was erased still have the address; what is stored has not.
/// </summary>
internal static class ErasedClients
{
    private const string Stored =
        """
        select coalesce(data #>> '{booking,clientEmail}', data #>> '{entry,clientEmail}') is null
        from platform.{table}
        where tenant_id = $1 and aggregate_type = $2 and aggregate_id = $3 and event_id = $4
        for share
        """;

    /// <summary>
    /// Whether the client of the event was erased. The event stays locked until the transaction ends, so that a
    /// request that erases the client concurrently finds the queued mail.
    /// </summary>
    public static async Task<bool> HasErasedClientAsync(
        this NpgsqlConnection connection, EventEnvelope e, CancellationToken ct) =>
        // The outbox first: what the relay is just moving is in the log by the time that the log is asked.
        await IsErasedAsync(connection, "outbox_messages", e, ct) ?? await IsErasedAsync(connection, "event_log", e, ct) ?? false;

    /// <returns>Null if the event is not there.</returns>
    private static async Task<bool?> IsErasedAsync(
        NpgsqlConnection connection, string table, EventEnvelope e, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(Stored.Replace("{table}", table, StringComparison.Ordinal), connection);
        command.Parameters.Add(new() { Value = e.TenantId });
        command.Parameters.Add(new() { Value = e.AggregateType });
        command.Parameters.Add(new() { Value = e.AggregateId });
        command.Parameters.Add(new() { Value = e.EventId });
        return await command.ExecuteScalarAsync(ct) as bool?;
    }
}
