using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Contracts.Reports;
using Platform.Core;
using Platform.Core.Reports;
using Platform.Core.Storage;

namespace Platform.Api.Reports;

/// <summary>Each report is JSON in the envelope, or a CSV file for those who accept that.</summary>
internal static class ReportEndpoints
{
    private static readonly CsvColumn<UtilisationRow>[] UtilisationColumns =
    [
        new("resourceId", row => row.ResourceId), new("resourceName", row => row.ResourceName),
        new("capacity", row => row.Capacity), new("openMinutes", row => row.OpenMinutes),
        new("bookedMinutes", row => row.BookedMinutes), new("occupiedMinutes", row => row.OccupiedMinutes),
        new("ratio", row => row.Ratio),
    ];

    private static readonly CsvColumn<BookingsRow>[] BookingsColumns =
    [
        new("key", row => row.Key), new("name", row => row.Name), new("bookings", row => row.Bookings),
        new("cancelled", row => row.Cancelled), new("noShows", row => row.NoShows), new("minutes", row => row.Minutes),
    ];

    private static readonly CsvColumn<NoShowsRow>[] NoShowsColumns =
    [
        new("key", row => row.Key), new("name", row => row.Name), new("expected", row => row.Expected),
        new("noShows", row => row.NoShows), new("rate", row => row.Rate),
    ];

    private static readonly CsvColumn<RevenueRow>[] RevenueColumns =
    [
        new("key", row => row.Key), new("name", row => row.Name), new("currency", row => row.Revenue.Currency),
        new("bookings", row => row.Bookings), new("revenue", row => row.Revenue.Amount),
        new("fees", row => row.Fees.Amount),
    ];

    private static readonly CsvColumn<LeadTimesRow>[] LeadTimesColumns =
    [
        new("key", row => row.Key), new("name", row => row.Name), new("bookings", row => row.Bookings),
        new("averageMinutes", row => row.AverageMinutes), new("medianMinutes", row => row.MedianMinutes),
    ];

    public static void MapReports(this RouteGroupBuilder direct)
    {
        var reports = direct.MapGroup("/reports").WithTags("Reports").RequireScope(Scopes.Scheduling);
        reports.MapGet("/utilisation", Utilisation).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        reports.MapGet("/bookings", Bookings).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        reports.MapGet("/no-shows", NoShows).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        reports.MapGet("/lead-times", LeadTimes).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        reports.MapGet("/revenue", Revenue).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
    }

    private static async Task<Results<Ok<IReadOnlyList<UtilisationRow>>, CsvFile<UtilisationRow>, ProblemHttpResult>> Utilisation(
        [AsParameters] QueryRange asked, [FromQuery(Name = "resourceId")] long? resourceId, UtilisationQuery query,
        TenantContext tenant, CsvSeparator? separator, TimeProvider clock, HttpContext http,
        CancellationToken ct)
    {
        if (!asked.In(tenant, ReportRules.MaxDays).TryGet(out var range, out var rejection)) return rejection.ToProblem();

        var rows = await query.ReadAsync(range, resourceId, ct);
        if (resourceId is not null && rows.Count == 0)
        {
            return TypedResults.Problem(
                Problems.NotFound(new FieldError("resourceId", Codes.NotFound, "The value does not exist.")));
        }

        http.SetAsOf(clock.Now, clock.Now);
        if (http.WantsCsv) return new CsvFile<UtilisationRow>(rows, UtilisationColumns, "utilisation.csv", separator);
        return TypedResults.Ok<IReadOnlyList<UtilisationRow>>(rows);
    }

    private static async Task<Results<Ok<IReadOnlyList<BookingsRow>>, CsvFile<BookingsRow>, ProblemHttpResult>> Bookings(
        [AsParameters] QueryRange asked, ReportQuery query, TenantContext tenant, CsvSeparator? separator,
        TimeProvider clock, HttpContext http,
        [RegularExpression("^(status|service|day|resource)$")] string groupBy = "status", CancellationToken ct = default)
    {
        if (!asked.In(tenant, ReportRules.MaxDays).TryGet(out var range, out var rejection)) return rejection.ToProblem();

        var report = await query.BookingsAsync(range, groupBy, ct);
        http.SetAsOf(report.AsOf, clock.Now);
        if (http.WantsCsv) return new CsvFile<BookingsRow>(report.Rows, BookingsColumns, "bookings.csv", separator);
        return TypedResults.Ok(report.Rows);
    }

    private static async Task<Results<Ok<IReadOnlyList<NoShowsRow>>, CsvFile<NoShowsRow>, ProblemHttpResult>> NoShows(
        [AsParameters] QueryRange asked, ReportQuery query, TenantContext tenant, CsvSeparator? separator,
        TimeProvider clock, HttpContext http,
        [RegularExpression("^(service|day|resource|client)$")] string groupBy = "service", CancellationToken ct = default)
    {
        if (!asked.In(tenant, ReportRules.MaxDays).TryGet(out var range, out var rejection)) return rejection.ToProblem();

        var report = await query.NoShowsAsync(range, groupBy, ct);
        http.SetAsOf(report.AsOf, clock.Now);
        if (http.WantsCsv) return new CsvFile<NoShowsRow>(report.Rows, NoShowsColumns, "no-shows.csv", separator);
        return TypedResults.Ok(report.Rows);
    }

    private static async Task<Results<Ok<IReadOnlyList<LeadTimesRow>>, CsvFile<LeadTimesRow>, ProblemHttpResult>> LeadTimes(
        [AsParameters] QueryRange asked, ReportQuery query, TenantContext tenant, CsvSeparator? separator,
        TimeProvider clock, HttpContext http,
        [RegularExpression("^(service|day)$")] string groupBy = "service", CancellationToken ct = default)
    {
        if (!asked.In(tenant, ReportRules.MaxDays).TryGet(out var range, out var rejection)) return rejection.ToProblem();

        var report = await query.LeadTimesAsync(range, groupBy, ct);
        http.SetAsOf(report.AsOf, clock.Now);
        if (http.WantsCsv) return new CsvFile<LeadTimesRow>(report.Rows, LeadTimesColumns, "lead-times.csv", separator);
        return TypedResults.Ok(report.Rows);
    }

    private static async Task<Results<Ok<IReadOnlyList<RevenueRow>>, CsvFile<RevenueRow>, ProblemHttpResult>> Revenue(
        [AsParameters] QueryRange asked, ReportQuery query, TenantContext tenant, CsvSeparator? separator,
        TimeProvider clock, HttpContext http,
        [RegularExpression("^(service|day)$")] string groupBy = "service", CancellationToken ct = default)
    {
        if (!asked.In(tenant, ReportRules.MaxDays).TryGet(out var range, out var rejection)) return rejection.ToProblem();

        var report = await query.RevenueAsync(range, groupBy, ct);
        http.SetAsOf(report.AsOf, clock.Now);
        if (http.WantsCsv) return new CsvFile<RevenueRow>(report.Rows, RevenueColumns, "revenue.csv", separator);
        return TypedResults.Ok(report.Rows);
    }
}
