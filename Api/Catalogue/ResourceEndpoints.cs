using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Contracts.Audit;
using Platform.Contracts.Catalogue;
using Platform.Core;
using Platform.Core.Catalogue;
using Platform.Core.Storage;

namespace Platform.Api.Catalogue;

internal static class ResourceEndpoints
{
    public static void MapResources(this RouteGroupBuilder tenant)
    {
        var resources = tenant.MapGroup("/resources").WithTags("Resources").RequireScope(Scopes.Scheduling);
        resources.MapGet("/", List);
        resources.MapGet("/{id:long}", Get);
        resources.MapPost("/", Create).Creates(Codes.ResourceCreated, "The resource is created.");
        resources.MapPatch("/{id:long}", Change).Changes();
        resources.MapDelete("/{id:long}", Delete).Changes();
    }

    private static async Task<Results<Ok<Page<ResourceResponse>>, ProblemHttpResult>> List(
        TenantDb db,
        long? categoryId,
        ActiveFilter? active,
        [AsParameters] PageQuery page,
        CancellationToken ct)
    {
        if (categoryId is not null && await db.Categories.FindAsync([categoryId], ct) is null)
        {
            return Unknown("categoryId").ToProblem();
        }

        var isActive = active is null ? true : active.Active;
        var rows = await db.Resources.AsNoTracking()
            .Where(r => (isActive == null || r.Active == isActive) && (categoryId == null || r.CategoryId == categoryId))
            .PageAsync(r => r.Id, page, ct);

        return TypedResults.Ok(rows.Of(await ToResponsesAsync(db, rows.Items, ct)));
    }

    private static async Task<Results<Ok<ResourceResponse>, ProblemHttpResult>> Get(
        long id, TenantDb db, HttpContext http, CancellationToken ct)
    {
        if (await db.Resources.FindAsync([id], ct) is not { } resource) return TypedResults.Problem(Problems.NotFound());

        http.SetVersion(resource.Version);
        return TypedResults.Ok(await ToResponseAsync(db, resource, ct));
    }

    private static async Task<Results<Created<ResourceResponse>, ProblemHttpResult>> Create(
        CreateResourceRequest request, Caller caller, TenantDb db, HttpContext http, CancellationToken ct)
    {
        var resource = new Resource
        {
            CategoryId = request.CategoryId,
            Name = request.Name,
            Capacity = request.Capacity,
            ParentId = request.ParentId,
            TimeZone = request.TimeZone,
            Attributes = request.Attributes ?? JsonSerializer.SerializeToElement(new { }),
            Active = request.Active,
        };
        if (await CheckAsync(db, resource, before: null, ct) is { } rejection) return rejection.ToProblem();

        db.Create(resource, caller.Actor);
        await db.SaveChangesAsync(ct);
        await RecordAsync(db, AuditActions.ResourceCreated, null, resource, http, ct);

        http.SetCreated($"/api/v1/resources/{resource.Id}", resource.Version);
        return TypedResults.Created((string?)null, await ToResponseAsync(db, resource, ct));
    }

