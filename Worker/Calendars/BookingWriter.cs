using Microsoft.Extensions.Options;
using Npgsql;
using Platform.Core.Tenants;

namespace Platform.Worker.Calendars;

/// <summary>Writes bookings to outside calendars when they are due, any number of workers side by side.</summary>
internal sealed class BookingWriter(
    IServiceScopeFactory scopes, CalendarWrites writes, TenantDirectory tenants, IOptions<CalendarOptions> options,
    TimeProvider clock, ILogger<BookingWriter> log) : BackgroundService
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AfterOutage = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await RunDueAsync(stoppingToken) == 0) await Task.Delay(Poll, clock, stoppingToken);
            }
            catch (NpgsqlException e)
            {
                log.LogWarning(e, "Bookings for outside calendars wait for PostgreSQL");
                await Task.Delay(AfterOutage, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    /// <summary>Once now: one booking of each calendar.</summary>
    /// <returns>How many were due.</returns>
    public async Task<int> RunDueAsync(CancellationToken ct)
    {
        // A write takes up to three requests, each within the timeout.
        var due = await writes.TakeAsync(options.Value.Parallel, options.Value.Timeout * 5, clock.GetUtcNow(), ct);
        await Task.WhenAll(due.Select(write => RunAsync(write, ct)));
        return due.Count;
    }

    /// <summary>Never throws: what failed is due again when the time that was taken for it is over.</summary>
    private async Task RunAsync(CalendarWrite write, CancellationToken ct)
    {
        try
        {
            await using var scope = await scopes.EnterAsync(tenants, write.TenantId, ct);
            if (scope is { } entered) await entered.ServiceProvider.GetRequiredService<WriteBooking>().RunAsync(write, ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            log.LogError(
                e, "Booking {BookingId} of tenant {TenantId} was not written to calendar {CalendarId}", write.BookingId,
                write.TenantId, write.CalendarId);
        }
    }
}
