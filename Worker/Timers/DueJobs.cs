using System.Diagnostics;
using Npgsql;
using Platform.Core.Bookings;
using Platform.Core.Storage;
using Platform.Core.Tenants;

namespace Platform.Worker.Timers;

/// <param name="SubjectId">The booking, series or entry of the waitlist it is about.</param>
internal sealed record DueJob(string Kind, long TenantId, long SubjectId);

/// <summary>
/// Runs what is due in <c>platform.due_jobs </c>, any number of workers side by side. A job's row goes in the
/// transaction of its effect: a process that dies in between leaves both as they were. One that fails is tried again
/// later and blocks no other job.
/// </summary>
internal sealed class DueJobs(
    IServiceScopeFactory scopes,
    EventsDatabase database,
    TenantDirectory tenants,
    TimeProvider clock,
    ILogger<DueJobs> log) : BackgroundService
{
    private const int BatchSize = 100;

    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AfterOutage = TimeSpan.FromSeconds(2);

    /// <summary>The wait after the first failure of a job; it doubles with each further one.</summary>
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan MaxRetryInterval = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await RunDueAsync(stoppingToken) < BatchSize) await Task.Delay(Poll, clock, stoppingToken);
            }
            catch (NpgsqlException e)
            {
                log.LogWarning(e, "Due jobs wait for PostgreSQL");
                await Task.Delay(AfterOutage, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    /// <summary>Once now; the loop does so every second.</summary>
    /// <returns>How many were done.</returns>
    public async Task<int> RunDueAsync(CancellationToken ct)
    {
        var done = 0;
        foreach (var job in await FindDueAsync(ct))
        {
            try
            {
                if (await RunAsync(job, ct)) done++;
            }
            catch (Exception e) when (!ct.IsCancellationRequested && e is not NpgsqlException { IsTransient: true })
            {
                log.LogError(e, "{Kind} of {SubjectId}, {TenantId}, failed", job.Kind, job.SubjectId, job.TenantId);
                Telemetry.JobsFailed.Add(1, new KeyValuePair<string, object?>("kind", job.Kind));
                await PostponeAsync(job, ct);
            }
        }

        return done;
    }

    private async Task<List<DueJob>> FindDueAsync(CancellationToken ct)
    {
        await using var command = database.Pool.CreateCommand(
            "select kind, tenant_id, subject_id from platform.due_jobs where due_at <= $1 order by due_at limit $2");
        command.Parameters.Add(new() { Value = clock.GetUtcNow() });
        command.Parameters.Add(new() { Value = BatchSize });

        await using var reader = await command.ExecuteReaderAsync(ct);
        var due = new List<DueJob>();
        while (await reader.ReadAsync(ct)) due.Add(new(reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2)));

        return due;
    }

    /// <returns>Whether it was this worker that did it.</returns>
    private async Task<bool> RunAsync(DueJob job, CancellationToken ct)
    {
        var tenant = await tenants.FindAsync(job.TenantId, ct)
            ?? throw new InvalidOperationException($"There is no tenant {job.TenantId}.");
        using var span = Telemetry.Source.StartActivity($"{job.Kind} run", ActivityKind.Internal, parentId: null);

        await using var scope = scopes.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<TenantContext>();
        (context.Id, context.Name, context.TimeZone, context.Locale) =
            (tenant.Id, tenant.Name, tenant.TimeZone, tenant.Locale);

        var services = scope.ServiceProvider;
        return job.Kind is BookingJobs.SeriesExtension or BookingJobs.WaitlistExpiry or BookingJobs.WaitlistRecheck
            ? await services.GetRequiredService<PlanTimers>().RunAsync(job, ct)
            : await services.GetRequiredService<BookingTimers>().RunAsync(job, ct);
    }

    private async Task PostponeAsync(DueJob job, CancellationToken ct)
    {
        await using var command = database.Pool.CreateCommand(
            """
            update platform.due_jobs
            set attempts = attempts + 1, due_at = $4 + least($5 * power(2, least(attempts, 10)), $6)
            where kind = $1 and tenant_id = $2 and subject_id = $3 and due_at <= $4
            """);
        command.Parameters.Add(new() { Value = job.Kind });
        command.Parameters.Add(new() { Value = job.TenantId });
        command.Parameters.Add(new() { Value = job.SubjectId });
        command.Parameters.Add(new() { Value = clock.GetUtcNow() });
        command.Parameters.Add(new() { Value = RetryAfter });
        command.Parameters.Add(new() { Value = MaxRetryInterval });
        await command.ExecuteNonQueryAsync(ct);
    }
}
