using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Contracts.Tenants;
using Platform.Core;
using Platform.Core.Storage;
using Platform.Core.Tenants;
using StackExchange.Redis;

namespace Platform.Api.Tenants;

/// <summary>
/// Asks the Worker to build, fill or drop the schema of a tenant, and waits a moment for it: nearly always the answer
/// can say that it is done.
/// </summary>
internal sealed class TenantWork(
    PlatformDb db, IConnectionMultiplexer redis, AccessSignals signals, TimeProvider clock, ILogger<TenantWork> log)
{
    /// <summary>How long a request waits before it is answered with 202, unless it says otherwise.</summary>
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(2);

    private const int MaxWaitSeconds = 30;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan MaxPause = TimeSpan.FromMilliseconds(100);

    /// <summary>In the transaction that runs. The task's id; null if the tenant has an open task.</summary>
    public Task<long?> AddAsync(long tenantId, string kind, HttpContext http, CancellationToken ct) =>
        db.AddTenantTaskAsync(tenantId, kind, http.Source, clock.Now, ct);

    /// <summary>After the commit.</summary>
    /// <returns>The task, which may still be open.</returns>
    public async Task<TenantTask> WaitAsync(long taskId, HttpContext http, CancellationToken ct, TimeSpan? atMost = null)
    {
        var limit = atMost ?? Preferred(http.Request.Headers.GetCommaSeparatedValues("Prefer"));
        await AnnounceAsync();
        db.Scope = Scope.AllTenants;
        var start = TimeProvider.System.GetTimestamp();
        for (var pause = FirstPause; ; pause = pause * 2 < MaxPause ? pause * 2 : MaxPause)
        {
            var task = (await db.FindTenantTaskAsync(taskId, ct))!;
            if (task.FinishedAt is not null)
            {
                db.ChangeTracker.Clear(); // the Worker has changed what was read before
                signals.Changed(task.TenantId);
                return task;
            }

            if (TimeProvider.System.GetElapsedTime(start) > limit) return task;

            await Task.Delay(pause, ct);
        }
    }

    /// <summary>The open task of a tenant, if it has one.</summary>
    public async Task<long?> OpenAsync(long tenantId, CancellationToken ct)
    {
        db.Scope = Scope.AllTenants;
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        return await db.TenantTasks.Where(task => task.TenantId == tenantId && task.FinishedAt == null)
            .Select(task => (long?)task.Id).SingleOrDefaultAsync(ct);
    }

    public async Task<TenantResponse?> TenantAsync(long id, CancellationToken ct)
    {
        db.Scope = Scope.AllTenants;
        return await db.Tenants.AsNoTracking().SingleOrDefaultAsync(t => t.Id == id, ct) is { } tenant
            ? tenant.ToResponse()
            : null;
    }

    public static TenantTaskResponse ToResponse(TenantTask task) => new(
        task.Id, task.TenantId, task.Kind,
        task.FinishedAt is null ? TenantTaskStatuses.Open
        : task.Outcome?.Failure is null ? TenantTaskStatuses.Done
        : TenantTaskStatuses.Failed,
        task.CreatedAt, task.FinishedAt, task.Outcome?.Failure?.Code, task.Outcome?.Failure?.Detail,
        task.Outcome?.Failure?.File, task.Outcome?.Imported);

    /// <summary>202: the answer names where to ask for the outcome.</summary>
    public static Microsoft.AspNetCore.Http.HttpResults.Accepted<TenantTaskResponse> Accepted(TenantTask task, HttpContext http)
    {
        http.SetCode(Codes.TenantTaskAccepted, "The work has begun. Poll its status.");
        http.Response.Headers.Location = $"/internal/api/v1/tenant-tasks/{task.Id}";
        return TypedResults.Accepted((string?)null, ToResponse(task));
    }

    /// <summary>What a request is refused with whose task failed.</summary>
    public static Rejection ToRejection(TenantTaskFailure failure, long tenantId) => new(
        failure.Code == Codes.ProvisioningFailed ? RejectionKind.Unavailable : RejectionKind.Invalid,
        failure.Code, failure.Detail)
    {
        Extras = new()
        {
            File = failure.File,
            TenantId = failure.Reason is null ? null : tenantId,
            Reason = failure.Reason,
        },
    };

    public static Rejection InProgress(long tenantId) =>
        new(RejectionKind.Conflict, Codes.ProvisioningInProgress, "The tenant's tables are being built, filled or dropped.")
        {
            Extras = new() { TenantId = tenantId },
        };

    /// <summary>RFC 7240: <c>respond-async</c>, or <c>wait=10</c>.</summary>
    private static TimeSpan Preferred(string[] preferences)
    {
        foreach (var preference in preferences)
        {
            if (preference.Equals("respond-async", StringComparison.OrdinalIgnoreCase)) return TimeSpan.Zero;
            if (preference.StartsWith("wait=", StringComparison.OrdinalIgnoreCase)
                && int.TryParse(preference.AsSpan("wait=".Length), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
            {
                return TimeSpan.FromSeconds(Math.Min(seconds, MaxWaitSeconds));
            }
        }

        return Moment;
    }

    private async Task AnnounceAsync()
    {
        try
        {
            await redis.GetSubscriber().PublishAsync(RedisChannel.Literal(TenantTaskTable.Channel), "");
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            log.LogWarning(e, "The Worker finds the task by polling: Redis is unavailable");
        }
    }
}
