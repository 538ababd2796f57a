using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Platform.Api.Access;
using Platform.Api.Catalogue;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Contracts.Catalogue;
using Platform.Contracts.Events;
using Platform.Contracts.Tenants;
using Platform.Core;
using Platform.Core.Storage;
using Platform.Core.Tenants;

namespace Platform.Api.Tenants;

/// <summary>The organisations that the platform serves. A change locks the tenant's row first.</summary>
internal static class TenantEndpoints
{
    public static void MapTenants(this RouteGroupBuilder staff)
    {
        var tenants = staff.MapGroup("/tenants").WithTags("Tenants");
        tenants.MapGet("/", List);
        tenants.MapGet("/{id:long}", Get);
        Changes(tenants.MapPatch("/{id:long}", Change));
        Changes(tenants.MapPost("/{id:long}/activate", Activate));
        Changes(tenants.MapPost("/{id:long}/deactivate", Deactivate));
        tenants.MapAddresses();
        tenants.MapContacts();
        tenants.MapOffboarding();

        static void Changes(RouteHandlerBuilder route) =>
            route.ChangesRow().WithCode(Codes.TenantUpdated, "The tenant has changed.");
    }

    public static void MapTenantLookup(this RouteGroupBuilder open) =>
        open.MapGet("/tenants/lookup", Lookup).WithTags("Tenants");

    private static readonly CsvColumn<TenantResponse>[] Columns =
    [
        new("id", t => t.Id), new("slug", t => t.Slug), new("name", t => t.Name), new("status", t => t.Status),
        new("timeZone", t => t.TimeZone), new("locale", t => t.Locale), new("currency", t => t.Currency),
        new("customDomain", t => t.CustomDomain), new("purgeAt", t => t.PurgeAt), new("createdAt", t => t.CreatedAt),
        new("updatedAt", t => t.UpdatedAt),
    ];

    /// <summary>Those that were purged only if their status is asked for; as CSV all that match.</summary>
    /// <param name="q">Part of the name, without regard to case and accents, or how the slug begins.</param>
    private static async Task<Results<Ok<Page<TenantResponse>>, CsvFile<TenantResponse>, ProblemHttpResult>> List(
        PlatformDb db,
        [FreeText, StringLength(200)] string? q,
        [RegularExpression("^(provisioning|provisioning_failed|active|inactive|offboarding|purged)$")] string? status,
        [RegularExpression(TenantSorting.Pattern), Description(TenantSorting.Text)] string? sort,
        [AsParameters] PageQuery page,
        CsvSeparator? separator,
        HttpContext http,
        CancellationToken ct)
    {
        if (sort is not null && page.Cursor is not null)
        {
            return TypedResults.Problem(Problems.Invalid(new FieldError(
                "cursor", FieldCodes.Invalid, "A sorted list is read by the number of the page.")));
        }

        var tenants = TenantSorting.Matching(db, q).AsNoTracking().Where(
            t => status == null ? t.Status != TenantStatuses.Purged : t.Status == status);
        if (http.WantsCsv)
        {
            var all = await tenants.InOrder(sort).Select(t => t.ToResponse()).ToListAsync(ct);
            return new CsvFile<TenantResponse>(all, Columns, "tenants.csv", separator);
        }

        if (sort is null) return TypedResults.Ok((await tenants.PageAsync(t => t.Id, page, ct)).Of(t => t.ToResponse()));

        var sorted = await tenants.InOrder(sort).Skip(page.Before).Take(page.Rows).ToListAsync(ct);
        var total = await tenants.TotalAsync(page with { Page = page.Page ?? 1 }, ct);
        return TypedResults.Ok(new Page<TenantResponse>([.. sorted.Select(t => t.ToResponse())], null, page.Rows, total));
    }

    private static async Task<Results<Ok<TenantResponse>, ProblemHttpResult>> Get(
        long id, PlatformDb db, HttpContext http, CancellationToken ct)
    {
        if (await db.Tenants.FindAsync([id], ct) is not { } tenant) return TypedResults.Problem(Problems.NotFound());

        http.SetVersion(tenant.Version);
        return TypedResults.Ok(tenant.ToResponse());
    }

    /// <summary>By slug, or by a host name: the tenant's own, or its slug below the domain of the platform.</summary>
    private static async Task<Results<Ok<TenantLookup>, ProblemHttpResult>> Lookup(
        TenantDirectory tenants, TenantHosts hosts, string? slug, string? host, CancellationToken ct)
    {
        if ((slug is null) == (host is null))
        {
            return TypedResults.Problem(
                Problems.Invalid(new FieldError("slug", "REQUIRED", "`slug` or `host` is required.")));
        }

        var found = slug is not null ? await tenants.FindAsync(slug, ct) : await hosts.FindAsync(host!, ct);
        return found is { IsActive: true } t
            ? TypedResults.Ok(new TenantLookup(t.Id, t.Slug, t.Name, t.TimeZone, t.Locale, t.Branding, t.Labels, t.BookingPage))
            : TypedResults.Problem(Problems.NotFound());
    }

    private static async Task<Results<Ok<TenantResponse>, ProblemHttpResult>> Change(
        long id, ChangeTenantRequest request, [AsParameters] Writing writing, CancellationToken ct)
    {
        try
        {
            return await writing.ChangeAsync(id, tenant => Apply(request, tenant), ToEvent, ct);
        }
        catch (DbUpdateException e) when (TakenBy(e) is { } taken)
        {
            return taken.ToProblem();
        }

        static TenantChanged ToEvent(TenantResponse now, TenantResponse before) =>
            new(now.ToSnapshot(), before.ToSnapshot(), Changed(now, before));
    }

