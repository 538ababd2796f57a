using StackExchange.Redis;

namespace Platform.Portable.Redis;

/// <summary>Each stream method against a real server, called as one calls StackExchange.Redis 2.13.</summary>
public sealed class StreamTests(RedisServer server)
{
    private readonly IDatabase _db = server.Database;
    private readonly RedisKey _stream = $"stream:{Guid.CreateVersion7():n}";

    [Fact]
    public async Task An_entry_keeps_its_fields_in_order_and_its_id()
    {
        var id = await _db.StreamAddAsync(_stream, [new("type", "booking.created"), new("empty", ""), new("note", "ação")]);
        await _db.StreamAddAsync(_stream, "type", "booking.cancelled");

        var entries = await _db.StreamRangeAsync(_stream);

        Assert.Equal(2, entries.Length);
        Assert.Equal(id, entries[0].Id);
        Assert.Equal(["type", "empty", "note"], entries[0].Values.Select(field => (string)field.Name!));
        Assert.Equal("ação", (string)entries[0]["note"]!);
        Assert.True(entries[0]["absent"].IsNull);
        Assert.Equal("booking.cancelled", (string)entries[1]["type"]!);
    }

    [Fact]
    public async Task A_given_id_is_used_and_an_older_one_refused()
    {
        Assert.Equal("5-1", (string)(await _db.StreamAddAsync(_stream, "n", 1, messageId: "5-1"))!);

        await Assert.ThrowsAsync<RedisServerException>(() => _db.StreamAddAsync(_stream, "n", 2, messageId: "5-0"));
    }

    [Fact]
    public async Task A_maximum_length_drops_the_oldest()
    {
        for (var n = 1; n <= 5; n++) await _db.StreamAddAsync(_stream, "n", n, maxLength: 3);

        Assert.Equal([3, 4, 5], (await _db.StreamRangeAsync(_stream)).Select(entry => (int)entry["n"]));
    }

    [Fact]
    public async Task The_older_forms_with_every_parameter_work_too()
    {
        await _db.StreamAddAsync(_stream, "n", 1, null, (int?)9, false, CommandFlags.None);
        await _db.StreamAddAsync(_stream, [new("n", 2)], null, (int?)9, false, CommandFlags.None);
        await _db.StreamCreateConsumerGroupAsync(_stream, "g", "0", CommandFlags.None);

        Assert.Equal(2, (await _db.StreamReadGroupAsync(_stream, "g", "c", ">", 10, CommandFlags.None)).Length);
        Assert.Equal(2, (await _db.StreamPendingMessagesAsync(_stream, "g", 10, "c", "-", "+", CommandFlags.None)).Length);
    }

