using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Contracts.Licensing;
using Platform.Contracts.People;
using Platform.Core.Licensing;
using Platform.Core.Storage;

namespace Platform.Api.Licensing;

/// <summary>
/// The seats that are taken, by application and type of user, with names: JSON, or CSV for who accepts that.
/// </summary>
internal static class SeatReportEndpoints
{
    private static readonly CsvColumn<SeatsByTypeRow>[] Columns =
    [
        new("tenantId", row => row.TenantId), new("tenant", row => row.TenantSlug), new("tenantName", row => row.TenantName),
        new("application", row => row.Application), new("applicationName", row => row.ApplicationName),
        new("userType", row => row.UserType), new("userTypeName", row => row.UserTypeName), new("seats", row => row.Seats),
        new("total", row => row.Total?.Amount), new("currency", row => row.Total?.Currency),
    ];

    public static void MapTenantSeatReport(this RouteGroupBuilder direct) =>
        direct.MapGet("/reports/seats", OfTenant).WithTags("Licenses").RequireScope(Scopes.Licensing)
            .RequirePermission(Permissions.BillingRead);

    public static void MapSeatReport(this RouteGroupBuilder staff) =>
        staff.MapGet("/reports/seats", OfAll).WithTags("Licenses");

    private static Task<Results<Ok<IReadOnlyList<SeatsByTypeRow>>, CsvFile<SeatsByTypeRow>>> OfTenant(
        TenantContext tenant, [RegularExpression(SlugFilter.Pattern)] string? application, SeatReportQuery query,
        CsvSeparator? separator, HttpContext http, CancellationToken ct) =>
        AnswerAsync(Scope.Tenant(tenant.Id), application, query, separator, http, ct);

    private static Task<Results<Ok<IReadOnlyList<SeatsByTypeRow>>, CsvFile<SeatsByTypeRow>>> OfAll(
        long? tenantId, [RegularExpression(SlugFilter.Pattern)] string? application, SeatReportQuery query,
        CsvSeparator? separator, HttpContext http, CancellationToken ct) =>
        AnswerAsync(tenantId is { } id ? Scope.Tenant(id) : Scope.AllTenants, application, query, separator, http, ct);

    private static async Task<Results<Ok<IReadOnlyList<SeatsByTypeRow>>, CsvFile<SeatsByTypeRow>>> AnswerAsync(
        Scope scope, string? application, SeatReportQuery query, CsvSeparator? separator, HttpContext http,
        CancellationToken ct)
    {
        var rows = await query.ReadAsync(scope, SlugFilter.Stored(application), ct);
        return http.WantsCsv
            ? new CsvFile<SeatsByTypeRow>(rows, Columns, "seats.csv", separator)
            : TypedResults.Ok(rows);
    }
}
