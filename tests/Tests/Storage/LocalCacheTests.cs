using Microsoft.Extensions.Time.Testing;
using Platform.Core.Storage;
using Platform.Tests.Support;

namespace Platform.Tests.Storage;

/// <summary>The cache of rows within a process, and when it must read again.</summary>
public sealed class LocalCacheTests : IDisposable
{
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(5);

    private readonly FakeTimeProvider _clock = new(PlatformFixture.Monday9am);
    private readonly LocalCache _cache;
    private int _reads;

    public LocalCacheTests() => _cache = new(_clock);

    [Fact]
    public async Task A_found_row_is_read_again_after_its_freshness()
    {
        Assert.Equal(1, await FindAsync(1, () => 1));
        _clock.Advance(Freshness - TimeSpan.FromTicks(1));
        Assert.Equal(1, await FindAsync(1, () => 2));
        _clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(3, await FindAsync(1, () => 3));
        Assert.Equal(2, _reads);
    }

    [Fact]
    public async Task A_missing_row_is_looked_up_again()
    {
        Assert.Equal(0, await FindAsync(1, () => 0));
        Assert.Equal(2, await FindAsync(1, () => 2));
        Assert.Equal(2, _reads);
    }

    [Fact]
    public async Task Freshness_begins_with_the_read()
    {
        await FindAsync(1, () =>
        {
            _clock.Advance(Freshness - TimeSpan.FromSeconds(1)); // it takes four seconds
            return 1;
        });
        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(2, await FindAsync(1, () => 2));
    }

    [Fact]
    public async Task Concurrent_callers_share_one_read()
    {
        var answer = new TaskCompletionSource<int>();
        var calls = Enumerable.Range(0, 50).Select(_ => FindAsync(1, answer.Task)).ToList();
        answer.SetResult(7);

        Assert.All(await Task.WhenAll(calls), found => Assert.Equal(7, found));
        Assert.Equal(1, _reads);
    }

    [Fact]
    public async Task A_change_during_a_read_is_seen_by_later_callers()
    {
        var old = new TaskCompletionSource<int>();
        var asked = FindAsync(1, old.Task);
        _cache.Forget(1);

        var during = await FindAsync(1, () => 2).WaitAsync(TimeSpan.FromSeconds(30)); // does not wait for the old read
        old.SetResult(1);
        var before = await asked;
        var after = await FindAsync(1, () => 3);

        Assert.Equal((1, 2, 2), (before, during, after));
    }

    [Fact]
    public async Task A_caller_does_not_get_a_not_found_from_the_read_of_another()
    {
        var old = new TaskCompletionSource<int>();
        var first = FindAsync(1, old.Task);
        var second = FindAsync(1, () => 2);
        old.SetResult(0);

        Assert.Equal((0, 2), (await first, await second));
    }

    [Fact]
    public async Task A_cancelled_caller_does_not_cancel_the_read_of_others()
    {
        using var gone = new CancellationTokenSource();
        var answer = new TaskCompletionSource<int>();
        var first = FindAsync(1, answer.Task, gone.Token);
        var second = FindAsync(1, answer.Task);

        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        answer.SetResult(5);

        Assert.Equal((5, 1), (await second, _reads));
    }

    [Fact]
    public async Task A_failed_read_is_not_remembered()
    {
        await Assert.ThrowsAsync<TimeoutException>(() => FindAsync(1, () => throw new TimeoutException()));
        Assert.Equal(2, await FindAsync(1, () => 2));
    }

    [Fact]
    public async Task Rows_are_cached_separately_and_forgetting_one_keeps_most_others()
    {
        for (var row = 1; row <= 100; row++) await FindAsync(row, () => row);
        _reads = 0;
        _cache.Forget(50);

        for (var row = 1; row <= 100; row++) Assert.Equal(row, await FindAsync(row, () => row));

        Assert.InRange(_reads, 1, 10);
    }

    [Fact]
    public async Task The_number_of_entries_is_limited()
    {
        for (var row = 1; row <= LocalCache.MaxEntries + 20_000; row++) await FindAsync(row, () => row);

        Assert.InRange(_cache.Count, LocalCache.MaxEntries / 2, LocalCache.MaxEntries);
    }

    public void Dispose() => _cache.Dispose();

    private Task<int> FindAsync(long row, Func<int> read, CancellationToken ct = default) => _cache.FindAsync(
        _cache.KeyOf("row", row), (this, read), static state => state.Item1.CountedAsync(state.read), Freshness, ct).AsTask();

    private Task<int> FindAsync(long row, Task<int> read, CancellationToken ct = default) => _cache.FindAsync(
        _cache.KeyOf("row", row), (this, read), static state => state.Item1.CountedAsync(state.read), Freshness, ct).AsTask();

    private Task<int> CountedAsync(Func<int> read)
    {
        Interlocked.Increment(ref _reads);
        return Task.FromResult(read());
    }

    private Task<int> CountedAsync(Task<int> read)
    {
        Interlocked.Increment(ref _reads);
        return read;
    }
}
