using System.Diagnostics;
using Npgsql;
using NpgsqlTypes;
using StackExchange.Redis;

namespace Platform.Bench;

/// <summary>
/// The limit of events: the commands to Redis and the inserts that one event after the other costs, and nothing else.
/// Neither outbox nor leases, savepoints or retries.
/// </summary>
internal sealed class RawEvents(NpgsqlDataSource database, IDatabase redis)
{
    private const int Partitions = 4, RelayBatch = 500, Batch = 100;

    /// <summary>As in the product, two groups skip these events, and two have a statement for each of them.</summary>
    private static readonly (string Name, bool Handles)[] Groups =
        [("one", false), ("two", false), ("three", true), ("four", true)];

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(10);

    public async Task<double> RateAsync(int events, NameValueEntry[] entry)
    {
        await PrepareAsync();
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(
            Groups.SelectMany(group => Enumerable.Range(0, Partitions).Select(
                    partition => Task.Run(() => ConsumeAsync(group.Name, group.Handles, partition, events / Partitions))))
                .Append(Task.Run(() => RelayAsync(events, entry))));
        var rate = events / watch.Elapsed.TotalSeconds;

        for (var partition = 0; partition < Partitions; partition++) await redis.KeyDeleteAsync(Stream(partition));
        return rate;
    }

    private static RedisKey Stream(int partition) => $"bench:events:{partition}";

    private async Task PrepareAsync()
    {
        await using var tables = database.CreateCommand("""
            create table if not exists platform.bench_log (like platform.event_log including indexes);
            create table if not exists platform.bench_inbox (like platform.inbox including indexes);
            create table if not exists platform.bench_usage (like platform.usage_events including indexes);
            truncate platform.bench_log, platform.bench_inbox, platform.bench_usage;
            """);
        await tables.ExecuteNonQueryAsync();
        foreach (var (group, _) in Groups)
        {
            for (var partition = 0; partition < Partitions; partition++)
                await redis.StreamCreateConsumerGroupAsync(Stream(partition), group, StreamPosition.Beginning, createStream: true);
        }
    }

    private async Task RelayAsync(int events, NameValueEntry[] entry)
    {
        var data = entry[^1].Value.ToString();
        for (var done = 0; done < events; done += RelayBatch)
        {
            await Task.WhenAll(Enumerable.Range(done, RelayBatch).Select(n => redis.StreamAddAsync(Stream(n % Partitions), entry)));
            await using var log = database.CreateCommand("""
                insert into platform.bench_log (position, event_id, event_type, event_version, tenant_id, aggregate_type, aggregate_id,
                    aggregate_version, occurred_at, actor, data, stream, entry_id, published_at)
                select $1 + n, gen_random_uuid(), 'bench', 1, 1, 'bench', n, 1, now(), 'system', $2, 'stream', '1-0', now()
                from generate_series(1, $3) n
                """);
            log.Parameters.Add(new() { Value = (long)done });
            log.Parameters.Add(new() { Value = data, NpgsqlDbType = NpgsqlDbType.Jsonb });
            log.Parameters.Add(new() { Value = RelayBatch });
            await log.ExecuteNonQueryAsync();
        }
    }

    private async Task ConsumeAsync(string group, bool handles, int partition, int events)
    {
        for (var done = 0; done < events;)
        {
            var entries = await redis.StreamReadGroupAsync(Stream(partition), group, "bench", StreamPosition.NewMessages, Batch);
            if (entries.Length == 0) await Task.Delay(Poll);
            if (entries.Length > 0 && handles) await InsertAsync(group, entries);
            if (entries.Length > 0) await redis.StreamAcknowledgeAsync(Stream(partition), group, [.. entries.Select(e => e.Id)]);
            done += entries.Length;
        }
    }

    /// <summary>One transaction: the inbox, and a statement for each event.</summary>
    private async Task InsertAsync(string group, StreamEntry[] entries)
    {
        var ids = entries.Select(_ => Guid.CreateVersion7()).ToArray();
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var inbox = new NpgsqlCommand(
            "insert into platform.bench_inbox (consumer_group, event_id, handled_at) select $1, id, now() from unnest($2) id", connection))
        {
            inbox.Parameters.Add(new() { Value = group });
            inbox.Parameters.Add(new() { Value = ids });
            await inbox.ExecuteNonQueryAsync();
        }

        foreach (var (id, entry) in ids.Zip(entries))
        {
            await using var effect = new NpgsqlCommand(
                """
                insert into platform.bench_usage (event_id, event_type, tenant_id, aggregate_type, aggregate_id, version, occurred_at, data)
                select $1, 'bench', 1, 'grant', 1, 1, now(), $2 where $3
                """,
                connection);
            effect.Parameters.Add(new() { Value = id });
            effect.Parameters.Add(new() { Value = entry.Values[^1].Value.ToString(), NpgsqlDbType = NpgsqlDbType.Jsonb });
            effect.Parameters.Add(new() { Value = group == Groups[^1].Name });
            await effect.ExecuteNonQueryAsync();
        }

        await transaction.CommitAsync();
    }
}
