using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Platform.Api.Http;
using Platform.Api.People;
using Platform.Contracts;
using Platform.Contracts.Events;
using Platform.Contracts.Tenants;
using Platform.Core;
using Platform.Core.Storage;
using Platform.Core.Tenants;
using Platform.Core.Tenants.Transfer;

namespace Platform.Api.Tenants;

/// <summary>Export, import, offboarding and purge of a tenant.</summary>
internal static class OffboardingEndpoints
{
    /// <summary>Bytes of an export to import, compressed.</summary>
    private const long MaxBytes = 512 * 1024 * 1024;

    public static void MapOffboarding(this RouteGroupBuilder tenants)
    {
        tenants.MapPost("/{id:long}/view", View)
            .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        tenants.MapPost("/{id:long}/offboard", Offboard)
            .ChangesRow().WithCode(Codes.TenantOffboarded, "The tenant is inactive and will be purged.");
        tenants.MapPost("/{id:long}/offboard/cancel", Cancel)
            .ChangesRow().WithCode(Codes.TenantKept, "Offboarding is cancelled; the tenant is inactive.");
    }

    /// <param name="direct">They have transactions of their own, in two databases.</param>
    public static void MapTransfer(this RouteGroupBuilder direct)
    {
        var tenants = direct.MapGroup("/tenants").WithTags("Tenants");
        tenants.MapPost("/{id:long}/export", Export)
            .Produces<string>(StatusCodes.Status200OK, TenantArchive.ContentType)
            .ProducesProblem(StatusCodes.Status409Conflict);
        tenants.MapPost("/import", Import)
            .WithIdempotencyKey()
            .WithMetadata(new RequestSizeLimitAttribute(MaxBytes))
            .Accepts<string>(TenantArchive.ContentType)
            .WithCode(Codes.TenantImported, "The tenant is imported; its licenses are suspended.")
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        tenants.MapPost("/{id:long}/purge", Purge)
            .WithCode(Codes.TenantPurged, "The tenant is purged.")
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status412PreconditionFailed);
    }

    /// <summary>A ZIP with a file of each table. That it was made is recorded first.</summary>
    private static async Task<Results<PushStreamHttpResult, ProblemHttpResult>> Export(
        long id, PlatformDb db, ExportTenant export, HttpContext http, TimeProvider clock, CancellationToken ct)
    {
        db.Scope = Scope.AllTenants;
        await using (var transaction = await db.Database.BeginTransactionAsync(ct))
        {
            if (await db.Tenants.AsNoTracking().SingleOrDefaultAsync(t => t.Id == id, ct) is not { } found)
            {
                return TypedResults.Problem(Problems.NotFound());
            }

            if (TenantRules.Exportable(found) is { } refusal) return refusal.ToProblem();

            await db.RecordAsync(
                new(id, "tenant.exported", Tenant.AuditTarget, id, null, null), http, clock.Now, ct);
            await transaction.CommitAsync(ct);
            var tenant = found.ToResponse();
            http.Response.Headers.CacheControl = "no-store";

            // ZipArchive's Dispose writes the end of the file, and cannot do so asynchronously.
            http.Features.GetRequiredFeature<IHttpBodyControlFeature>().AllowSynchronousIO = true;
            return TypedResults.Stream(
                output => export.WriteAsync(tenant, output, ct), TenantArchive.ContentType,
                $"{tenant.Slug}-{clock.Now:yyyyMMddHHmmss}.zip");
        }
    }

    /// <param name="slug">Of the new tenant.</param>
    private static async Task<Results<Created<TenantImportResponse>, Accepted<TenantTaskResponse>, ProblemHttpResult>> Import(
        [Required, StringLength(63), RegularExpression(TenantPatterns.Slug)] string slug,
        PlatformDb db, ReceiveImport receive, HttpContext http, CancellationToken ct)
    {
        var type = http.Request.GetTypedHeaders().ContentType?.MediaType.Value?.ToLowerInvariant();
        if (type != TenantArchive.ContentType)
        {
            return TypedResults.Problem(Problems.Of(
                StatusCodes.Status415UnsupportedMediaType, Codes.UnsupportedMediaType,
                $"The body must be {TenantArchive.ContentType}."));
        }

        if (TenantRules.Slug(slug) is { } reserved) return reserved.ToProblem();

        // Before all those bytes are read. Under a key it may be that the same request has made it.
        if (!http.Request.Headers.ContainsKey(Headers.IdempotencyKey)
            && await db.Tenants.AnyAsync(t => t.Slug == slug, ct))
        {
            return TenantRules.Taken("slug").ToProblem();
        }

        var received = await receive.RunAsync(http.Request.Body, slug, http, ct);
        if (!received.TryGet(out var task, out var refused)) return refused.ToProblem();
        if (task.FinishedAt is null) return TenantWork.Accepted(task, http);
        if (task.Outcome!.Failure is { } failure) return TenantWork.ToRejection(failure, task.TenantId).ToProblem();

        var imported = task.Outcome.Imported!;
        http.SetCreated($"/internal/api/v1/tenants/{imported.Tenant.Id}", imported.Tenant.Version);
        return TypedResults.Created((string?)null, imported);
    }

    /// <summary>Only records it, in the tenant's own trail: who looks, why and until when.</summary>
    private static async Task<Results<Ok<ViewTenantResponse>, ProblemHttpResult>> View(
        long id, ViewTenantRequest request, PlatformDb db, HttpContext http, TimeProvider clock, CancellationToken ct)
    {
        if (await db.LockTenantAsync(id, ct) is not { } tenant) return TypedResults.Problem(Problems.NotFound());
        if (TenantRules.Exportable(tenant) is { } refusal) return refusal.ToProblem();

        var now = clock.Now;
        var view = new ViewTenantResponse(id, request.Reason, now, now.AddMinutes(request.Minutes));
        await db.RecordAsync(
            new(id, "tenant.viewed", Tenant.AuditTarget, id, null, new { view.Reason, view.ExpiresAt }), http, now, ct);
        return TypedResults.Ok(view);
    }

    private static Task<Results<Ok<TenantResponse>, ProblemHttpResult>> Offboard(
        long id, OffboardTenantRequest request, [AsParameters] TenantEndpoints.Writing writing, CancellationToken ct) =>
        writing.ChangeAsync(id, tenant =>
        {
            if (TenantRules.Offboardable(tenant) is { } refusal) return refusal;

            tenant.Status = TenantStatuses.Offboarding;
            tenant.PurgeAt = writing.Clock.Now.AddDays(request.PurgeAfterDays);
            tenant.OffboardingReason = request.Reason;
            return null;
        }, (now, _) => new TenantOffboarded(now.ToSnapshot(), now.PurgeAt!.Value), ct);

    /// <summary>Until it is purged, however late. One that was never built is as unfinished as before.</summary>
    private static Task<Results<Ok<TenantResponse>, ProblemHttpResult>> Cancel(
        long id, [AsParameters] TenantEndpoints.Writing writing, CancellationToken ct) =>
        writing.ChangeAsync(id, tenant =>
        {
            if (TenantRules.Keepable(tenant) is { } refusal) return refusal;

            tenant.Status = tenant.ProvisioningError is null
                ? TenantStatuses.Inactive
                : TenantStatuses.ProvisioningFailed;
            (tenant.PurgeAt, tenant.OffboardingReason) = (null, null);
            return null;
        }, (now, _) => new TenantKept(now.ToSnapshot()), ct);

    private static async Task<Results<Ok<TenantResponse>, Accepted<TenantTaskResponse>, ProblemHttpResult>> Purge(
        long id, PurgeTenant purge, IdentityProviderClient providers, ILogger<PurgeTenant> log, HttpContext http,
        CancellationToken ct)
    {
        if (!(await purge.RunAsync(id, http, ct)).TryGet(out var purged, out var refused)) return refused.ToProblem();

        try
        {
            await providers.DeleteAsync(id, ct);
        }
        catch (AccountsUnavailableException e)
        {
            log.LogError(e, "Identity still has the provider of the purged tenant {TenantId}: purge it again", id);
        }

        if (purged.Task.FinishedAt is null) return TenantWork.Accepted(purged.Task, http);

        http.SetVersion(purged.Tenant.Version);
        return TypedResults.Ok(purged.Tenant);
    }
}
