using System.ComponentModel.DataAnnotations;
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

internal static class CustomFieldEndpoints
{
    public static void MapCustomFields(this RouteGroupBuilder tenant)
    {
        var fields = tenant.MapGroup("/custom-fields").WithTags("Settings").RequireScope(Scopes.Scheduling);
        fields.MapGet("/", List);
        fields.MapGet("/{id:long}", Get);
        fields.MapPost("/", Create).Creates(Codes.CustomFieldCreated, "The field is created.");
        fields.MapPatch("/{id:long}", Change).Changes();
        fields.MapDelete("/{id:long}", Delete).Changes();
    }

    private static async Task<Ok<Page<CustomFieldResponse>>> List(
        TenantDb db,
        [RegularExpression("^(client|booking|resource|user)$")] string? appliesTo,
        [AsParameters] PageQuery page,
        CancellationToken ct)
    {
        var rows = await db.CustomFields.AsNoTracking()
            .Where(f => appliesTo == null || f.AppliesTo == appliesTo)
            .PageAsync(f => f.Id, page, ct);
        return TypedResults.Ok(rows.Of(ToResponse));
    }

    private static async Task<Results<Ok<CustomFieldResponse>, ProblemHttpResult>> Get(
        long id, TenantDb db, HttpContext http, CancellationToken ct)
    {
        if (await db.CustomFields.FindAsync([id], ct) is not { } field) return TypedResults.Problem(Problems.NotFound());

        http.SetVersion(field.Version);
        return TypedResults.Ok(ToResponse(field));
    }

    private static async Task<Results<Created<CustomFieldResponse>, ProblemHttpResult>> Create(
        CreateCustomFieldRequest request, Caller caller, TenantDb db, HttpContext http, CancellationToken ct)
    {
        var choices = request.Choices ?? [];
        if (CustomFieldRules.CheckField(request.Type, choices) is { } rejection) return rejection.ToProblem();
        if (await db.CustomFields.AnyAsync(f => f.AppliesTo == request.AppliesTo && f.Key == request.Key, ct))
        {
            return new Rejection(
                RejectionKind.Conflict, Codes.AlreadyExists, "A field with this key exists.", "key").ToProblem();
        }

        var field = new CustomField
        {
            AppliesTo = request.AppliesTo,
            Key = request.Key,
            Label = request.Label,
            Type = request.Type,
            Required = request.Required,
            Choices = [.. choices],
            Position = request.Position,
        };
        db.Create(field, caller.Actor);
        await db.SaveChangesAsync(ct);
        await db.RecordAsync(AuditActions.CustomFieldCreated, field.Id, null, ToResponse(field), http, ct);

        http.SetCreated($"/api/v1/custom-fields/{field.Id}", field.Version);
        return TypedResults.Created((string?)null, ToResponse(field));
    }

    private static async Task<Results<Ok<CustomFieldResponse>, ProblemHttpResult>> Change(
        long id, ChangeCustomFieldRequest request, Caller caller, TenantDb db, HttpContext http, CancellationToken ct)
    {
        if (await db.CustomFields.FindAsync([id], ct) is not { } field) return TypedResults.Problem(Problems.NotFound());
        if (http.CheckVersion(field.Version) is { } stale) return stale.ToProblem();

        var before = ToResponse(field);
        field.Label = request.Label.Or(field.Label);
        field.Type = request.Type.Or(field.Type);
        field.Required = request.Required.Or(field.Required);
        field.Choices = [.. request.Choices.Or(field.Choices)];
        field.Position = request.Position.Or(field.Position);
        if (CustomFieldRules.CheckField(field.Type, field.Choices) is { } rejection) return rejection.ToProblem();

        db.Change(field, caller.Actor);
        await db.SaveChangesAsync(ct);
        await db.RecordAsync(AuditActions.CustomFieldChanged, id, before, ToResponse(field), http, ct);

        http.SetVersion(field.Version);
        return TypedResults.Ok(ToResponse(field));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Delete(
        long id, TenantDb db, HttpContext http, CancellationToken ct)
    {
        if (await db.CustomFields.FindAsync([id], ct) is not { } field) return TypedResults.Problem(Problems.NotFound());
        if (http.CheckVersion(field.Version) is { } stale) return stale.ToProblem();

        await db.CustomFields.Where(f => f.Id == id).ExecuteDeleteAsync(ct);
        await db.RecordAsync(AuditActions.CustomFieldDeleted, id, ToResponse(field), null, http, ct);
        return TypedResults.NoContent();
    }

    private static CustomFieldResponse ToResponse(CustomField f) =>
        new(f.Id, f.AppliesTo, f.Key, f.Label, f.Type, f.Required, f.Choices, f.Position, f.Version)
        {
            Stamps = f.ToStamps(),
        };
}
