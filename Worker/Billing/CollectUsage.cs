using Npgsql;
using Platform.Contracts.Events;
using Platform.Core.Billing;
using Platform.Worker.Streams;

namespace Platform.Worker.Billing;

/// <summary>Keeps what bills are checked against: the usage of seats as the events of grants and licenses say it.</summary>
internal sealed class CollectUsage(EventTransaction transaction) : IEventHandler
{
    public static string Group => EventGroups.Billing;

    public static IReadOnlyDictionary<string, int> Versions { get; } = new Dictionary<string, int>
    {
        [GrantCreated.EventType] = GrantCreated.EventVersion,
        [GrantChanged.EventType] = GrantChanged.EventVersion,
        [GrantRevoked.EventType] = GrantRevoked.EventVersion,
        [LicenseCreated.EventType] = LicenseCreated.EventVersion,
        [LicenseChanged.EventType] = LicenseChanged.EventVersion,
        [LicenseSuspended.EventType] = LicenseSuspended.EventVersion,
        [LicenseResumed.EventType] = LicenseResumed.EventVersion,
        [LicenseCancelled.EventType] = LicenseCancelled.EventVersion,
    };

    public async Task HandleAsync(EventEnvelope e, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(transaction.Connection);
        batch.BatchCommands.Add(UsageEvents.Add(e));
        await batch.ExecuteNonQueryAsync(ct);
    }
}
