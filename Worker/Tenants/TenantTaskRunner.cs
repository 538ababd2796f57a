using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;
using Platform.Contracts;
using Platform.Contracts.Tenants;
using Platform.Core.Licensing;
using Platform.Core.Storage;
using Platform.Core.Tenants;
using StackExchange.Redis;

namespace Platform.Worker.Tenants;

/// <summary>One kind of <see cref="TenantTask"/>. It finishes the task in its last transaction.</summary>
internal interface ITenantWork
{
    Task RunAsync(TenantTask task, CancellationToken ct);
}

/// <summary>
/// Does what the Api asks for. An advisory lock keeps two processes from the same tenant and ends with its process, so a
/// task whose process died is begun again by the next one that looks.
/// </summary>
internal sealed class TenantTaskRunner(
    IServiceScopeFactory services, TenantSchemas schemas, IConnectionMultiplexer redis, ILogger<TenantTaskRunner> log)
    : BackgroundService
{
    /// <summary>Tenants that one process works on at a time.</summary>
    private const int Concurrency = 4;

    /// <summary>How often open tasks are looked for that no message announced.</summary>
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await SubscribeAsync();
        await Task.WhenAll(Enumerable.Range(0, Concurrency).Select(_ => LoopAsync(stoppingToken)));
    }

    private async Task SubscribeAsync()
    {
        try
        {
            await redis.GetSubscriber().SubscribeAsync(
                RedisChannel.Literal(TenantTaskTable.Channel), (_, _) => _wake.Writer.TryWrite(true));
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            log.LogWarning(e, "New tasks are found by polling: Redis is unavailable");
        }
    }

    private async Task LoopAsync(CancellationToken ct)
    {
        var failures = 0;
        while (!ct.IsCancellationRequested)
        {
            try
            {
                var ran = await RunNextAsync(ct);
                failures = 0;
                if (ran) continue;
            }
            catch (Exception e) when (!ct.IsCancellationRequested)
            {
                log.LogError(e, "Tasks of tenants are tried again");
                if (++failures == 1) continue; // a pool kept a connection that the server has closed
            }

            await WaitAsync(ct);
        }
    }

    private async Task WaitAsync(CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Poll);
        try
        {
            await _wake.Reader.ReadAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            // Time to look, or to stop.
        }
    }

    private async Task<bool> RunNextAsync(CancellationToken ct)
    {
        foreach (var (id, tenantId) in await OpenAsync(ct))
        {
            await using var only = await schemas.TryLockAsync(tenantId, ct);
            if (only is null) continue;

            _wake.Writer.TryWrite(true); // there may be more, for the other loops
            await RunAsync(id, ct);
            return true;
        }

        return false;
    }

    private async Task<List<(long Id, long TenantId)>> OpenAsync(CancellationToken ct)
    {
        await using var scope = services.CreateAsyncScope();
        var db = OfPlatform(scope);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var open = await db.TenantTasks.AsNoTracking().Where(task => task.FinishedAt == null).OrderBy(task => task.Id)
            .Select(task => new { task.Id, task.TenantId }).Take(100).ToListAsync(ct);
        return open.ConvertAll(task => (task.Id, task.TenantId));
    }

    private async Task RunAsync(long id, CancellationToken ct)
    {
        await using var scope = services.CreateAsyncScope();
        var db = OfPlatform(scope);
        if (await db.FindTenantTaskAsync(id, ct) is not { FinishedAt: null } task) return; // another process was first

        await scope.ServiceProvider.GetRequiredKeyedService<ITenantWork>(task.Kind).RunAsync(task, ct);
        await AnnounceAsync(task.TenantId);
    }

    /// <summary>After the commit: what the Apis have cached of this tenant is no longer true.</summary>
    private async Task AnnounceAsync(long tenantId)
    {
        try
        {
            await redis.GetSubscriber().PublishAsync(
                RedisChannel.Literal(AccessChannel.Name), AccessChannel.Message(Environment.MachineName, tenantId));
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            log.LogWarning(e, "Caches expire by themselves: Redis is unavailable");
        }
    }

    private static PlatformDb OfPlatform(AsyncServiceScope scope)
    {
        var db = scope.ServiceProvider.GetRequiredService<PlatformDb>();
        db.Scope = Scope.AllTenants;
        return db;
    }
}

internal static class TenantTaskFailures
{
    /// <param name="error">One of <see cref="ProvisioningErrors"/>.</param>
    public static TenantTaskFailure NotProvisioned(string error) =>
        new(Codes.ProvisioningFailed, "The tenant is registered; retry it later.", Reason: error);
}