    private static async Task<Results<Ok<ResourceResponse>, ProblemHttpResult>> Change(
        long id, ChangeResourceRequest request, Caller caller, TenantDb db, HttpContext http, CancellationToken ct)
    {
        if (await db.Resources.FindAsync([id], ct) is not { } resource) return TypedResults.Problem(Problems.NotFound());
        if (http.CheckVersion(resource.Version) is { } stale) return stale.ToProblem();

        var before = (Resource)db.Entry(resource).OriginalValues.ToObject();
        resource.CategoryId = request.CategoryId.Or(resource.CategoryId);
        resource.Name = request.Name.Or(resource.Name);
        resource.Capacity = request.Capacity.Or(resource.Capacity);
        resource.ParentId = request.ParentId.Or(resource.ParentId);
        resource.TimeZone = request.TimeZone.Or(resource.TimeZone);
        resource.Attributes = request.Attributes.Or(resource.Attributes);
        resource.Active = request.Active.Or(resource.Active);
        if (await CheckAsync(db, resource, before, ct) is { } rejection) return rejection.ToProblem();

        db.Change(resource, caller.Actor);
        await db.SaveChangesAsync(ct);
        await RecordAsync(db, AuditActions.ResourceChanged, before, resource, http, ct);

        http.SetVersion(resource.Version);
        return TypedResults.Ok(await ToResponseAsync(db, resource, ct));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Delete(
        long id, TenantDb db, HttpContext http, CancellationToken ct)
    {
        if (await db.Resources.FindAsync([id], ct) is not { } resource) return TypedResults.Problem(Problems.NotFound());
        if (http.CheckVersion(resource.Version) is { } stale) return stale.ToProblem();

        // Its own hours go with it; what else names it keeps it, by foreign keys.
        await db.Schedules.Where(s => s.ResourceId == id).ExecuteDeleteAsync(ct);
        await db.Resources.Where(r => r.Id == id).ExecuteDeleteAsync(ct);
        await RecordAsync(db, AuditActions.ResourceDeleted, resource, null, http, ct);
        return TypedResults.NoContent();
    }

    private static async Task<Rejection?> CheckAsync(
        TenantDb db, Resource resource, Resource? before, CancellationToken ct)
    {
        var category = await db.Categories.FindAsync([resource.CategoryId], ct);
        return Rejection.All(
            ResourceRules.CheckZone(resource.TimeZone),
            category is null ? Unknown("categoryId") : null,
            await CheckParentAsync(db, resource.ParentId, before, ct),
            category is null ? null : await CheckAttributesAsync(db, category, resource, before, ct));
    }

    private static async Task<Rejection?> CheckParentAsync(
        TenantDb db, long? parent, Resource? before, CancellationToken ct)
    {
        if (parent is not { } parentId || parentId == before?.ParentId) return null;
        if (await db.Resources.FindAsync([parentId], ct) is null) return Unknown("parentId");

        var parents = await db.Resources.AsNoTracking().Where(r => r.ParentId != null)
            .ToDictionaryAsync(r => r.Id, r => r.ParentId!.Value, ct);
        return ResourceRules.CheckParent(before?.Id, parentId, parents);
    }

    /// <summary>Unchanged attributes are not checked again: a category's schema may have changed since.</summary>
    private static async Task<Rejection?> CheckAttributesAsync(
        TenantDb db, ResourceCategory category, Resource resource, Resource? before, CancellationToken ct)
    {
        if (before is not null && before.CategoryId == resource.CategoryId
            && JsonElement.DeepEquals(before.Attributes, resource.Attributes))
        {
            return null;
        }

        var fields = await db.FieldsAsync(CustomFieldOwners.Resource, ct);
        return AttributeRules.Check(category.AttributeSchema, resource.Attributes, fields);
    }

    /// <summary>What a tenant writes into attributes may be about a person.</summary>
    private static Task RecordAsync(
        TenantDb db, string action, Resource? before, Resource? after, HttpContext http, CancellationToken ct)
    {
        return db.RecordAsync(action, (after ?? before)!.Id, Terms(before), Terms(after), http, ct, "attributes");

        static object? Terms(Resource? r) => r is null
            ? null
            : new { r.Name, r.CategoryId, r.Capacity, r.ParentId, r.TimeZone, r.Attributes, r.Active };
    }

    private static async Task<ResourceResponse> ToResponseAsync(TenantDb db, Resource resource, CancellationToken ct) =>
        (await ToResponsesAsync(db, [resource], ct))[0];

    private static async Task<List<ResourceResponse>> ToResponsesAsync(
        TenantDb db, IReadOnlyList<Resource> resources, CancellationToken ct)
    {
        var ids = resources.Select(r => r.CategoryId).Distinct().ToList();
        var names = await db.Categories.Where(c => ids.Contains(c.Id)).ToDictionaryAsync(c => c.Id, c => c.Name, ct);

        return
        [
            .. resources.Select(r => new ResourceResponse(
                r.Id, r.Name, r.CategoryId, names[r.CategoryId], r.Capacity, r.TimeZone ?? db.Tenant.TimeZone, r.Active,
                r.ParentId, r.TimeZone, r.Attributes, r.Version) { Stamps = r.ToStamps() }),
        ];
    }

    internal static Rejection Unknown(string field) =>
        new(RejectionKind.Missing, Codes.NotFound, "The value does not exist.", field);
}