    private static Task<Results<Ok<TenantResponse>, ProblemHttpResult>> Activate(
        long id, [AsParameters] Writing writing, CancellationToken ct) =>
        writing.ChangeAsync(
            id, tenant => Switch(tenant, TenantStatuses.Active), (now, _) => new TenantActivated(now.ToSnapshot()), ct);

    /// <summary>Keeps everybody out, and licenses, grants and seats as they are.</summary>
    private static Task<Results<Ok<TenantResponse>, ProblemHttpResult>> Deactivate(
        long id, [AsParameters] Writing writing, CancellationToken ct) =>
        writing.ChangeAsync(
            id, tenant => Switch(tenant, TenantStatuses.Inactive), (now, _) => new TenantDeactivated(now.ToSnapshot()),
            ct);

    private static Rejection? Apply(ChangeTenantRequest request, Tenant tenant)
    {
        var refusal = TenantRules.Changeable(tenant) ?? Rejection.All(
            TenantRules.TimeZone(request.TimeZone.Or(tenant.TimeZone), tenant.TimeZone),
            request.Slug.HasValue ? TenantRules.Slug(request.Slug.Or("")) : null,
            TenantRules.Currency(request.Currency.Or(tenant.Currency)));
        if (refusal is not null) return refusal;

        tenant.Slug = request.Slug.Or(tenant.Slug);
        tenant.Name = request.Name.Or(tenant.Name);
        tenant.Locale = request.Locale.Or(tenant.Locale);
        tenant.Currency = request.Currency.Or(tenant.Currency);
        tenant.CustomDomain = request.CustomDomain.Or(tenant.CustomDomain)?.ToLowerInvariant();
        if (request.Branding.HasValue) tenant.Branding = Stored(request.Branding.Or(new()));
        if (request.Labels.HasValue) tenant.Labels = Stored(request.Labels.Or(new()));
        return null;
    }

    private static Rejection? Switch(Tenant tenant, string status)
    {
        if (TenantRules.Switchable(tenant) is { } refusal) return refusal;

        tenant.Status = status;
        return null;
    }

    /// <summary>As the tenant's own settings also write it.</summary>
    public static JsonElement Stored<T>(T value) => JsonSerializer.SerializeToElement(value, BrandingEndpoints.Stored);

    /// <summary>Which of the two names that no other tenant may have another one has.</summary>
    public static Rejection? TakenBy(DbUpdateException e) => e.InnerException switch
    {
        PostgresException { ConstraintName: "ux_tenants_slug" } => TenantRules.Taken("slug"),
        PostgresException { ConstraintName: "ux_tenants_custom_domain" } => TenantRules.Taken("customDomain"),
        _ => null,
    };

    /// <summary>They change with whatever else does.</summary>
    private static readonly string[] Follows =
        [nameof(TenantResponse.Version), nameof(TenantResponse.UpdatedAt), nameof(TenantResponse.UpdatedBy)];

    private static List<string> Changed(TenantResponse now, TenantResponse before) =>
    [
        .. from member in typeof(TenantResponse).GetProperties()
           where member.CanRead && !Follows.Contains(member.Name)
           where !AreSame(member.GetValue(now), member.GetValue(before))
           select JsonNamingPolicy.CamelCase.ConvertName(member.Name),
    ];

    /// <summary>The database keeps the members of an object in an order of its own.</summary>
    private static bool AreSame(object? a, object? b) =>
        a is JsonElement x && b is JsonElement y ? JsonElement.DeepEquals(x, y) : Equals(a, b);

    /// <summary>What a change of a tenant needs, whichever it is.</summary>
    internal sealed record Writing(PlatformDb Db, AccessChanges Changes, HttpContext Http, TimeProvider Clock)
    {
        /// <param name="change">Says why not, or changes the tenant; one that changes nothing leaves no trace.</param>
        public async Task<Results<Ok<TenantResponse>, ProblemHttpResult>> ChangeAsync<T>(
            long id, Func<Tenant, Rejection?> change, Func<TenantResponse, TenantResponse, T> toEvent,
            CancellationToken ct)
            where T : IEventData
        {
            if (await Db.LockTenantAsync(id, ct) is not { } tenant) return TypedResults.Problem(Problems.NotFound());
            if (Http.CheckVersion(tenant.Version) is { } stale) return stale.ToProblem();

            var before = tenant.ToResponse();
            if (change(tenant) is { } refusal) return refusal.ToProblem();

            var changed = Changed(tenant.ToResponse(), before);
            if (changed.Count > 0)
            {
                Db.Change(tenant, Caller.Of(Http.User).Actor);
                await Db.SaveChangesAsync(ct);
                var after = tenant.ToResponse();
                await Db.RecordAsync(
                    new(id, T.EventType, Tenant.AuditTarget, id, before.ToSnapshot(), new { Tenant = after.ToSnapshot(), changed }),
                    toEvent(after, before), tenant.Version, Http, Clock.Now, ct);
                Changes.Of(id);
            }

            Http.SetVersion(tenant.Version);
            return TypedResults.Ok(tenant.ToResponse());
        }
    }
}
