using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Platform.Worker.Webhooks;

/// <summary>
/// Sends what is due to the webhooks of tenants, any number of workers side by side. A receiver that hangs occupies
/// its own few places and nobody else's. Dying between a receiver's answer and the note of it sends an event twice,
/// with the same <c>webhook-id </c>.
/// </summary>
internal sealed class WebhookSender(
    WebhookTasks tasks,
    WebhookClient client,
    IOptions<WebhookOptions> options,
    TimeProvider clock,
    ILogger<WebhookSender> log) : BackgroundService
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ShortestPoll = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan AfterOutage = TimeSpan.FromSeconds(2);

    /// <summary>Attempts under way, by endpoint.</summary>
    private readonly ConcurrentDictionary<long, int> _running = new();

    private readonly ConcurrentDictionary<long, Task> _attempts = new();

    /// <summary>Completed by an attempt that ends: its endpoint may have more to do.</summary>
    private volatile TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        long last = 0; // endpoint whose turn it was
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var ended = _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
                var free = options.Value.Parallel - _attempts.Count;
                var taken = free > 0
                    ? await tasks.TakeAsync(last, free, _running.ToDictionary(), options.Value.Timeout * 4, stoppingToken)
                    : [];
                foreach (var task in taken) Start(task, stoppingToken);

                var (isFull, isWholeTurn) = (taken.Count >= free, last == 0);
                last = isFull && taken.Count > 0 ? taken.Max(task => task.EndpointId) - 1 : isFull ? last : 0;
                if (isFull || isWholeTurn) await Task.WhenAny(ended.Task, Task.Delay(Poll, clock, stoppingToken));
                await Task.Delay(ShortestPoll, clock, stoppingToken);
            }
            catch (NpgsqlException e)
            {
                log.LogWarning(e, "Webhooks wait for PostgreSQL");
                await Task.Delay(AfterOutage, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
        }

        await Task.WhenAll(_attempts.Values);
    }

    private void Start(WebhookTask task, CancellationToken ct)
    {
        _running.AddOrUpdate(task.EndpointId, 1, (_, count) => count + 1);
        var attempt = Task.Run(() => AttemptAsync(task, ct), CancellationToken.None);
        _attempts[task.Id] = attempt;
        _ = attempt.ContinueWith(
            _ =>
            {
                _attempts.TryRemove(task.Id, out Task? _);
                if (_running.AddOrUpdate(task.EndpointId, 0, (_, count) => count - 1) == 0)
                {
                    _running.TryRemove(new(task.EndpointId, 0));
                }

                _ended.TrySetResult();
            },
            TaskScheduler.Default);
    }

    /// <summary>Never throws: what could not be noted is tried again when its time comes.</summary>
    private async Task AttemptAsync(WebhookTask task, CancellationToken ct)
    {
        using var span = Telemetry.Source.StartActivity("webhook send", ActivityKind.Client, task.TraceParent!);
        span?.SetTag("messaging.message.id", task.EventId).SetTag("platform.event.type", task.EventType)
            .SetTag("platform.tenant.id", task.TenantId);

        try
        {
            var result = await client.SendAsync(task, ct);
            if (!result.IsSuccess) span?.SetStatus(ActivityStatusCode.Error, result.Error ?? $"{result.StatusCode}");
            Telemetry.WebhookAttempted(result);

            if (await tasks.NoteAsync(task, result, ct))
            {
                log.LogWarning("Webhook {WebhookId} of tenant {TenantId} was disabled", task.EndpointId, task.TenantId);
            }
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or OperationCanceledException)
        {
            if (!ct.IsCancellationRequested) log.LogWarning(e, "An attempt of webhook {WebhookId} was not noted", task.EndpointId);
        }
    }
}
