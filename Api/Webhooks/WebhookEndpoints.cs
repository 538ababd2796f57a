using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Contracts.Audit;
using Platform.Contracts.People;
using Platform.Contracts.Webhooks;
using Platform.Core;
using Platform.Core.Storage;
using Platform.Core.Webhooks;
using Platform.ServiceDefaults.Http;
using Platform.ServiceDefaults.KeyRing;

namespace Platform.Api.Webhooks;

/// <summary>Where a tenant's events are sent to.</summary>
internal static class WebhookEndpoints
{
    public static void MapWebhooks(this RouteGroupBuilder tenant)
    {
        var webhooks = tenant.MapGroup("/webhooks").WithTags("Webhooks")
            .RequireScope(Scopes.Scheduling, Scopes.Licensing).RequirePermission(Permissions.WebhooksManage);
        webhooks.MapGet("/", List);
        webhooks.MapPost("/", Create).CreatesRow(Codes.WebhookCreated, "This is the secret. It is not shown again.")
            .WithMetadata(new KeptAnswer(answer => (WebhookResponse)answer with { Secret = null }));
        webhooks.MapGet("/{id:long}", Get);
        webhooks.MapPatch("/{id:long}", Change).ChangesRow();
        webhooks.MapDelete("/{id:long}", Delete).ChangesRow();
        webhooks.MapPost("/{id:long}/rotate-secret", RotateSecret).ChangesRow()
            .WithCode(Codes.WebhookSecretRotated, "This is the new secret. It is not shown again.");
        webhooks.MapWebhookDeliveries();
    }

    private static async Task<Ok<Page<WebhookResponse>>> List(
        TenantDb db, [AsParameters] PageQuery page, CancellationToken ct)
    {
        var rows = await db.Webhooks.AsNoTracking().PageAsync(w => w.Id, page, ct);
        return TypedResults.Ok(rows.Of(w => ToResponse(w)));
    }

    private static async Task<Results<Ok<WebhookResponse>, ProblemHttpResult>> Get(
        long id, TenantDb db, HttpContext http, CancellationToken ct)
    {
        if (await FindAsync(db, id, ct) is not { } webhook) return TypedResults.Problem(Problems.NotFound());

        http.SetVersion(webhook.Version);
        return TypedResults.Ok(ToResponse(webhook));
    }

    private static async Task<Results<Created<WebhookResponse>, ProblemHttpResult>> Create(
        CreateWebhookRequest request, Caller caller, TenantDb db, PublicConnections connections, TenantSecrets secrets,
        TimeProvider clock, HttpContext http, CancellationToken ct)
    {
        IReadOnlyList<string> types = request.EventTypes ?? [];
        var refusal = WebhookUrls.Check(request.Url, connections) ?? WebhookRules.CheckEventTypes(types)
            ?? (await db.Webhooks.CountAsync(ct) < WebhookLimits.PerTenant ? null : WebhookRules.TooMany);
        if (refusal is not null) return refusal.ToProblem();

        var secret = WebhookMessage.NewSecret();
        var webhook = new WebhookEndpoint
        {
            TenantId = db.Tenant.Id,
            Url = request.Url,
            Description = request.Description,
            EventTypes = [.. types],
            Secret = secrets.Protect(WebhookEndpoint.SecretPurpose, db.Tenant.Id, secret),
        };
        if (!request.Enabled) Disable(webhook, clock);
        db.Create(webhook, caller.Actor);
        await db.SaveChangesAsync(ct);
        await db.RecordAsync(AuditActions.WebhookCreated, webhook.Id, null, Audited(webhook), http, ct);

        http.SetCreated($"/api/v1/webhooks/{webhook.Id}", webhook.Version);
        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.Created((string?)null, ToResponse(webhook) with { Secret = secret });
    }

