using System.Text.Json;
using Npgsql;
using Platform.Contracts.Events;
using Platform.Worker.Streams;

namespace Platform.Worker.Calendars;

/// <summary>
/// Notes which bookings are to be written to which outside calendars: those of their resources, and those that have
/// them from before. Only the version is noted: what is written is the booking as it is by then.
/// </summary>
internal sealed class QueueCalendarWrites(EventTransaction transaction, TimeProvider clock) : IEventHandler
{
    public static string Group => EventGroups.Calendars;

    public static IReadOnlyDictionary<string, int> Versions { get; } = new Dictionary<string, int>
    {
        [BookingCreated.EventType] = BookingCreated.EventVersion,
        [BookingUpdated.EventType] = BookingUpdated.EventVersion,
        [BookingStatusChanged.EventType] = BookingStatusChanged.EventVersion,
        [BookingRescheduled.EventType] = BookingRescheduled.EventVersion,
        [BookingReassigned.EventType] = BookingReassigned.EventVersion,
        [BookingCancelled.EventType] = BookingCancelled.EventVersion,
    };

    public static ValueTask<IReadOnlySet<long>?> ConcernedTenantsAsync(
        NpgsqlDataSource database, long[] tenantIds, CancellationToken ct) => ConcernedTenants.FindAsync(
        database, "select distinct tenant_id from platform.calendar_polls where tenant_id = any($1) and is_written", tenantIds, ct);

    public async Task HandleAsync(EventEnvelope e, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            """
            insert into platform.calendar_writes as w (tenant_id, calendar_id, booking_id, version, next_attempt_at)
            select p.tenant_id, p.calendar_id, $2, $3, $5 from platform.calendar_polls p
            where p.tenant_id = $1 and p.is_written and (p.resource_id = any($4) or exists (
                select from platform.calendar_writes known
                where known.tenant_id = p.tenant_id and known.calendar_id = p.calendar_id and known.booking_id = $2))
            order by p.calendar_id
            on conflict (tenant_id, calendar_id, booking_id) do update
            set version = excluded.version, attempts = 0, next_attempt_at = excluded.next_attempt_at
            where w.version < excluded.version
            """,
            transaction.Connection);
        object[] values = [e.TenantId, e.AggregateId, e.AggregateVersion, ResourcesOf(e), clock.GetUtcNow()];
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync(ct);
    }

    private static long[] ResourcesOf(EventEnvelope e) =>
        e.Data.TryGetProperty("booking", out var booking) && booking.TryGetProperty("resourceIds", out var ids)
            ? [.. ids.EnumerateArray().Select(id => id.GetInt64())]
            : throw new JsonException($"{e.EventType} names no resources.");
}
