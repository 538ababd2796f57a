using System.Linq.Expressions;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Contracts.Catalogue;
using Platform.Core.Catalogue;
using Platform.Core.Storage;

namespace Platform.Api.Catalogue;

internal static class CatalogueEndpoints
{
    public static void MapCatalogue(this RouteGroupBuilder tenant)
    {
        var services = tenant.MapGroup("/services").WithTags("Services").RequireScope(Scopes.Scheduling);
        services.MapGet("/", Services);
        services.MapGet("/{id:long}", Service);

        var resources = tenant.MapGroup("/resources").WithTags("Resources").RequireScope(Scopes.Scheduling);
        resources.MapGet("/", Resources);
        resources.MapGet("/{id:long}", Resource);
    }

    public static void MapPublicServices(this RouteGroupBuilder slug) =>
        slug.MapGet("/services", PublicServices).WithTags("Services");

    private static async Task<Ok<List<ServiceResponse>>> Services(TenantDb db, CancellationToken ct) =>
        TypedResults.Ok(await ListAsync(db, s => s.Active, ct));

    private static async Task<Ok<List<ServiceResponse>>> PublicServices(TenantDb db, CancellationToken ct) =>
        TypedResults.Ok(await ListAsync(db, s => s.Active && s.Public, ct));

    private static async Task<Results<Ok<ServiceResponse>, ProblemHttpResult>> Service(
        long id, TenantDb db, CancellationToken ct) =>
        await ListAsync(db, s => s.Id == id, ct) is [var service]
            ? TypedResults.Ok(service)
            : TypedResults.Problem(Problems.NotFound());

    private static async Task<Ok<List<ResourceResponse>>> Resources(TenantDb db, CancellationToken ct) =>
        TypedResults.Ok(await Responses(db, r => r.Active).ToListAsync(ct));

    private static async Task<Results<Ok<ResourceResponse>, ProblemHttpResult>> Resource(
        long id, TenantDb db, CancellationToken ct) =>
        await Responses(db, r => r.Id == id).SingleOrDefaultAsync(ct) is { } resource
            ? TypedResults.Ok(resource)
            : TypedResults.Problem(Problems.NotFound());

    private static async Task<List<ServiceResponse>> ListAsync(
        TenantDb db, Expression<Func<Service, bool>> wanted, CancellationToken ct)
    {
        var links = db.ServiceResources;
        var rows = await db.Services.Where(wanted).OrderBy(s => s.Id)
            .Select(s => new
            {
                Service = s,
                ResourceIds = links.Where(l => l.ServiceId == s.Id).Select(l => l.ResourceId).OrderBy(id => id).ToList(),
            })
            .AsNoTracking().ToListAsync(ct);

        return [.. rows.Select(row => ToResponse(row.Service, row.ResourceIds))];
    }

    private static ServiceResponse ToResponse(Service s, IReadOnlyList<long> resourceIds) => new(
        s.Id, s.Name, s.Description, s.DurationsMinutes, s.BeforeBufferMinutes, s.AfterBufferMinutes,
        s.SlotIntervalMinutes, s.MinimumNoticeMinutes, s.BookingWindowDays,
        s.Price is { } price ? new Money(price, s.Currency!) : null, resourceIds, s.Public);

    private static IQueryable<ResourceResponse> Responses(TenantDb db, Expression<Func<Resource, bool>> wanted)
    {
        var categories = db.Categories;
        var zone = db.Tenant.TimeZone;

        return
            from r in db.Resources.Where(wanted)
            join c in categories on r.CategoryId equals c.Id
            orderby r.Id
            select new ResourceResponse(r.Id, r.Name, c.Id, c.Name, r.Capacity, r.TimeZone ?? zone, r.Active);
    }
}
