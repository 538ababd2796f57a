using Platform.Contracts;
using Platform.Contracts.Billing;
using Platform.Core.Storage;

namespace Platform.Core.Billing;

/// <summary>
/// What the last months brought in, of all tenants. Open months are computed, so the answer is cached for a minute;
/// concurrent requests wait for the same computation.
/// </summary>
public sealed class BillingMonths(BillingQuery query, TimeProvider clock) : IDisposable
{
    public const int MostMonths = 24;

    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(60);

    private readonly SemaphoreSlim _oneAtATime = new(1);
    private volatile Computed? _last;

    /// <summary>The newest first; that is the present one, in UTC.</summary>
    /// <param name="bypassCache">Whether to compute them again.</param>
    public async Task<IReadOnlyList<BillingMonthResponse>> ReadAsync(int months, bool bypassCache, CancellationToken ct)
    {
        if (!bypassCache && Remembered(months) is { } fresh) return fresh;

        await _oneAtATime.WaitAsync(ct);
        try
        {
            if (!bypassCache && Remembered(months) is { } computed) return computed;

            var now = clock.Now;
            List<BillingMonthResponse> found = [];
            var first = new DateOnly(now.UtcDateTime.Year, now.UtcDateTime.Month, 1);
            for (var ago = 0; ago < months; ago++)
            {
                var month = first.AddMonths(-ago);
                found.Add(ToResponse((await query.ReadAsync(new(month.Year, month.Month), Scope.AllTenants, ct))!));
            }

            _last = new(now, found);
            return found;
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    public void Dispose() => _oneAtATime.Dispose();

    private IReadOnlyList<BillingMonthResponse>? Remembered(int months) =>
        _last is { } last && last.Months.Count >= months && clock.GetUtcNow() - last.At < Freshness
            ? [.. last.Months.Take(months)]
            : null;

    private static BillingMonthResponse ToResponse(MonthBill bill)
    {
        var closed = bill.Tenants.Count(t => t.ClosedAt is not null);
        return new(
            bill.Month.ToString(), bill.Tenants.Count, closed, closed > 0 && closed == bill.Tenants.Count,
            BillingRules.Totals(
                bill.Lines.Select(line => new Money(line.Amount, line.Currency)).Concat(bill.Adjustments.Select(a => a.Amount))));
    }

    private sealed record Computed(DateTimeOffset At, IReadOnlyList<BillingMonthResponse> Months);
}
