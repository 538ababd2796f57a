using System.ComponentModel;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Contracts.Audit;
using Platform.Contracts.Events;
using Platform.Contracts.Webhooks;
using Platform.Core;
using Platform.Core.Outbox;
using Platform.Core.Storage;
using Platform.Core.Webhooks;

namespace Platform.Api.Webhooks;

/// <summary>What was sent to a webhook and what it answered; sending again.</summary>
internal static class WebhookDeliveryEndpoints
{
    public const int AttemptsShown = 20;

    private const int RecoveredAtOnce = 2_000;

    public static void MapWebhookDeliveries(this RouteGroupBuilder webhooks)
    {
        const string queued = "It is sent within moments.";
        webhooks.MapGet("/{id:long}/deliveries", List);
        webhooks.MapPost("/{id:long}/test", Test).CreatesRow(Codes.WebhookQueued, queued);
        webhooks.MapPost("/{id:long}/recover", Recover).ChangesRow().WithCode(Codes.WebhookQueued, queued);
        webhooks.MapGet("/deliveries/{id:long}", Get);
        webhooks.MapPost("/deliveries/{id:long}/resend", Resend).ChangesRow().WithCode(Codes.WebhookQueued, queued);
    }

    /// <summary>Newest first.</summary>
    private static async Task<Results<Ok<Page<WebhookDeliveryResponse>>, ProblemHttpResult>> List(
        long id, TenantDb db,
        [Description("`pending`, `delivered` or `failed`.")] DeliveryStatus? status,
        [AsParameters] PageQuery page, CancellationToken ct)
    {
        if (!await db.Webhooks.AnyAsync(w => w.Id == id, ct)) return TypedResults.Problem(Problems.NotFound());

        var rows = db.WebhookDeliveries.AsNoTracking().Where(d => d.EndpointId == id);
        if (status?.Value is { } wanted) rows = rows.Where(d => d.Status == wanted);
        var total = await rows.TotalAsync(page, ct);
        if (page.Cursor?.Id is { } last) rows = rows.Where(d => d.Id < last);

        var found = (await rows.OrderByDescending(d => d.Id).PageRows(page).ToListAsync(ct))
            .ToPage(page.Rows, d => new IdCursor(d.Id), total);
        return TypedResults.Ok(found.Of(await ResponsesAsync(db, found.Items, ct)));
    }

    private static async Task<Results<Ok<WebhookDeliveryResponse>, ProblemHttpResult>> Get(
        long id, TenantDb db, CancellationToken ct) =>
        await FindAsync(db, id, ct) is { } delivery
            ? TypedResults.Ok((await ResponsesAsync(db, [delivery], ct))[0])
            : TypedResults.Problem(Problems.NotFound());

    /// <summary>An event that means nothing, sent as all others are.</summary>
    private static async Task<Results<Created<WebhookDeliveryResponse>, ProblemHttpResult>> Test(
        long id, TenantDb db, TimeProvider clock, HttpContext http, CancellationToken ct)
    {
        if (await WebhookEndpoints.FindAsync(db, id, ct) is not { } webhook) return TypedResults.Problem(Problems.NotFound());
        if (!webhook.Enabled) return WebhookRules.Disabled.ToProblem();

        var delivery = new WebhookDelivery
        {
            TenantId = db.Tenant.Id,
            EndpointId = id,
            EventId = Guid.CreateVersion7(),
            EventType = WebhookRules.TestEvent,
            AggregateType = "webhook_test",
            AggregateId = Random.Shared.NextInt64(long.MaxValue), // behind no other one
            OccurredAt = clock.Now,
            Data = JsonSerializer.SerializeToElement(new { webhookId = id }, PlatformJson.Options),
            NextAttemptAt = clock.Now,
        };
        db.Add(delivery);
        await db.SaveChangesAsync(ct);
        await db.RecordAsync(AuditActions.WebhookTested, id, null, new { deliveryId = delivery.Id }, http, ct);

        http.Response.Headers.Location = $"/api/v1/webhooks/deliveries/{delivery.Id}";
        return TypedResults.Created((string?)null, ToResponse(delivery, []));
    }

    private static async Task<Results<Ok<WebhookDeliveryResponse>, ProblemHttpResult>> Resend(
        long id, TenantDb db, HttpContext http, CancellationToken ct)
    {
        if (await FindAsync(db, id, ct) is not { } delivery) return TypedResults.Problem(Problems.NotFound());
        if (!await db.Webhooks.AnyAsync(w => w.Id == delivery.EndpointId && w.Enabled, ct))
        {
            return WebhookRules.Disabled.ToProblem();
        }

        await db.ExecuteAsync(DeliveryStatements.Resend(id), ct);
        await db.RecordAsync(AuditActions.WebhookResent, delivery.EndpointId, null, new { deliveryId = id }, http, ct);
        var queued = await db.WebhookDeliveries.AsNoTracking().SingleAsync(d => d.Id == id, ct);
        return TypedResults.Ok((await ResponsesAsync(db, [queued], ct))[0]);
    }

