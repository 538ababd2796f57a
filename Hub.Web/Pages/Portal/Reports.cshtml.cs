using Microsoft.AspNetCore.Mvc;
using Platform.Contracts;
using Platform.Contracts.Reports;
using Platform.Ui.Http;
using Platform.Ui.Time;

namespace Platform.Hub.Web.Pages.Portal;

/// <summary>A period in figures; each with its table and its file.</summary>
public sealed class ReportsModel(HubApi api, TimeProvider clock) : HubPage(api)
{
    private const int MaxDays = 366;

    /// <summary>The most columns of the heat map; a longer period has several days in each.</summary>
    private const int MaxColumns = 14;

    private static readonly string[] Files = ["utilisation", "bookings", "no-shows", "lead-times", "revenue"];

    public DateOnly From { get; private set; }

    /// <summary>The last day.</summary>
    public DateOnly To { get; private set; }

    public IReadOnlyList<UtilisationRow> Utilisation { get; private set; } = [];

    /// <summary>Parts of the period, each with the utilisation of every resource in it.</summary>
    public IReadOnlyList<(DateOnly From, IReadOnlyDictionary<long, decimal?> Ratios)> HeatMap { get; private set; } = [];

    public IReadOnlyList<BookingsRow> ByDay { get; private set; } = [];

    public IReadOnlyList<BookingsRow> ByService { get; private set; } = [];

    public IReadOnlyList<NoShowsRow> NoShows { get; private set; } = [];

    public IReadOnlyList<LeadTimesRow> LeadTimes { get; private set; } = [];

    public IReadOnlyList<RevenueRow> Revenue { get; private set; } = [];

    /// <summary>What happened until then is in the figures; later changes may be missing.</summary>
    public DateTimeOffset AsOf { get; private set; }

    public string? FileLink(string report, string? groupBy = null) =>
        Url.Page("Reports", "Csv", new { report, groupBy, from = From.ToIso(), to = To.ToIso() });

    public async Task<IActionResult> OnGetAsync(DateOnly? from, DateOnly? to, CancellationToken ct)
    {
        Choose(from, to);
        var end = To.AddDays(1);
        var parts = Parts();
        var asksParts = parts.Select(part => Api.UtilisationAsync(part.From, part.To, ct)).ToList();
        var asksUtilisation = Api.UtilisationAsync(From, end, ct);
        var asksDays = Api.BookingsReportAsync(From, end, "day", ct);
        var asksServices = Api.BookingsReportAsync(From, end, "service", ct);
        var (asksNoShows, asksLeadTimes) = (Api.NoShowsReportAsync(From, end, ct), Api.LeadTimesReportAsync(From, end, ct));
        var revenue = await Api.RevenueReportAsync(From, end, ct);
        if (!revenue.Ok) return revenue.Problem.ToPage();

        var (days, services) = (await asksDays, await asksServices);
        Revenue = revenue.Data;
        AsOf = new[] { days.AsOf, services.AsOf, revenue.AsOf }.Min() ?? clock.GetUtcNow();
        Utilisation = (await asksUtilisation).Data ?? [];
        (ByDay, ByService) = (EachDay(days.Data ?? []), services.Data ?? []);
        (NoShows, LeadTimes) = ((await asksNoShows).Data ?? [], (await asksLeadTimes).Data ?? []);
        var heat = await Task.WhenAll(asksParts);
        HeatMap = [.. parts.Zip(heat, (part, rows) => (
            part.From,
            (IReadOnlyDictionary<long, decimal?>)(rows.Data ?? []).ToDictionary(row => row.ResourceId, row => row.Ratio)))];
        return Page();
    }

    public IActionResult OnGetCsv(string? report, string? groupBy, DateOnly? from, DateOnly? to)
    {
        if (!Files.Contains(report) || groupBy is not (null or "day" or "service")) return NotFound();

        Choose(from, to);
        return new FileProxy(ct => Api.ReportFileAsync(report!, From, To.AddDays(1), groupBy, ct), $"{report}.csv");
    }

    /// <summary>Also the days without a booking.</summary>
    private List<BookingsRow> EachDay(IReadOnlyList<BookingsRow> rows)
    {
        var known = rows.ToDictionary(row => row.Key);
        return [.. Enumerable.Range(0, To.DayNumber - From.DayNumber + 1).Select(day => From.AddDays(day).ToIso())
            .Select(day => known.GetValueOrDefault(day) ?? new(day, day, 0, 0, 0, 0))];
    }

    /// <summary>The step of colour of a ratio, 0 to 10.</summary>
    public static int Step(decimal? ratio) => (int)Math.Clamp(Math.Round((ratio ?? 0) * 10), 0, 10);

    /// <summary>The last thirty days, unless a possible period was asked for.</summary>
    private void Choose(DateOnly? from, DateOnly? to)
    {
        ModelState.Clear();
        var today = Zone.DayOf(clock.GetUtcNow());
        To = to is { } last && CalendarYears.IsPlannable(last.Year) ? last : today;
        From = from is { } first && CalendarYears.IsPlannable(first.Year) && first <= To ? first : To.AddDays(-29);
        if (To.DayNumber - From.DayNumber >= MaxDays) From = To.AddDays(1 - MaxDays);
    }

    private List<(DateOnly From, DateOnly To)> Parts()
    {
        var days = To.DayNumber - From.DayNumber + 1;
        var step = (days + MaxColumns - 1) / MaxColumns;
        List<(DateOnly, DateOnly)> parts = [];
        for (var at = From; at <= To; at = at.AddDays(step))
        {
            parts.Add((at, at.AddDays(step) > To ? To.AddDays(1) : at.AddDays(step)));
        }

        return parts;
    }
}
