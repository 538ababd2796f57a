using System.Data;
using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Npgsql;
using Platform.Contracts.Events;
using StackExchange.Redis;

namespace Platform.Worker.Streams;

/// <param name="Done">Entries that need no further delivery.</param>
/// <param name="Failed">With the reason, and whether another attempt is pointless.</param>
/// <param name="Blocked">Untouched, because an earlier event of the same aggregate failed.</param>
internal sealed record BatchOutcome(
    List<RedisValue> Done, List<(Delivery Delivery, string Reason, bool Final)> Failed, List<Delivery> Blocked);

/// <summary>Another worker may hold the partition by now.</summary>
internal sealed class LeaseLostException(string group) : Exception($"The lease of {group} ran out before the commit.");

/// <summary>
/// Handles a batch of events in one transaction: their effects and their rows in the inbox. An event whose row is there
/// already has had its effect.
/// </summary>
internal sealed class EventBatch<THandler>(
    IServiceScopeFactory scopes,
    EventsDatabase database,
    IOptions<EventsOptions> options,
    ILogger<EventBatch<THandler>> log)
    where THandler : class, IEventHandler
{
    private const string NoAnswer = "delivered too often without an answer: it may take the process down";

    /// <summary>
    /// The first attempt has no savepoints, each of which would cost as much as the effect of an event. If an event
    /// fails, nothing has happened, and the second attempt has one for each event.
    /// </summary>
    public async Task<BatchOutcome> HandleAsync(List<Delivery> deliveries, PartitionLease lease, CancellationToken ct)
    {
        var sorted = new BatchOutcome([], [], []);
        var wanted = await ConcernedAsync([.. deliveries.Where(delivery => Sort(delivery, sorted))], sorted, ct);
        if (wanted.Count == 0) return sorted;

        var isFirst = wanted.Count > 1 && wanted.TrueForAll(delivery => delivery.Count == 1);
        if (isFirst && await TryAsync(wanted, sorted, lease, withSavepoints: false, ct) is { } outcome) return outcome;

        return await TryAsync(wanted, sorted, lease, withSavepoints: true, ct)
            ?? throw new InvalidOperationException("An event failed in spite of its savepoint.");
    }

    private async Task<List<Delivery>> ConcernedAsync(List<Delivery> deliveries, BatchOutcome outcome, CancellationToken ct)
    {
        var tenants = deliveries.Count == 0
            ? null
            : await THandler.ConcernedTenantsAsync(
                database.Pool, [.. deliveries.Select(d => d.Event!.TenantId).Distinct()], ct);
        var (concerned, others) = (new List<Delivery>(), outcome.Done);
        foreach (var delivery in deliveries)
        {
            if (tenants?.Contains(delivery.Event!.TenantId) is not false && IsConcerned(delivery.Event!))
            {
                concerned.Add(delivery);
            }
            else
            {
                others.Add(delivery.Entry.Id);
            }
        }

        return concerned;
    }

    /// <summary>An event that cannot be read is left to its handler, whose failure makes it a dead letter.</summary>
    private static bool IsConcerned(EventEnvelope e)
    {
        try
        {
            return THandler.Concerns(e);
        }
        catch (Exception)
        {
            return true;
        }
    }

    /// <returns>Null if an event failed that has no savepoint.</returns>
    private async Task<BatchOutcome?> TryAsync(
        List<Delivery> wanted, BatchOutcome sorted, PartitionLease lease, bool withSavepoints, CancellationToken ct)
    {
        var outcome = new BatchOutcome([.. sorted.Done], [.. sorted.Failed], []);
        await using var connection = await database.Pool.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var unhandled = await Inbox.AddAsync(connection, THandler.Group, [.. wanted.Select(d => d.Event!.EventId)], ct);
        var stuck = new HashSet<Aggregate>();

        foreach (var delivery in wanted)
        {
            if (stuck.Contains(delivery.Aggregate)) outcome.Blocked.Add(delivery);
            else if (!unhandled.Remove(delivery.Event!.EventId)) outcome.Done.Add(delivery.Entry.Id);
            else if (delivery.Count > options.Value.Deliveries) outcome.Failed.Add((delivery, NoAnswer, Final: true));
            else if (await HandledAsync(delivery)) outcome.Done.Add(delivery.Entry.Id);
            else if (!withSavepoints) return null;
            else stuck.Add(delivery.Aggregate);
        }

        var again = outcome.Blocked.Concat(outcome.Failed.Select(f => f.Delivery)).Where(d => d.Event is not null);
        await Inbox.RemoveAsync(connection, THandler.Group, [.. again.Select(d => d.Event!.EventId)], ct);

        if (!lease.IsHeld) throw new LeaseLostException(THandler.Group);

        await transaction.CommitAsync(ct);
        Telemetry.Handled.Add(outcome.Done.Count, new KeyValuePair<string, object?>("group", THandler.Group));
        return outcome;

        Task<bool> HandledAsync(Delivery delivery) =>
            TryHandleAsync(delivery, connection, withSavepoints ? transaction : null, outcome, ct);
    }

    /// <summary>Finds what needs no handler: other groups' events, and what nobody could handle.</summary>
    private static bool Sort(Delivery delivery, BatchOutcome outcome)
    {
        if (delivery.Entry.Values is null or [])
        {
            outcome.Done.Add(delivery.Entry.Id); // pending, but trimmed from the stream
            return false;
        }

        if (delivery.Entry[EventFields.OnlyGroup] is { IsNull: false } only && only != THandler.Group)
        {
            outcome.Done.Add(delivery.Entry.Id); // replayed for another group
            return false;
        }

        if (!EventEntry.TryRead(delivery.Entry, out var e, out var reason))
        {
            outcome.Failed.Add((delivery, $"malformed: {reason}", Final: true));
            return false;
        }

        if (!THandler.Versions.TryGetValue(e.EventType, out var known))
        {
            outcome.Done.Add(delivery.Entry.Id);
            return false;
        }

        if (e.EventVersion != known)
        {
            outcome.Failed.Add((delivery, $"unknown version {e.EventVersion} of {e.EventType}", Final: true));
            return false;
        }

        return true;
    }

    /// <param name="transaction">Null if the event has no savepoint; then its failure is that of the batch.</param>
    private async Task<bool> TryHandleAsync(
        Delivery delivery, NpgsqlConnection connection, NpgsqlTransaction? transaction, BatchOutcome outcome, CancellationToken ct)
    {
        const string savepoint = "before_event";
        var e = delivery.Event!;

        using var span = Telemetry.Source.StartActivity($"{THandler.Group} handle", ActivityKind.Consumer, e.TraceParent!);
        span?.SetTag("messaging.message.id", e.EventId).SetTag("platform.event.type", e.EventType)
            .SetTag("platform.tenant.id", e.TenantId).SetTag("platform.event.deliveries", delivery.Count);

        if (transaction is not null) await transaction.SaveAsync(savepoint, ct);
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            scope.ServiceProvider.GetRequiredService<EventTransaction>().Join(connection);
            await scope.ServiceProvider.GetRequiredService<THandler>().HandleAsync(e, ct);
            return true;
        }
        catch (Exception failure) when (!ct.IsCancellationRequested && !IsOutage(failure, connection))
        {
            span?.SetStatus(ActivityStatusCode.Error, failure.Message);
            if (transaction is null) return false;

            Telemetry.Failed.Add(1, new KeyValuePair<string, object?>("group", THandler.Group));
            log.LogWarning(failure, "{Group} failed on {EventType} {EventId}", THandler.Group, e.EventType, e.EventId);

            await transaction.RollbackAsync(savepoint, ct);
            outcome.Failed.Add((delivery, $"{failure.GetType().Name}: {failure.Message}", Final: failure is JsonException));
            return false;
        }
    }

    /// <summary>
    /// The connection broke under the handler, or the server asks to try again: not the event's fault.
    /// </summary>
    private static bool IsOutage(Exception e, NpgsqlConnection connection) =>
        connection.State != ConnectionState.Open || e is NpgsqlException { IsTransient: true };
}