    [Fact]
    public async Task A_group_at_the_beginning_gets_everything_once_and_is_made_once()
    {
        await Fill(3);
        Assert.True(await _db.StreamCreateConsumerGroupAsync(_stream, "g", StreamPosition.Beginning));

        var first = await _db.StreamReadGroupAsync(_stream, "g", "c", count: 2);
        var rest = await _db.StreamReadGroupAsync(_stream, "g", "c", StreamPosition.NewMessages);
        var nothing = await _db.StreamReadGroupAsync(_stream, "g", "c");

        Assert.Equal([1, 2], first.Select(entry => (int)entry["n"]));
        Assert.Equal([3], rest.Select(entry => (int)entry["n"]));
        Assert.Empty(nothing);
        var again = await Assert.ThrowsAsync<RedisServerException>(() => _db.StreamCreateConsumerGroupAsync(_stream, "g", "0"));
        Assert.StartsWith("BUSYGROUP", again.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_group_without_a_position_gets_only_what_comes_after_it()
    {
        await Fill(2);
        await _db.StreamCreateConsumerGroupAsync(_stream, "g");
        await Fill(1);

        Assert.Single(await _db.StreamReadGroupAsync(_stream, "g", "c"));
    }

    [Fact]
    public async Task A_group_may_only_be_made_on_an_absent_stream_when_asked_to()
    {
        await Assert.ThrowsAsync<RedisServerException>(
            () => _db.StreamCreateConsumerGroupAsync(_stream, "g", "0", createStream: false));
        await _db.StreamCreateConsumerGroupAsync(_stream, "g", "0", createStream: true);

        Assert.Equal(0, await _db.StreamLengthAsync(_stream));
    }

    [Fact]
    public async Task Reading_without_the_group_says_so()
    {
        await Fill(1);

        var e = await Assert.ThrowsAsync<RedisServerException>(() => _db.StreamReadGroupAsync(_stream, "nobody", "c"));

        Assert.StartsWith("NOGROUP", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_streams_are_read_at_once()
    {
        RedisKey other = $"{_stream}:other";
        await Fill(3);
        await _db.StreamAddAsync(other, "n", 7);
        foreach (var key in new[] { _stream, other }) await _db.StreamCreateConsumerGroupAsync(key, "g", "0");

        var streams = await _db.StreamReadGroupAsync(
            [new StreamPosition(_stream, StreamPosition.NewMessages), new StreamPosition(other, ">")], "g", "c", countPerStream: 2);

        Assert.Equal([_stream, other], streams.Select(stream => stream.Key));
        Assert.Equal([2, 1], streams.Select(stream => stream.Entries.Length));
    }

    [Fact]
    public async Task Acknowledged_entries_are_pending_no_more()
    {
        var ids = await ReadByGroup(3);

        Assert.Equal(1, await _db.StreamAcknowledgeAsync(_stream, "g", ids[0]));
        Assert.Equal(0, await _db.StreamAcknowledgeAsync(_stream, "g", ids[0]));
        var pending = await _db.StreamPendingAsync(_stream, "g");
        Assert.Equal(2, await _db.StreamAcknowledgeAsync(_stream, "g", ids[1..]));
        var none = await _db.StreamPendingAsync(_stream, "g");

        Assert.Equal((2, ids[1], ids[2]), (pending.PendingMessageCount, pending.LowestPendingMessageId, pending.HighestPendingMessageId));
        Assert.Equal(("c", 2), ((string)pending.Consumers.Single().Name!, pending.Consumers.Single().PendingMessageCount));
        Assert.Equal(0, none.PendingMessageCount);
        Assert.Empty(none.Consumers);
    }

    [Fact]
    public async Task Pending_messages_tell_consumer_idle_time_and_deliveries()
    {
        var ids = await ReadByGroup(2);
        await _db.StreamReadGroupAsync(_stream, "g", "c", "0"); // its own pending ones, again

        var all = await _db.StreamPendingMessagesAsync(_stream, "g", 10, RedisValue.Null);
        var of = await _db.StreamPendingMessagesAsync(_stream, "g", 10, "nobody");
        var idle = await _db.StreamPendingMessagesAsync(_stream, "g", 10, "c", minIdleTimeInMs: 60_000);

        Assert.Equal(ids, all.Select(message => message.MessageId));
        Assert.All(all, message => Assert.Equal(("c", 2), ((string)message.ConsumerName!, message.DeliveryCount)));
        Assert.All(all, message => Assert.InRange(message.IdleTimeInMilliseconds, 0, 60_000));
        Assert.Empty(of);
        Assert.Empty(idle);
    }

    [Fact]
    public async Task Autoclaim_moves_idle_entries_by_its_cursor_and_names_the_deleted()
    {
        var ids = await ReadByGroup(3);
        await _db.StreamDeleteAsync(_stream, [ids[0]]);

        var first = await _db.StreamAutoClaimAsync(_stream, "g", "d", 0, "0-0", count: 2);
        var rest = await _db.StreamAutoClaimAsync(_stream, "g", "d", 0, first.NextStartId, count: 2);
        var busy = await _db.StreamAutoClaimAsync(_stream, "g", "e", 60_000, "0-0");

        Assert.Equal([ids[0]], first.DeletedIds.Concat(rest.DeletedIds));
        Assert.Equal(ids[1..], first.ClaimedEntries.Concat(rest.ClaimedEntries).Select(entry => entry.Id));
        Assert.Equal("0-0", (string)rest.NextStartId!);
        Assert.Empty(busy.ClaimedEntries);
        Assert.False(busy.IsNull);
    }

    [Fact]
    public async Task Claim_takes_the_named_entries()
    {
        var ids = await ReadByGroup(2);

        var claimed = await _db.StreamClaimAsync(_stream, "g", "d", 0, [ids[1]]);

        Assert.Equal(2, (int)claimed.Single()["n"]);
        Assert.Equal([("c", 1), ("d", 1)], (await _db.StreamConsumerInfoAsync(_stream, "g")).Select(c => (c.Name, c.PendingMessageCount)));
    }

    [Fact]
    public async Task Trim_by_id_keeps_what_is_not_older()
    {
        for (var n = 1; n <= 4; n++) await _db.StreamAddAsync(_stream, "n", n, messageId: $"{n}-0");

        Assert.Equal(2, await _db.StreamTrimByMinIdAsync(_stream, "3-0"));
        Assert.Equal(["3-0", "4-0"], (await _db.StreamRangeAsync(_stream)).Select(entry => (string)entry.Id!));
    }

    [Fact]
    public async Task Ranges_have_bounds_count_and_direction()
    {
        for (var n = 1; n <= 4; n++) await _db.StreamAddAsync(_stream, "n", n, messageId: $"{n}-0");

        var middle = await _db.StreamRangeAsync(_stream, "2-0", "3-0");
        var last = await _db.StreamRangeAsync(_stream, count: 1, messageOrder: Order.Descending);

        Assert.Equal([2, 3], middle.Select(entry => (int)entry["n"]));
        Assert.Equal([4], last.Select(entry => (int)entry["n"]));
    }

    [Fact]
    public async Task Facts_of_stream_and_groups()
    {
        var ids = await ReadByGroup(3);
        await Fill(2);

        var stream = await _db.StreamInfoAsync(_stream);
        var group = Assert.Single(await _db.StreamGroupInfoAsync(_stream));

        Assert.Equal((5, 1), (stream.Length, stream.ConsumerGroupCount));
        Assert.Equal(ids[0], stream.FirstEntry.Id);
        Assert.Equal(stream.LastGeneratedId, stream.LastEntry.Id);
        Assert.Equal(("g", 1, 3), (group.Name, group.ConsumerCount, group.PendingMessageCount));
        Assert.Equal(((string)ids[2]!, 3L, 2L), (group.LastDeliveredId, group.EntriesRead, group.Lag));
        await Assert.ThrowsAsync<RedisServerException>(() => _db.StreamInfoAsync("absent"));
    }

    [Fact]
    public async Task Length_deletion_of_entries_consumers_and_groups()
    {
        var ids = await ReadByGroup(3);

        Assert.Equal(2, await _db.StreamDeleteAsync(_stream, [ids[0], ids[1], "1-1"]));
        Assert.Equal(1, await _db.StreamLengthAsync(_stream));
        Assert.Equal(3, await _db.StreamDeleteConsumerAsync(_stream, "g", "c"));
        Assert.True(await _db.StreamDeleteConsumerGroupAsync(_stream, "g"));
        Assert.False(await _db.StreamDeleteConsumerGroupAsync(_stream, "g"));
    }

    [Fact]
    public async Task Calls_in_flight_together_keep_their_order()
    {
        await Task.WhenAll(Enumerable.Range(0, 500).Select(n => _db.StreamAddAsync(_stream, "n", n)));

        Assert.Equal(Enumerable.Range(0, 500), (await _db.StreamRangeAsync(_stream)).Select(entry => (int)entry["n"]));
    }

    [Fact]
    public async Task A_literal_channel_is_no_pattern()
    {
        var received = new List<string>();
        var subscriber = server.Connection.GetSubscriber();
        var name = $"news:{Guid.CreateVersion7():n}:*";
        await subscriber.SubscribeAsync(RedisChannel.Literal(name), (_, message) => received.Add(message!));

        await subscriber.PublishAsync(RedisChannel.Literal(name.Replace('*', 'x')), "not for us");
        await subscriber.PublishAsync(RedisChannel.Literal(name), "for us");

        await Eventually.TrueAsync(() => received.Count > 0);
        Assert.Equal(["for us"], received);
    }

    private async Task Fill(int count)
    {
        for (var n = 1; n <= count; n++) await _db.StreamAddAsync(_stream, "n", n);
    }

    private async Task<RedisValue[]> ReadByGroup(int count)
    {
        await Fill(count);
        await _db.StreamCreateConsumerGroupAsync(_stream, "g", "0");
        return [.. (await _db.StreamReadGroupAsync(_stream, "g", "c")).Select(entry => entry.Id)];
    }
}
