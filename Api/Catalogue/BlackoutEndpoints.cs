using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using NpgsqlTypes;
using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Contracts.Audit;
using Platform.Contracts.Catalogue;
using Platform.Core;
using Platform.Core.Availability;
using Platform.Core.Catalogue;
using Platform.Core.Storage;

namespace Platform.Api.Catalogue;

internal static class BlackoutEndpoints
{
    /// <summary>It may name the reason of a person's absence, so the audit does not keep it.</summary>
    private const string Reason = "reason";

    public static void MapBlackouts(this RouteGroupBuilder tenant)
    {
        var blackouts = tenant.MapGroup("/blackouts").WithTags("Schedules").RequireScope(Scopes.Scheduling);
        blackouts.MapGet("/", List);
        blackouts.MapGet("/{id:long}", Get);
        blackouts.MapPost("/", Create).Creates(Codes.BlackoutCreated, "The blackout is created.");
        blackouts.MapDelete("/{id:long}", Delete).Changes();
    }

    /// <param name="resourceId">Those that close this resource: its own, its category's and the organisation's.</param>
    private static async Task<Results<Ok<Page<BlackoutResponse>>, ProblemHttpResult>> List(
        TenantDb db,
        QueryInstant? from,
        QueryInstant? to,
        long? resourceId,
        [AsParameters] PageQuery page,
        CancellationToken ct)
    {
        if ((from?.CheckYear("from") ?? to?.CheckYear("to")) is { } unlikely) return unlikely.ToProblem();

        var zone = ZoneRules.Get(db.Tenant.TimeZone);
        if (Rejection.All(from?.CheckExists(zone, "from"), to?.CheckExists(zone, "to")) is { } nonexistent)
        {
            return nonexistent.ToProblem();
        }

        var blackouts = db.Blackouts.AsNoTracking();
        if (resourceId is not null)
        {
            if (await db.Resources.FindAsync([resourceId], ct) is not { } resource)
            {
                return ResourceEndpoints.Unknown("resourceId").ToProblem();
            }

            var categoryId = resource.CategoryId;
            blackouts = blackouts.Where(b => b.ResourceId == resourceId || b.CategoryId == categoryId
                || (b.ResourceId == null && b.CategoryId == null));
        }

        if (from is not null || to is not null)
        {
            var (start, end) = (from?.In(zone), to?.In(zone));
            if (end <= start)
            {
                return new Rejection(
                    RejectionKind.Invalid, Codes.InvalidRange, "`to` must be after `from`.", "to").ToProblem();
            }

            var range = new NpgsqlRange<DateTime>(
                start?.UtcDateTime ?? default, true, start is null, end?.UtcDateTime ?? default, false, end is null);
            blackouts = blackouts.Where(b => b.During.Overlaps(range));
        }

        var rows = await blackouts.PageAsync(b => b.Id, page, ct);
        return TypedResults.Ok(rows.Of(ToResponse));
    }

    private static async Task<Results<Ok<BlackoutResponse>, ProblemHttpResult>> Get(
        long id, TenantDb db, CancellationToken ct) =>
        await db.Blackouts.FindAsync([id], ct) is { } blackout
            ? TypedResults.Ok(ToResponse(blackout))
            : TypedResults.Problem(Problems.NotFound());

    private static async Task<Results<Created<BlackoutResponse>, ProblemHttpResult>> Create(
        CreateBlackoutRequest request, Caller caller, TenantDb db, HttpContext http, CancellationToken ct)
    {
        if (request is { ResourceId: not null, CategoryId: not null })
        {
            return TypedResults.Problem(Problems.Invalid(
                new FieldError("categoryId", "CONFLICT", "A blackout must name a resource or a category, not both.")));
        }

        var unknown = await UnknownTargetAsync(db, request, ct) is { } field ? ResourceEndpoints.Unknown(field) : null;
        if (Rejection.All(ScheduleRules.CheckBlackout(request.Start, request.End), unknown) is { } rejection)
        {
            return rejection.ToProblem();
        }

        var blackout = new Blackout
        {
            ResourceId = request.ResourceId,
            CategoryId = request.CategoryId,
            During = new(request.Start.UtcDateTime, true, request.End.UtcDateTime, false),
            Reason = request.Reason,
        };
        db.Create(blackout, caller.Actor);
        await db.SaveChangesAsync(ct);
        await db.RecordAsync(
            AuditActions.BlackoutCreated, blackout.Id, null, ToResponse(blackout), http, ct, Reason);

        http.Response.Headers.Location = $"/api/v1/blackouts/{blackout.Id}";
        return TypedResults.Created((string?)null, ToResponse(blackout));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Delete(
        long id, TenantDb db, HttpContext http, CancellationToken ct)
    {
        if (await db.Blackouts.FindAsync([id], ct) is not { } blackout) return TypedResults.Problem(Problems.NotFound());

        db.Remove(blackout);
        await db.SaveChangesAsync(ct);
        await db.RecordAsync(AuditActions.BlackoutDeleted, id, ToResponse(blackout), null, http, ct, Reason);
        return TypedResults.NoContent();
    }

    private static async Task<string?> UnknownTargetAsync(
        TenantDb db, CreateBlackoutRequest request, CancellationToken ct)
    {
        if (request.ResourceId is { } resource && await db.Resources.FindAsync([resource], ct) is null) return "resourceId";
        if (request.CategoryId is { } category && await db.Categories.FindAsync([category], ct) is null) return "categoryId";
        return null;
    }

    internal static BlackoutResponse ToResponse(Blackout b) => new(
        b.Id, b.ResourceId, b.CategoryId, new(b.During.LowerBound, TimeSpan.Zero), new(b.During.UpperBound, TimeSpan.Zero),
        b.Reason, b.Holiday)
    { Stamps = b.ToStamps() };
}
