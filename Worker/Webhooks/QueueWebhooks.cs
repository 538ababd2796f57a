using System.Diagnostics;
using Npgsql;
using Platform.Contracts.Events;
using Platform.Core.Webhooks;
using Platform.Worker.Streams;

namespace Platform.Worker.Webhooks;

/// <summary>Writes down what is to be sent to the webhooks of a tenant. Sending is another loop's job.</summary>
internal sealed class QueueWebhooks(EventTransaction transaction) : IEventHandler
{
    public static string Group => EventGroups.Webhooks;

    public static IReadOnlyDictionary<string, int> Versions => WebhookRules.Events;

    public static ValueTask<IReadOnlySet<long>?> ConcernedTenantsAsync(
        NpgsqlDataSource database, long[] tenantIds, CancellationToken ct) => ConcernedTenants.FindAsync(
        database, "select distinct tenant_id from platform.webhook_endpoints where tenant_id = any($1) and enabled", tenantIds, ct);

    public async Task HandleAsync(EventEnvelope e, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(transaction.Connection);
        batch.BatchCommands.Add(DeliveryStatements.Add([e], Activity.Current?.Id ?? e.TraceParent));
        await batch.ExecuteNonQueryAsync(ct);
    }
}
