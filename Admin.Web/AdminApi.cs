using System.Globalization;
using Platform.Contracts.Operations;
using Platform.Ui.Http;

namespace Platform.Admin.Web;

/// <summary>The API as these pages see it: across tenants, for platform staff.</summary>
public sealed partial class AdminApi(HttpClient http, ILogger<AdminApi> logger) : ApiClient(http, logger)
{
    private const string Root = "internal/api/v1";

    /// <summary>Bypasses the API's cache: staff often open the dashboard right after a change.</summary>
    public Task<Answer<MetricsOverview>> OverviewAsync(CancellationToken ct) =>
        GetAsync<MetricsOverview>($"{Root}/metrics/overview", ct, bypassCache: true);

    /// <summary>The newest events that the relay has published.</summary>
    public Task<Answer<IReadOnlyList<PublishedEvent>>> RecentEventsAsync(int limit, CancellationToken ct) =>
        GetAsync<IReadOnlyList<PublishedEvent>>(
            $"{Root}/events/recent?limit={limit.ToString(CultureInfo.InvariantCulture)}", ct);
}
