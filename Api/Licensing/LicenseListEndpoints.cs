using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using NodaTime;
using Platform.Api.Http;
using Platform.Contracts.Licensing;
using Platform.Core;
using Platform.Core.Licensing;
using Platform.Core.Storage;
using Platform.Core.Tenants;

namespace Platform.Api.Licensing;

/// <summary>Licences and grants of every tenant, for staff.</summary>
internal static class LicenseListEndpoints
{
    private const string Statuses =
        $"^({LicenseStatuses.Trial}|{LicenseStatuses.Active}|{LicenseStatuses.Suspended}|{LicenseStatuses.Expired}"
        + $"|{LicenseStatuses.Cancelled})$";

    public static void MapLicenseList(this RouteGroupBuilder staff) =>
        staff.MapGet("/licenses", List).WithTags("Licenses").ProducesProblem(StatusCodes.Status422UnprocessableEntity);

    public static void MapGrantList(this RouteGroupBuilder staff) =>
        staff.MapGet("/grants", ListGrants).WithTags("Grants");

    /// <param name="status">The current status.</param>
    /// <param name="application">Slug.</param>
    /// <param name="endsBefore">Only those that hold, and end by themselves before this instant.</param>
    /// <param name="full">True: without a free seat; false: with one.</param>
    private static async Task<Results<Ok<Page<TenantLicenseResponse>>, ProblemHttpResult>> List(
        PlatformDb db, TimeProvider clock, [RegularExpression(Statuses)] string? status,
        [RegularExpression(SlugFilter.Pattern)] string? application, long? tenantId, QueryInstant? endsBefore, bool? full,
        [AsParameters] PageQuery page, CancellationToken ct)
    {
        if (endsBefore?.CheckYear("endsBefore") is { } unlikely) return unlikely.ToProblem();

        var now = clock.Now;
        var rows = Rows(db);
        if (tenantId is { } tenant) rows = rows.Where(row => row.License.TenantId == tenant);
        if (SlugFilter.Stored(application) is { } slug) rows = rows.Where(row => row.Application.Slug == slug);
        if (status is not null) rows = WithStatus(rows, status, now);
        if (endsBefore?.In(DateTimeZone.Utc)?.Stored is { } end)
        {
            rows = rows.Where(row => row.Runs && row.EndsAt > now && row.EndsAt < end);
        }

        if (full is { } isFull)
        {
            rows = rows.Where(row =>
                (row.License.UserLimit != null && row.License.SeatsUsed >= row.License.UserLimit) == isFull);
        }

        var found = await rows.PageAsync(row => row.License.Id, page, ct);
        return TypedResults.Ok(found.Of(row => row.ToResponse(now)));
    }

    /// <param name="application">Slug.</param>
    /// <param name="userType">Slug: of the user when the grant was made.</param>
    /// <param name="currency">Of the price at that time.</param>
    private static async Task<Ok<Page<GrantResponse>>> ListGrants(
        EntitlementQuery query, long? tenantId, [RegularExpression(SlugFilter.Pattern)] string? application,
        long? userId, ActiveFilter? active, [RegularExpression(SlugFilter.Pattern)] string? userType,
        [RegularExpression("^(BRL|USD|EUR)$")] string? currency, [AsParameters] PageQuery page, CancellationToken ct)
    {
        var slice = new GrantPage(page.Rows + 1, page.Before, page.Cursor?.Id ?? 0, WithTotal: page.Page is not null);
        var (grants, total) = await query.GrantsOfAllAsync(
            new(
                tenantId, SlugFilter.Stored(application), userId, active is null ? true : active.Active,
                SlugFilter.Stored(userType), currency),
            slice, ct);
        return TypedResults.Ok(grants.ToPage(page.Rows, grant => new IdCursor(grant.Id), total));
    }

    private static IQueryable<LicenseRow> WithStatus(IQueryable<LicenseRow> rows, string status, DateTimeOffset now) =>
        status switch
        {
            LicenseStatuses.Expired => rows.Where(row => row.Runs && row.EndsAt <= now),
            LicenseStatuses.Trial or LicenseStatuses.Active => rows.Where(
                row => row.License.Status == status && (row.EndsAt == null || row.EndsAt > now)),
            _ => rows.Where(row => row.License.Status == status),
        };

    private static IQueryable<LicenseRow> Rows(PlatformDb db)
    {
        var (applications, tenants) = (db.Applications, db.Tenants);
        return
            from license in db.Licenses.AsNoTracking()
            join application in applications on license.ApplicationId equals application.Id
            join tenant in tenants on license.TenantId equals tenant.Id
            select new LicenseRow
            {
                License = license,
                Application = application,
                Tenant = tenant,
                Runs = license.Status == LicenseStatuses.Trial || license.Status == LicenseStatuses.Active,
                EndsAt = license.Status == LicenseStatuses.Trial && license.TrialEndsAt != null
                    && (license.ExpiresAt == null || license.TrialEndsAt < license.ExpiresAt)
                        ? license.TrialEndsAt
                        : license.ExpiresAt,
            };
    }

    private sealed class LicenseRow
    {
        public required License License { get; init; }
        public required Application Application { get; init; }
        public required Tenant Tenant { get; init; }

        /// <summary>Neither suspended nor cancelled.</summary>
        public required bool Runs { get; init; }

        /// <summary>As <see cref="LicenseRules.EndOf"/> has it.</summary>
        public required DateTimeOffset? EndsAt { get; init; }

        public TenantLicenseResponse ToResponse(DateTimeOffset now) => new(
            License.Id, License.TenantId, Tenant.Slug, Tenant.Name, Application.Slug, Application.Name,
            LicenseRules.StatusAt(License.Terms, now), License.ActivatedAt, EndsAt, License.UserLimit, License.SeatsUsed,
            License.Terms.Available, License.Version);
    }
}
