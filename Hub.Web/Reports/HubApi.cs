using Platform.Contracts.Reports;
using Platform.Ui.Http;
using Platform.Ui.Time;

namespace Platform.Hub.Web;

/// <summary>Reports; <c>to</c> is exclusive.</summary>
public sealed partial class HubApi
{
    public Task<Answer<IReadOnlyList<UtilisationRow>>> UtilisationAsync(DateOnly from, DateOnly to, CancellationToken ct) =>
        GetAsync<IReadOnlyList<UtilisationRow>>(Report("utilisation", from, to, null), ct);

    public Task<Answer<IReadOnlyList<BookingsRow>>> BookingsReportAsync(
        DateOnly from, DateOnly to, string groupBy, CancellationToken ct) =>
        GetAsync<IReadOnlyList<BookingsRow>>(Report("bookings", from, to, groupBy), ct);

    public Task<Answer<IReadOnlyList<NoShowsRow>>> NoShowsReportAsync(DateOnly from, DateOnly to, CancellationToken ct) =>
        GetAsync<IReadOnlyList<NoShowsRow>>(Report("no-shows", from, to, "service"), ct);

    public Task<Answer<IReadOnlyList<LeadTimesRow>>> LeadTimesReportAsync(DateOnly from, DateOnly to, CancellationToken ct) =>
        GetAsync<IReadOnlyList<LeadTimesRow>>(Report("lead-times", from, to, "service"), ct);

    public Task<Answer<IReadOnlyList<RevenueRow>>> RevenueReportAsync(DateOnly from, DateOnly to, CancellationToken ct) =>
        GetAsync<IReadOnlyList<RevenueRow>>(Report("revenue", from, to, "service"), ct);

    /// <param name="report">The last part of the route.</param>
    /// <param name="from">The first day.</param>
    /// <param name="to">Exclusive.</param>
    /// <param name="groupBy">Null where the report has one grouping.</param>
    /// <param name="ct"></param>
    public Task<HttpResponseMessage> ReportFileAsync(
        string report, DateOnly from, DateOnly to, string? groupBy, CancellationToken ct) =>
        GetFileAsync(Report(report, from, to, groupBy), "text/csv", ct);

    private static string Report(string report, DateOnly from, DateOnly to, string? groupBy) =>
        Query($"reports/{report}", new() { ["from"] = from.ToIso(), ["to"] = to.ToIso(), ["groupBy"] = groupBy });
}
