using System.Net;
using System.Net.Sockets;
using Npgsql;
using Platform.Core.Audit;
using Platform.Core.Storage;

namespace Platform.Tests.Audit;

/// <summary>Decisions while the database accepts connections and does not answer.</summary>
public sealed class AccessRecorderTests : IAsyncLifetime
{
    private static readonly AccessRecord Record =
        new(1, DateTimeOffset.UnixEpoch, new("user:1"), 1, "tq", null, Allowed: true, null, null, "POST /");

    private readonly TcpListener _silent = new(IPAddress.Loopback, 0);
    private NpgsqlDataSource? _source;

    public ValueTask InitializeAsync()
    {
        _silent.Start();
        _source = NpgsqlDataSource.Create(
            $"Host=127.0.0.1;Port={((IPEndPoint)_silent.LocalEndpoint).Port};Username=x;Password=x;SSL Mode=Disable");
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        if (_source is not null) await _source.DisposeAsync();
        _silent.Dispose();
    }

    [Fact]
    public async Task Every_waiting_caller_is_answered_after_the_timeout()
    {
        await using var recorder = NewRecorder(TimeSpan.FromMilliseconds(300), maxWaiting: 10);

        var callers = Enumerable.Range(0, 3).Select(_ => RecordAsync(recorder)).ToList();

        foreach (var caller in callers) await Assert.ThrowsAsync<AuditLostException>(() => caller);
    }

    [Fact]
    public async Task A_full_queue_refuses_at_once()
    {
        var recorder = NewRecorder(TimeSpan.FromMinutes(1), maxWaiting: 1);
        using var gone = new CancellationTokenSource();
        List<Task> waiting = [];

        // One is being written, one waits; how many are taken before the writer runs is not known.
        await Assert.ThrowsAsync<AuditLostException>(async () =>
        {
            for (var i = 0; i < 5; i++)
            {
                var caller = recorder.RecordAsync([Record], gone.Token);
                if (caller.IsCompleted) await caller;
                waiting.Add(caller);
            }
        });

        await gone.CancelAsync();
        foreach (var caller in waiting) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => caller);
    }

    [Fact]
    public async Task A_caller_that_has_gone_waits_no_longer()
    {
        var recorder = NewRecorder(TimeSpan.FromMinutes(1), maxWaiting: 10);
        using var gone = new CancellationTokenSource();

        var caller = recorder.RecordAsync([Record], gone.Token);
        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => caller);
    }

    private AccessRecorder NewRecorder(TimeSpan timeout, int maxWaiting) =>
        new(new PlatformSql(_source ?? throw new InvalidOperationException("It is not initialised.")), timeout, maxWaiting);

    private static Task RecordAsync(AccessRecorder recorder) =>
        recorder.RecordAsync([Record], TestContext.Current.CancellationToken);
}