/// <summary>Which events a group has handled: <c>platform.inbox</c>.</summary>
internal static class Inbox
{
    /// <returns>Those it did not know yet.</returns>
    public static async Task<HashSet<Guid>> AddAsync(
        NpgsqlConnection connection, string group, Guid[] eventIds, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            """
            insert into platform.inbox (consumer_group, event_id, handled_at)
            select $1, id, now() from unnest($2) as id order by id
            on conflict do nothing returning event_id
            """,
            connection);
        command.Parameters.Add(new() { Value = group });
        command.Parameters.Add(new() { Value = eventIds });

        await using var reader = await command.ExecuteReaderAsync(ct);
        var added = new HashSet<Guid>();
        while (await reader.ReadAsync(ct)) added.Add(reader.GetGuid(0));

        return added;
    }

    public static async Task RemoveAsync(NpgsqlConnection connection, string group, Guid[] eventIds, CancellationToken ct)
    {
        if (eventIds.Length == 0) return;

        await using var command = new NpgsqlCommand(
            "delete from platform.inbox where consumer_group = $1 and event_id = any($2)", connection);
        command.Parameters.Add(new() { Value = group });
        command.Parameters.Add(new() { Value = eventIds });
        await command.ExecuteNonQueryAsync(ct);
    }
}