    private static async Task<Results<Ok<RecoverWebhookResponse>, ProblemHttpResult>> Recover(
        long id, RecoverWebhookRequest request, TenantDb db, PlatformDb platform, TimeProvider clock,
        HttpContext http, CancellationToken ct)
    {
        if (await WebhookEndpoints.FindAsync(db, id, ct) is not { } webhook) return TypedResults.Problem(Problems.NotFound());

        var (now, since) = (clock.Now, request.Since.Stored);
        var until = request.Until?.Stored ?? (now > since ? now : since);
        var refusal = !webhook.Enabled ? WebhookRules.Disabled
            : since < now - WebhookRules.Kept ? OutOfRange("since", "since must not be more than 30 days ago.")
            : until < since ? OutOfRange("until", "until must not be before since.")
            : null;
        if (refusal is not null) return refusal.ToProblem();

        var logged = await LoggedAsync(db.EventLog, db.Tenant.Id, since, until, ct);
        logged.AddRange(await LoggedAsync(platform.EventLog, db.Tenant.Id, since, until, ct));
        logged = [.. logged.OrderBy(e => e.OccurredAt).Take(RecoveredAtOnce)]; // stable: ties keep their order
        if (logged.Count == RecoveredAtOnce) until = logged[^1].OccurredAt;

        await db.ExecuteAsync(
            [DeliveryStatements.RetryFailed(id, since, until), DeliveryStatements.Add(logged, null, only: id)], ct);
        var queued = await db.WebhookDeliveries.CountAsync(
            d => d.EndpointId == id && d.Status == WebhookDeliveryStatuses.Pending, ct);
        await db.RecordAsync(AuditActions.WebhookRecovered, id, null, new { since, until }, http, ct);
        return TypedResults.Ok(new RecoverWebhookResponse(queued, until));
    }

    private static Rejection OutOfRange(string field, string rule) =>
        new(RejectionKind.Invalid, Codes.InvalidRange, rule, field);

    private static async Task<List<EventEnvelope>> LoggedAsync(
        IQueryable<LoggedEvent> log, long tenantId, DateTimeOffset since, DateTimeOffset until, CancellationToken ct)
    {
        var known = WebhookRules.Events.Keys.ToArray();
        var found = await log.AsNoTracking()
            .Where(e => e.TenantId == tenantId && e.OccurredAt >= since && e.OccurredAt <= until && known.Contains(e.EventType))
            .OrderBy(e => e.OccurredAt).ThenBy(e => e.Position).Take(RecoveredAtOnce).ToListAsync(ct);
        return
        [
            .. found.Select(e => new EventEnvelope(
                e.EventId, e.EventType, e.EventVersion, e.TenantId, e.AggregateType, e.AggregateId, e.AggregateVersion,
                e.OccurredAt, e.Actor, e.Traceparent, e.Data)),
        ];
    }

    private static Task<WebhookDelivery?> FindAsync(TenantDb db, long id, CancellationToken ct) =>
        db.WebhookDeliveries.AsNoTracking().SingleOrDefaultAsync(d => d.Id == id, ct);

    private static async Task<List<WebhookDeliveryResponse>> ResponsesAsync(
        TenantDb db, IReadOnlyList<WebhookDelivery> deliveries, CancellationToken ct)
    {
        var ids = deliveries.Select(d => d.Id).ToArray();
        var attempts = (await db.Set<WebhookAttempt>().AsNoTracking()
                .Where(a => ids.Contains(a.DeliveryId)).OrderBy(a => a.Id).ToListAsync(ct))
            .ToLookup(a => a.DeliveryId);
        return [.. deliveries.Select(d => ToResponse(d, attempts[d.Id].TakeLast(AttemptsShown)))];
    }

    private static WebhookDeliveryResponse ToResponse(WebhookDelivery d, IEnumerable<WebhookAttempt> attempts) => new(
        d.Id, d.EndpointId, d.EventId, d.EventType, d.Status, d.OccurredAt,
        d.Status == WebhookDeliveryStatuses.Pending ? d.NextAttemptAt : null, d.DeliveredAt,
        JsonSerializer.Deserialize<JsonElement>(WebhookMessage.Body(d.EventType, d.OccurredAt, d.Data.GetRawText())),
        [.. attempts.Select(ToResponse)]);

    public static WebhookAttemptResponse ToResponse(WebhookAttempt a) =>
        new(a.AttemptedAt, a.Url, a.StatusCode, a.LatencyMilliseconds, a.Error, a.ResponseBody);
}

/// <summary>A status of deliveries, in a query.</summary>
internal sealed record DeliveryStatus(string Value)
{
    public static bool TryParse(string? text, out DeliveryStatus? status)
    {
        status = text is WebhookDeliveryStatuses.Pending or WebhookDeliveryStatuses.Delivered or WebhookDeliveryStatuses.Failed
            ? new(text)
            : null;
        return status is not null;
    }
}