    private static async Task<Results<Ok<WebhookResponse>, ProblemHttpResult>> Change(
        long id, ChangeWebhookRequest request, Caller caller, TenantDb db, PublicConnections connections,
        TimeProvider clock, HttpContext http, CancellationToken ct)
    {
        if (await FindAsync(db, id, ct) is not { } webhook) return TypedResults.Problem(Problems.NotFound());
        if (http.CheckVersion(webhook.Version) is { } stale) return stale.ToProblem();

        var types = request.EventTypes.Or(webhook.EventTypes);
        var refusal = (request.Url.HasValue ? WebhookUrls.Check(request.Url.Or(""), connections) : null)
            ?? WebhookRules.CheckEventTypes(types);
        if (refusal is not null) return refusal.ToProblem();

        var before = Audited(webhook);
        var enabled = request.Enabled.Or(webhook.Enabled);
        var disables = webhook.Enabled && !enabled;
        if (disables) Disable(webhook, clock);
        else if (enabled && !webhook.Enabled)
        {
            (webhook.Enabled, webhook.DisabledReason, webhook.DisabledAt) = (true, null, null);
            (webhook.FailingSince, webhook.PausedUntil) = (null, null);
        }

        webhook.Url = request.Url.Or(webhook.Url);
        webhook.EventTypes = [.. types];
        webhook.Description = request.Description.Or(webhook.Description);
        db.Change(webhook, caller.Actor);
        await db.SaveChangesAsync(ct);
        if (disables) await db.ExecuteAsync(DeliveryStatements.GiveUp(id), ct);
        await db.RecordAsync(AuditActions.WebhookChanged, id, before, Audited(webhook), http, ct);

        http.SetVersion(webhook.Version);
        return TypedResults.Ok(ToResponse(webhook));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Delete(
        long id, TenantDb db, HttpContext http, CancellationToken ct)
    {
        if (await FindAsync(db, id, ct) is not { } webhook) return TypedResults.Problem(Problems.NotFound());
        if (http.CheckVersion(webhook.Version) is { } stale) return stale.ToProblem();

        await db.Webhooks.Where(w => w.Id == id).ExecuteDeleteAsync(ct);
        await db.RecordAsync(AuditActions.WebhookDeleted, id, Audited(webhook), null, http, ct);
        return TypedResults.NoContent();
    }

    /// <summary>The secret before is used beside the new one for a day; a secret before that ends.</summary>
    private static async Task<Results<Ok<WebhookResponse>, ProblemHttpResult>> RotateSecret(
        long id, Caller caller, TenantDb db, TenantSecrets secrets, TimeProvider clock, HttpContext http, CancellationToken ct)
    {
        if (await FindAsync(db, id, ct) is not { } webhook) return TypedResults.Problem(Problems.NotFound());
        if (http.CheckVersion(webhook.Version) is { } stale) return stale.ToProblem();

        var secret = WebhookMessage.NewSecret();
        var endsBefore = webhook.PreviousSecretEndsAt;
        webhook.PreviousSecret = webhook.Secret;
        webhook.PreviousSecretEndsAt = clock.Now + WebhookRules.SecretOverlap;
        webhook.Secret = secrets.Protect(WebhookEndpoint.SecretPurpose, db.Tenant.Id, secret);
        db.Change(webhook, caller.Actor);
        await db.SaveChangesAsync(ct);
        await db.RecordAsync(
            AuditActions.WebhookSecretRotated, id, new { PreviousSecretEndsAt = endsBefore },
            new { webhook.PreviousSecretEndsAt }, http, ct);

        http.SetVersion(webhook.Version);
        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(ToResponse(webhook) with { Secret = secret });
    }

    public static Task<WebhookEndpoint?> FindAsync(TenantDb db, long id, CancellationToken ct) =>
        db.Webhooks.SingleOrDefaultAsync(w => w.Id == id, ct);

    private static void Disable(WebhookEndpoint webhook, TimeProvider clock) =>
        (webhook.Enabled, webhook.DisabledReason, webhook.DisabledAt) = (false, WebhookDisabledReasons.Manual, clock.Now);

    private static object Audited(WebhookEndpoint w) => new { w.Url, w.Description, w.EventTypes, w.Enabled };

    private static WebhookResponse ToResponse(WebhookEndpoint w) => new(
        w.Id, w.Url, w.Description, w.EventTypes, w.Enabled, w.DisabledReason, w.DisabledAt, w.FailingSince,
        w.PreviousSecretEndsAt, w.Version)
    { Stamps = w.ToStamps() };
}
