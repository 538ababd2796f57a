using Microsoft.AspNetCore.Mvc;
using Platform.Contracts.Billing;
using Platform.Contracts.Operations;
using Platform.Ui.Http;

namespace Platform.Admin.Web.Pages;

/// <summary>The figures of the platform, each with the list behind it.</summary>
public sealed class IndexModel(AdminApi api) : AdminPage(api)
{
    private const int EventsShown = 20, TenantsShown = 10, MonthsShown = 6;

    public MetricsOverview Overview { get; private set; } = null!;

    /// <summary>Null where it could not be read, as all that follows.</summary>
    public MetricsTrends? Trends { get; private set; }

    /// <summary>The newest first.</summary>
    public IReadOnlyList<BillingMonthResponse>? Months { get; private set; }

    public EventStreamsResponse? Streams { get; private set; }

    public IReadOnlyList<EventGroupResponse>? Groups { get; private set; }

    public long? FailedMails { get; private set; }

    public long? FailedDeliveries { get; private set; }

    public IReadOnlyList<PublishedEvent> Events { get; private set; } = [];

    /// <summary>Those that came last.</summary>
    public IReadOnlyList<TenantMetrics> Newest { get; private set; } = [];

    /// <param name="fresh">Whether to compute the figures again.</param>
    public async Task<IActionResult> OnGetAsync(bool fresh, CancellationToken ct)
    {
        var (overview, trends, months) =
            (Api.MetricsAsync(fresh, ct), Api.TrendsAsync(fresh, ct), Api.MonthsAsync(MonthsShown, fresh, ct));
        var (streams, groups, events) = (Api.StreamsAsync(ct), Api.GroupsAsync(ct), Api.RecentEventsAsync(EventsShown, ct));
        var (mails, deliveries) = (Api.CountMailsAsync("failed", ct), Api.CountDeliveriesAsync("failed", ct));
        if (await overview is { Ok: false, Problem: { } problem }) return problem.ToPage();

        Overview = (await overview).Data!;
        Newest = [.. Overview.PerTenant.OrderByDescending(tenant => tenant.TenantId).Take(TenantsShown)];
        Trends = (await trends).Data;
        Months = (await months).Data;
        Streams = (await streams).Data;
        Groups = (await groups).Data;
        FailedMails = (await mails).Data?.Count;
        FailedDeliveries = (await deliveries).Data?.Count;
        Events = (await events).Data ?? [];
        return Page();
    }

    public string TenantName(long id) =>
        Overview.PerTenant.FirstOrDefault(tenant => tenant.TenantId == id)?.Name ?? $"{id}";

    /// <summary>What the last months brought in, in the currency of which there is most, oldest first.</summary>
    public (string Currency, IReadOnlyList<int> Amounts)? Revenue()
    {
        if (Months?.SelectMany(month => month.Totals).MaxBy(total => total.Amount)?.Currency is not { } currency) return null;

        return (currency,
        [
            .. Months.Reverse().Select(month =>
                (int)Math.Clamp(month.Totals.FirstOrDefault(total => total.Currency == currency)?.Amount ?? 0, 0, int.MaxValue)),
        ]);
    }
}
