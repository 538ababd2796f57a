using System.Linq.Expressions;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Contracts.Catalogue;
using Platform.Contracts.Platform;
using Platform.Core.Storage;
using Platform.Core.Tenants;

namespace Platform.Api.Tenants;

internal static class TenantEndpoints
{
    private static readonly Expression<Func<Tenant, TenantResponse>> Response = t => new(
        t.Id, t.Slug, t.Name, t.TimeZone, t.Locale, t.Currency, t.Status, EF.Property<DateTimeOffset>(t, "CreatedAt"));

    public static void MapTenants(this RouteGroupBuilder staff)
    {
        var tenants = staff.MapGroup("/tenants").WithTags("Tenants");
        tenants.MapGet("/", List);
        tenants.MapGet("/{id:long}", Get);
    }

    public static void MapTenantLookup(this RouteGroupBuilder open) =>
        open.MapGet("/tenants/lookup", Lookup).WithTags("Tenants");

    private static async Task<Ok<List<TenantResponse>>> List(PlatformDb db, CancellationToken ct) =>
        TypedResults.Ok(await db.Tenants.OrderBy(t => t.Id).Select(Response).ToListAsync(ct));

    private static async Task<Results<Ok<TenantResponse>, ProblemHttpResult>> Get(
        long id, PlatformDb db, CancellationToken ct) =>
        await db.Tenants.Where(t => t.Id == id).Select(Response).SingleOrDefaultAsync(ct) is { } tenant
            ? TypedResults.Ok(tenant)
            : TypedResults.Problem(Problems.NotFound());

    /// <summary>By slug, or by the host name of the tenant's own pages.</summary>
    private static async Task<Results<Ok<TenantLookup>, ProblemHttpResult>> Lookup(
        TenantDirectory tenants, string? slug, string? host, CancellationToken ct)
    {
        if ((slug is null) == (host is null))
        {
            return TypedResults.Problem(Problems.Invalid(new FieldError("slug", "REQUIRED", "Either slug or host is needed.")));
        }

        var found = slug is not null ? await tenants.FindAsync(slug, ct) : await tenants.FindByHostAsync(host!, ct);
        return found is { IsActive: true } t
            ? TypedResults.Ok(new TenantLookup(t.Id, t.Slug, t.Name, t.TimeZone, t.Locale, t.Branding, t.Labels))
            : TypedResults.Problem(Problems.NotFound());
    }
}
