using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Platform.Contracts;
using Platform.Contracts.Events;
using Platform.Contracts.Operations;
using Platform.Tests.Licensing;
using Platform.Tests.Support;
using Platform.Worker.Streams;
using StackExchange.Redis;

namespace Platform.Tests.Worker;

/// <summary>
/// Staff and events that no handler could process. The tests write the dead letters to the Redis of the Api.
/// </summary>
public sealed class DeadLetterTests(PlatformFixture platform)
{
    private const string Path = "/internal/api/v1/events";

    [Fact]
    public async Task A_dead_letter_is_read_replayed_for_its_group_only_and_then_removed()
    {
        using var staff = platform.ClientWith(1, staff: true, Scopes.Platform);
        var (group, stream) = ($"g{Guid.CreateVersion7():n}", (RedisKey)$"test:{Guid.CreateVersion7():n}");
        var letter = await AddAsync(group, stream, tenant: 77);
        await AddAsync($"other{group}", stream, tenant: 77);

        var listed = Assert.Single(await GetAsync<List<DeadLetterResponse>>(staff, $"/dead-letters?group={group}"));
        var read = await GetAsync<DeadLetterResponse>(staff, $"/dead-letters/{letter}");
        using var replayed = await staff.PostAsync($"{Path}/dead-letters/{letter}/replay", null);
        using var again = await staff.PostAsync($"{Path}/dead-letters/{letter}/replay", null);

        Assert.Equal(("boom", 5, "booking.created", 77L), (listed.Reason, listed.Deliveries, listed.EventType, listed.TenantId));
        Assert.Null(listed.Fields);
        Assert.Equal("""{"name": "Ada"}""", read.Fields![EventFields.Data]);
        Assert.Equal(Codes.DeadLetterReplayed, await replayed.SuccessAsync());
        Assert.Equal((404, Codes.NotFound), await again.ProblemAsync());
        var entry = Assert.Single(await Redis.StreamRangeAsync(stream));
        Assert.Equal(group, (string)entry[EventFields.OnlyGroup]!);
        Assert.True(EventEntry.TryRead(entry, out var e, out _));
        Assert.Equal(listed.EventId, $"{e.EventId}");
        Assert.True(entry[DeadLetterFields.Reason].IsNull);
        Assert.Equal(1, await CountAuditAsync("dead_letter.replayed", letter));
    }

    [Fact]
    public async Task A_dead_letter_that_is_unreadable_is_shown_and_discarded()
    {
        using var staff = platform.ClientWith(1, staff: true, Scopes.Platform);
        var group = $"g{Guid.CreateVersion7():n}";
        var letter = (string)(await Redis.StreamAddAsync(
            EventKeys.DeadLetters, [new("tenant_id", "what"), new(DeadLetterFields.Group, group)]))!;

        var read = await GetAsync<DeadLetterResponse>(staff, $"/dead-letters/{letter}");
        using var discarded = await staff.PostAsync($"{Path}/dead-letters/{letter}/discard", null);

        Assert.Equal((null, "what"), (read.TenantId, read.Fields!["tenant_id"]));
        Assert.Equal(Codes.DeadLetterDiscarded, await discarded.SuccessAsync());
        Assert.Empty(await GetAsync<List<DeadLetterResponse>>(staff, $"/dead-letters?group={group}"));
        Assert.Equal(1, await CountAuditAsync("dead_letter.discarded", letter));
    }

    [Fact]
    public async Task Dead_letters_come_in_pages_newest_first()
    {
        using var staff = platform.ClientWith(1, staff: true, Scopes.Platform);
        var group = $"g{Guid.CreateVersion7():n}";
        var letters = new List<string>();
        for (var i = 0; i < 3; i++) letters.Add(await AddAsync(group, "test:pages", tenant: i + 1));

        var first = await staff.GetFromJsonAsync<JsonElement>($"{Path}/dead-letters?group={group}&limit=2");
        var cursor = first.GetProperty("meta").GetProperty("page").GetProperty("next").GetString();
        var rest = await GetAsync<List<DeadLetterResponse>>(staff, $"/dead-letters?group={group}&limit=2&cursor={cursor}");

        letters.Reverse();
        Assert.Equal(letters, first.GetProperty("data").EnumerateArray().Select(l => l.GetProperty("id").GetString()!).Concat(rest.Select(l => l.Id)));
    }

    [Fact]
    public async Task Streams_and_groups_report_what_is_pending()
    {
        using var staff = platform.ClientWith(1, staff: true, Scopes.Platform);
        var group = $"g{Guid.CreateVersion7():n}";
        var key = EventKeys.Stream(0);
        await Redis.StreamAddAsync(key, "a", "1");
        await Redis.StreamAddAsync(key, "a", "2");
        await Redis.StreamCreateConsumerGroupAsync(key, group, StreamPosition.Beginning);
        await Redis.StreamReadGroupAsync(key, group, "me", StreamPosition.NewMessages, count: 1);
        await Redis.StringSetAsync(EventKeys.Lease(group, 0), "me", TimeSpan.FromMinutes(1));

        var streams = await GetAsync<EventStreamsResponse>(staff, "/streams");
        var found = (await GetAsync<List<EventGroupResponse>>(staff, "/groups")).Single(g => g.Group == group);
        await Redis.StreamDeleteConsumerGroupAsync(key, group);

        Assert.Equal(["tenantdb", "platformdb"], streams.Outboxes.Select(o => o.Database));
        Assert.Contains(streams.Streams, s => s.Stream == key && s.Length >= 2 && s.OldestAt is not null);
        Assert.Equal((1, "me"), (found.Pending, found.Partitions.Single(p => p.Stream == key).Worker));
        Assert.True(found.Lag >= 1 && found.AgeSeconds is not null);
    }

    private IDatabase Redis => platform.Api.Services.GetRequiredService<IConnectionMultiplexer>().GetDatabase();

    private async Task<string> AddAsync(string group, RedisKey stream, long tenant) => (await Redis.StreamAddAsync(
        EventKeys.DeadLetters,
        [
            .. EventEntry.ToFields(
                new(
                    Guid.CreateVersion7(), "booking.created", 1, tenant, "booking", 1, 1, DateTimeOffset.UnixEpoch, "system", null,
                    JsonSerializer.Deserialize<JsonElement>("""{"name": "Ada"}""")),
                null),
            new(DeadLetterFields.Stream, (string)stream!), new(DeadLetterFields.EntryId, "1-0"), new(DeadLetterFields.Group, group),
            new(DeadLetterFields.Reason, "boom"), new(DeadLetterFields.Deliveries, 5),
            new(DeadLetterFields.FailedAt, "2026-03-02T09:00:00.0000000+00:00"),
        ]))!;

    private static async Task<T> GetAsync<T>(HttpClient staff, string path)
    {
        using var response = await staff.GetAsync($"{Path}{path}");
        return await response.DataAsync<T>();
    }

    private Task<long> CountAuditAsync(string action, string letter) => platform.PlatformValueAsync<long>(
        $"select count(*) from audit_log where action = '{action}' and after ->> 'deadLetterId' = '{letter}' and tenant_id_fk is null");
}
