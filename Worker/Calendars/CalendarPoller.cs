using Microsoft.Extensions.Options;
using Npgsql;
using Platform.Core.Storage;
using Platform.Core.Tenants;

namespace Platform.Worker.Calendars;

/// <summary>
/// Polls the outside calendars of all tenants when they are due, any number of workers side by side. Taking one moves
/// its next poll out of the way: should the process die, another one polls it by then.
/// </summary>
internal sealed class CalendarPoller(
    IServiceScopeFactory scopes, EventsDatabase database, TenantDirectory tenants, IOptions<CalendarOptions> options,
    TimeProvider clock, ILogger<CalendarPoller> log) : BackgroundService
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AfterOutage = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await RunDueAsync(stoppingToken) < options.Value.Parallel) await Task.Delay(Poll, clock, stoppingToken);
            }
            catch (NpgsqlException e)
            {
                log.LogWarning(e, "Outside calendars wait for PostgreSQL");
                await Task.Delay(AfterOutage, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    /// <summary>Once now; the loop does so every second.</summary>
    /// <returns>How many were due.</returns>
    public async Task<int> RunDueAsync(CancellationToken ct)
    {
        var due = await TakeAsync(ct);
        await Task.WhenAll(due.Select(poll => RunAsync(poll.TenantId, poll.CalendarId, ct)));
        return due.Count;
    }

    private async Task<List<(long TenantId, long CalendarId)>> TakeAsync(CancellationToken ct)
    {
        await using var command = database.Pool.CreateCommand(
            """
            update platform.calendar_polls p set due_at = $1 + $2
            from (
                select tenant_id, calendar_id from platform.calendar_polls
                where due_at <= $1 order by due_at limit $3 for update skip locked) due
            where p.tenant_id = due.tenant_id and p.calendar_id = due.calendar_id
            returning p.tenant_id, p.calendar_id
            """);
        command.Parameters.Add(new() { Value = clock.GetUtcNow() });
        command.Parameters.Add(new() { Value = options.Value.Timeout * 5 });
        command.Parameters.Add(new() { Value = options.Value.Parallel });

        await using var reader = await command.ExecuteReaderAsync(ct);
        List<(long, long)> due = [];
        while (await reader.ReadAsync(ct)) due.Add((reader.GetInt64(0), reader.GetInt64(1)));
        return due;
    }

    /// <summary>Never throws: what failed is due again when the time that was taken for it is over.</summary>
    private async Task RunAsync(long tenantId, long calendarId, CancellationToken ct)
    {
        try
        {
            await using var scope = await scopes.EnterAsync(tenants, tenantId, ct);
            if (scope is { } entered)
            {
                await entered.ServiceProvider.GetRequiredService<PollCalendar>().RunAsync(calendarId, ct);
            }
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            log.LogError(e, "The calendar {CalendarId} of tenant {TenantId} was not polled", calendarId, tenantId);
        }
    }
}

internal static class TenantScopes
{
    extension(IServiceScopeFactory scopes)
    {
        /// <summary>A scope in which services see the tables of one tenant; null if there is no such active tenant.</summary>
        public async Task<AsyncServiceScope?> EnterAsync(TenantDirectory tenants, long tenantId, CancellationToken ct)
        {
            if (await tenants.FindAsync(tenantId, ct) is not { IsActive: true } tenant) return null;

            var scope = scopes.CreateAsyncScope();
            var context = scope.ServiceProvider.GetRequiredService<TenantContext>();
            (context.Id, context.Name, context.TimeZone, context.Locale) =
                (tenant.Id, tenant.Name, tenant.TimeZone, tenant.Locale);
            return scope;
        }
    }
}
