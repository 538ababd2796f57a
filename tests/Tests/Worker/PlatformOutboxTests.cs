using Npgsql;
using Platform.Contracts.Events;
using Platform.Tests.Support;
using Platform.Worker;
using Platform.Worker.Streams;

namespace Platform.Tests.Worker;

/// <summary>Events of licences and seats are published on the same streams as events of bookings.</summary>
public sealed class PlatformOutboxTests
{
    [Fact]
    public async Task Events_of_both_databases_reach_the_streams_and_are_published_again_after_Redis_loses_them()
    {
        await using var world = await WorkerWorld.CreateAsync();
        var databases = await PlatformDatabases.NewAsync();
        await using var platform = NpgsqlDataSource.Create($"{databases.PlatformDb};Pooling=false");
        await using (var demo = platform.CreateCommand("delete from platform.outbox_messages")) await demo.ExecuteNonQueryAsync();
        await WriteAsync(platform, aggregate: 1);
        await world.WriteAsync(aggregate: 2, type: "booking.created");
        await world.ExecuteAsync("""
            insert into platform.audit_outbox (tenant_id, occurred_at, actor, action, target_type, outcome)
            values (7, now(), 'user:1', 'settings.changed', 'settings', 'done')
            """);

        await world.StartAsync(
            builder => builder.AddOutboxRelay().AddPlatformOutboxRelay().AddAuditCarrier(),
            ("ConnectionStrings:platformdb", databases.PlatformDb.As(Logins.Worker)));
        await Eventually.EqualAsync(1L, () => CountAsync(platform, "audit_log where tenant_id_fk = 7 and action = 'settings.changed'"));
        await Eventually.EqualAsync("booking.created,grant.created", TypesAsync);
        await Eventually.EqualAsync(1L, () => CountAsync(platform, "platform.event_log"));
        await Eventually.TrueAsync(() => world.Redis.KeyExistsAsync(EventStreams.PlatformMarker));
        var left = await CountAsync(platform, "platform.outbox_messages");

        await world.FlushRedisAsync();
        await Eventually.EqualAsync("booking.created,grant.created", TypesAsync);

        Assert.Equal(0, left);
        await databases.ReleaseAsync();

        async Task<string> TypesAsync() => string.Join(
            ',', (await world.EntriesAsync()).Select(entry => (string)entry[EventFields.EventType]!).Distinct().Order(StringComparer.Ordinal));
    }

    private static async Task WriteAsync(NpgsqlDataSource database, long aggregate)
    {
        await using var command = database.CreateCommand(
            $$"""
            insert into platform.outbox_messages (event_id, event_type, event_version, tenant_id, aggregate_type, aggregate_id,
                aggregate_version, occurred_at, actor, data)
            values ('{{Guid.CreateVersion7()}}', 'grant.created', 1, 7, 'grant', {{aggregate}}, 1, now(), 'system', '{}')
            """);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<long> CountAsync(NpgsqlDataSource database, string table)
    {
        await using var command = database.CreateCommand($"select count(*) from {table}");
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
