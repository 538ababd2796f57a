using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Platform.Contracts.Events;
using Platform.Worker;
using Platform.Worker.Streams;

namespace Platform.Tests.Worker;

/// <summary>A handler whose effect is a row, so that each effect of an event can be counted.</summary>
internal sealed class WriteEffect(EventTransaction transaction, Script script) : IEventHandler
{
    public static string Group => "effects";

    public static IReadOnlyDictionary<string, int> Versions { get; } = new Dictionary<string, int> { ["thing.happened"] = 1 };

    public async Task HandleAsync(EventEnvelope e, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            "insert into platform.effects (event_id, aggregate_id, version) values ($1, $2, $3)", transaction.Connection);
        command.Parameters.Add(new() { Value = e.EventId });
        command.Parameters.Add(new() { Value = e.AggregateId });
        command.Parameters.Add(new() { Value = e.AggregateVersion });
        await command.ExecuteNonQueryAsync(ct);

        script.Seen.Enqueue(e);
        await script.Then(e); // after the effect: what fails here must take the effect back
    }
}

/// <summary>The step that <see cref="WriteEffect"/> runs after its effect.</summary>
internal sealed class Script(Func<EventEnvelope, Task>? then = null)
{
    public Func<EventEnvelope, Task> Then { get; } = then ?? (_ => Task.CompletedTask);

    public ConcurrentQueue<EventEnvelope> Seen { get; } = new();
}

internal static class EffectsWorld
{
    public static Task<IHost> StartConsumerAsync(this WorkerWorld world, Script script, params (string, string)[] settings) =>
        world.StartAsync(
            builder =>
            {
                builder.Services.AddSingleton(script);
                builder.AddConsumer<WriteEffect>();
            },
            settings);

    public static Task<IHost> StartRelayAsync(this WorkerWorld world) => world.StartAsync(builder => builder.AddOutboxRelay());

    /// <summary>Aggregate and version of each effect, in the order in which they were written.</summary>
    public static async Task<List<(long Aggregate, long Version)>> EffectsAsync(this WorkerWorld world)
    {
        await using var command = world.Sql.CreateCommand("select aggregate_id, version from platform.effects order by id");
        await using var reader = await command.ExecuteReaderAsync();
        var effects = new List<(long, long)>();
        while (await reader.ReadAsync()) effects.Add((reader.GetInt64(0), reader.GetInt64(1)));
        return effects;
    }

    /// <summary>Until every entry of the streams is acknowledged by the group.</summary>
    public static Task AllHandledAsync(this WorkerWorld world) => Eventually.TrueAsync(async () =>
    {
        for (var partition = 0; partition < 4; partition++)
        {
            var key = EventStreams.Key(partition);
            if (!await world.Redis.KeyExistsAsync(key)) continue;
            var groups = await world.Redis.StreamGroupInfoAsync(key);
            if (groups is not [{ PendingMessageCount: 0, Lag: 0 or null }]) return false;
        }

        return true;
    });
}
