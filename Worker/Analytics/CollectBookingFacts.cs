using Npgsql;
using Platform.Contracts.Events;
using Platform.Core.Analytics;
using Platform.Worker.Streams;

namespace Platform.Worker.Analytics;

/// <summary>Keeps what reports read of bookings.</summary>
internal sealed class CollectBookingFacts(EventTransaction transaction) : IEventHandler
{
    public static string Group => EventGroups.Analytics;

    public static IReadOnlyDictionary<string, int> Versions { get; } = new Dictionary<string, int>
    {
        [BookingCreated.EventType] = BookingCreated.EventVersion,
        [BookingStatusChanged.EventType] = BookingStatusChanged.EventVersion,
        [BookingRescheduled.EventType] = BookingRescheduled.EventVersion,
        [BookingReassigned.EventType] = BookingReassigned.EventVersion,
        [BookingUpdated.EventType] = BookingUpdated.EventVersion,
        [BookingCancelled.EventType] = BookingCancelled.EventVersion,
    };

    public async Task HandleAsync(EventEnvelope e, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(transaction.Connection);
        batch.BatchCommands.Add(BookingFacts.Add(e));
        await batch.ExecuteNonQueryAsync(ct);
    }
}
