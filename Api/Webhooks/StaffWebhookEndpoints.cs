using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Contracts.Audit;
using Platform.Contracts.Webhooks;
using Platform.Core;
using Platform.Core.Audit;
using Platform.Core.Storage;
using Platform.Core.Tenants;
using Platform.Core.Webhooks;

namespace Platform.Api.Webhooks;

/// <summary>Webhooks of every tenant, for staff: which fail and why, and another try.</summary>
internal static class StaffWebhookEndpoints
{
    public static void MapStaffWebhooks(this RouteGroupBuilder directStaff)
    {
        var webhooks = directStaff.MapGroup("/webhooks").WithTags("Webhooks");
        webhooks.MapGet("/", List);
        webhooks.MapGet("/deliveries", Deliveries);
        webhooks.MapGet("/deliveries/{id:long}", Get);
        webhooks.MapPost("/deliveries/{id:long}/resend", Resend)
            .WithCode(Codes.WebhookQueued, "It is sent within moments.").ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<Ok<Page<StaffWebhookResponse>>> List(
        EventsDb events, TenantDirectory tenants, long? tenantId, [RegularExpression(WebhookStates.Pattern)] string? state,
        [AsParameters] PageQuery page, CancellationToken ct)
    {
        var rows = events.Set<WebhookEndpoint>().AsNoTracking();
        if (tenantId is { } tenant) rows = rows.Where(w => w.TenantId == tenant);
        rows = state switch
        {
            WebhookStates.Enabled => rows.Where(w => w.Enabled),
            WebhookStates.Disabled => rows.Where(w => !w.Enabled),
            WebhookStates.Failing => rows.Where(w => w.Enabled && w.FailingSince != null),
            _ => rows,
        };

        var found = await rows.PageAsync(w => w.Id, page, ct);
        var counts = await CountsAsync(events, [.. found.Items.Select(w => w.Id)], ct);
        var names = await NamesAsync(tenants, found.Items.Select(w => w.TenantId), ct);
        return TypedResults.Ok(found.Of(w => new StaffWebhookResponse(
            w.Id, w.TenantId, names.GetValueOrDefault(w.TenantId)?.Slug, names.GetValueOrDefault(w.TenantId)?.Name, w.Url,
            w.Description, w.EventTypes, w.Enabled, w.DisabledReason, w.DisabledAt, w.FailingSince,
            counts.GetValueOrDefault((w.Id, WebhookDeliveryStatuses.Pending)),
            counts.GetValueOrDefault((w.Id, WebhookDeliveryStatuses.Failed)))));
    }

    /// <summary>Newest first.</summary>
    private static async Task<Ok<Page<StaffDeliveryResponse>>> Deliveries(
        EventsDb events, TenantDirectory tenants, long? tenantId, long? webhookId,
        [Description("`pending`, `delivered` or `failed`.")] DeliveryStatus? status,
        [AsParameters] PageQuery page, CancellationToken ct)
    {
        var rows = events.Set<WebhookDelivery>().AsNoTracking();
        if (tenantId is { } tenant) rows = rows.Where(d => d.TenantId == tenant);
        if (webhookId is { } webhook) rows = rows.Where(d => d.EndpointId == webhook);
        if (status?.Value is { } wanted) rows = rows.Where(d => d.Status == wanted);
        var total = await rows.TotalAsync(page, ct);
        if (page.Cursor?.Id is { } last) rows = rows.Where(d => d.Id < last);

        var found = (await rows.OrderByDescending(d => d.Id).PageRows(page).ToListAsync(ct))
            .ToPage(page.Rows, d => new IdCursor(d.Id), total);
        return TypedResults.Ok(found.Of(await ResponsesAsync(events, tenants, found.Items, attemptsShown: 1, withBody: false, ct)));
    }

    private static async Task<Results<Ok<StaffDeliveryResponse>, ProblemHttpResult>> Get(
        long id, EventsDb events, TenantDirectory tenants, CancellationToken ct) =>
        await FindAsync(id, events, tenants, ct) is { } delivery
            ? TypedResults.Ok(delivery)
            : TypedResults.Problem(Problems.NotFound());

    private static async Task<Results<Ok<StaffDeliveryResponse>, ProblemHttpResult>> Resend(
        long id, EventsDb events, TenantDirectory tenants, HttpContext http, TimeProvider clock, CancellationToken ct)
    {
        await using var transaction = await events.Database.BeginTransactionAsync(ct);
        if (await FindAsync(id, events, tenants, ct) is not { } delivery) return TypedResults.Problem(Problems.NotFound());
        if (!await events.Set<WebhookEndpoint>().AnyAsync(w => w.Id == delivery.WebhookId && w.Enabled, ct))
        {
            return WebhookRules.Disabled.ToProblem();
        }

        var change = AuditChange.Of(
            delivery.TenantId, AuditActions.WebhookResent, delivery.WebhookId, null, new { deliveryId = id });
        await using var batch = new NpgsqlBatch((NpgsqlConnection)events.Database.GetDbConnection());
        batch.BatchCommands.Add(DeliveryStatements.Resend(id));
        batch.BatchCommands.Add(change.ToOutboxStatement(http.Source, clock.Now));
        await batch.ExecuteNonQueryAsync(ct);
        var queued = await FindAsync(id, events, tenants, ct);
        await transaction.CommitAsync(ct);
        return TypedResults.Ok(queued!);
    }

    private static async Task<StaffDeliveryResponse?> FindAsync(
        long id, EventsDb events, TenantDirectory tenants, CancellationToken ct)
    {
        var found = await events.Set<WebhookDelivery>().AsNoTracking().Where(d => d.Id == id).ToListAsync(ct);
        return (await ResponsesAsync(events, tenants, found, WebhookDeliveryEndpoints.AttemptsShown, withBody: true, ct))
            .FirstOrDefault();
    }

    private static async Task<List<StaffDeliveryResponse>> ResponsesAsync(
        EventsDb events, TenantDirectory tenants, IReadOnlyList<WebhookDelivery> deliveries, int attemptsShown, bool withBody,
        CancellationToken ct)
    {
        var (ids, endpoints) = (deliveries.Select(d => d.Id).ToArray(), deliveries.Select(d => d.EndpointId).Distinct().ToArray());
        var attempts = (await events.Set<WebhookAttempt>().AsNoTracking()
                .Where(a => ids.Contains(a.DeliveryId)).OrderBy(a => a.Id).ToListAsync(ct))
            .ToLookup(a => a.DeliveryId);
        var urls = await events.Set<WebhookEndpoint>().Where(w => endpoints.Contains(w.Id))
            .ToDictionaryAsync(w => w.Id, w => w.Url, ct);
        var names = await NamesAsync(tenants, deliveries.Select(d => d.TenantId), ct);
        return
        [
            .. deliveries.Select(d => new StaffDeliveryResponse(
                d.Id, d.TenantId, names.GetValueOrDefault(d.TenantId)?.Slug, names.GetValueOrDefault(d.TenantId)?.Name,
                d.EndpointId, urls.GetValueOrDefault(d.EndpointId, ""), d.EventId, d.EventType, d.Status, d.OccurredAt,
                d.Status == WebhookDeliveryStatuses.Pending ? d.NextAttemptAt : null, d.DeliveredAt,
                [.. attempts[d.Id].TakeLast(attemptsShown).Select(WebhookDeliveryEndpoints.ToResponse)],
                withBody ? BodyOf(d) : null)),
        ];
    }

    private static JsonElement BodyOf(WebhookDelivery d) =>
        JsonSerializer.Deserialize<JsonElement>(WebhookMessage.Body(d.EventType, d.OccurredAt, d.Data.GetRawText()));

    private static async Task<Dictionary<(long Endpoint, string Status), int>> CountsAsync(
        EventsDb events, long[] endpoints, CancellationToken ct)
    {
        var counts = await events.Set<WebhookDelivery>()
            .Where(d => endpoints.Contains(d.EndpointId) && d.Status != WebhookDeliveryStatuses.Delivered)
            .GroupBy(d => new { d.EndpointId, d.Status })
            .Select(g => new { g.Key.EndpointId, g.Key.Status, Count = g.Count() })
            .ToListAsync(ct);
        return counts.ToDictionary(c => (c.EndpointId, c.Status), c => c.Count);
    }

    /// <summary>Tenants are in the other database; the directory remembers them.</summary>
    private static async Task<Dictionary<long, TenantEntry>> NamesAsync(
        TenantDirectory tenants, IEnumerable<long> ids, CancellationToken ct)
    {
        Dictionary<long, TenantEntry> found = [];
        foreach (var id in ids.Distinct())
        {
            if (await tenants.FindAsync(id, ct) is { } tenant) found[id] = tenant;
        }

        return found;
    }
}
