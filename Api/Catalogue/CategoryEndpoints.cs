using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Contracts.Audit;
using Platform.Contracts.Catalogue;
using Platform.Core.Catalogue;
using Platform.Core.Storage;

namespace Platform.Api.Catalogue;

internal static class CategoryEndpoints
{
    public static void MapCategories(this RouteGroupBuilder tenant)
    {
        var categories = tenant.MapGroup("/categories").WithTags("Resources").RequireScope(Scopes.Scheduling);
        categories.MapGet("/", List);
        categories.MapGet("/{id:long}", Get);
        categories.MapPost("/", Create).Creates(Codes.CategoryCreated, "The category is created.");
        categories.MapPatch("/{id:long}", Change).Changes();
        categories.MapDelete("/{id:long}", Delete).Changes();
    }

    private static async Task<Ok<Page<CategoryResponse>>> List(
        TenantDb db, [AsParameters] PageQuery page, CancellationToken ct)
    {
        var rows = await db.Categories.AsNoTracking().PageAsync(c => c.Id, page, ct);
        return TypedResults.Ok(rows.Of(ToResponse));
    }

    private static async Task<Results<Ok<CategoryResponse>, ProblemHttpResult>> Get(
        long id, TenantDb db, HttpContext http, CancellationToken ct)
    {
        if (await db.Categories.FindAsync([id], ct) is not { } category) return TypedResults.Problem(Problems.NotFound());

        http.SetVersion(category.Version);
        return TypedResults.Ok(ToResponse(category));
    }

    private static async Task<Results<Created<CategoryResponse>, ProblemHttpResult>> Create(
        CreateCategoryRequest request, Caller caller, TenantDb db, HttpContext http, CancellationToken ct)
    {
        var schema = request.AttributeSchema ?? JsonSerializer.SerializeToElement(new { });
        if (AttributeRules.CheckSchema(schema) is { } rejection) return rejection.ToProblem();

        var category = new ResourceCategory { Name = request.Name, AttributeSchema = schema };
        db.Create(category, caller.Actor);
        await db.SaveChangesAsync(ct);
        await db.RecordAsync(AuditActions.CategoryCreated, category.Id, null, ToResponse(category), http, ct);

        http.SetCreated($"/api/v1/categories/{category.Id}", category.Version);
        return TypedResults.Created((string?)null, ToResponse(category));
    }

    private static async Task<Results<Ok<CategoryResponse>, ProblemHttpResult>> Change(
        long id, ChangeCategoryRequest request, Caller caller, TenantDb db, HttpContext http, CancellationToken ct)
    {
        if (await db.Categories.FindAsync([id], ct) is not { } category) return TypedResults.Problem(Problems.NotFound());
        if (http.CheckVersion(category.Version) is { } stale) return stale.ToProblem();

        var schema = request.AttributeSchema.Or(category.AttributeSchema);
        if (request.AttributeSchema.HasValue && AttributeRules.CheckSchema(schema) is { } rejection)
        {
            return rejection.ToProblem();
        }

        var before = ToResponse(category);
        category.Name = request.Name.Or(category.Name);
        category.AttributeSchema = schema;
        db.Change(category, caller.Actor);
        await db.SaveChangesAsync(ct);
        await db.RecordAsync(AuditActions.CategoryChanged, id, before, ToResponse(category), http, ct);

        http.SetVersion(category.Version);
        return TypedResults.Ok(ToResponse(category));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Delete(
        long id, TenantDb db, HttpContext http, CancellationToken ct)
    {
        if (await db.Categories.FindAsync([id], ct) is not { } category) return TypedResults.Problem(Problems.NotFound());
        if (http.CheckVersion(category.Version) is { } stale) return stale.ToProblem();

        await db.Categories.Where(c => c.Id == id).ExecuteDeleteAsync(ct);
        await db.RecordAsync(AuditActions.CategoryDeleted, id, ToResponse(category), null, http, ct);
        return TypedResults.NoContent();
    }

    private static CategoryResponse ToResponse(ResourceCategory c) =>
        new(c.Id, c.Name, c.AttributeSchema, c.Version) { Stamps = c.ToStamps() };
}
