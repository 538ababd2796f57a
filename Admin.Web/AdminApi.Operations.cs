using Microsoft.AspNetCore.Mvc;
using Platform.Contracts.Audit;
using Platform.Contracts.Billing;
using Platform.Contracts.Licensing;
using Platform.Contracts.Operations;
using Platform.Contracts.Webhooks;
using Platform.Ui.Http;
using Platform.Ui.Lists;

namespace Platform.Admin.Web;

public sealed partial class AdminApi
{
    /// <param name="fresh">Whether to bypass the API's cache.</param>
    public Task<Answer<MetricsOverview>> MetricsAsync(bool fresh, CancellationToken ct) =>
        GetAsync<MetricsOverview>($"{Root}/metrics/overview", ct, bypassCache: fresh);

    /// <inheritdoc cref="MetricsAsync"/>
    public Task<Answer<MetricsTrends>> TrendsAsync(bool fresh, CancellationToken ct) =>
        GetAsync<MetricsTrends>($"{Root}/metrics/trends", ct, bypassCache: fresh);

    /// <param name="trail"><c>changes</c>, <c>access</c> or <c>logins</c>.</param>
    public Task<Answer<IReadOnlyList<T>>> TrailAsync<T>(
        string trail, IEnumerable<KeyValuePair<string, string?>> filters, CancellationToken ct) =>
        GetAsync<IReadOnlyList<T>>(At($"audit/{trail}", filters), ct);

    /// <param name="mediaType"><c>text/csv</c> or <c>application/x-ndjson</c>.</param>
    public Task<IActionResult> TrailFileAsync(
        string trail, string mediaType, IEnumerable<KeyValuePair<string, string?>> filters, CancellationToken ct) =>
        FileAsync(HttpMethod.Get, At($"audit/{trail}", filters), mediaType, ct);

    public Task<Answer<AuditReport>> VerifyAsync(VerifyAuditRequest request, CancellationToken ct) =>
        PostAsync<AuditReport>($"{Root}/audit/verify", request, null, ct);

    /// <param name="fresh">Whether to bypass the API's cache: after a change.</param>
    public Task<Answer<IReadOnlyList<BillingMonthResponse>>> MonthsAsync(int months, bool fresh, CancellationToken ct) =>
        GetAsync<IReadOnlyList<BillingMonthResponse>>($"{Root}/billing/months?months={months}", ct, bypassCache: fresh);

    public Task<Answer<BillingSummary>> BillAsync(string month, long? tenantId, CancellationToken ct) =>
        GetAsync<BillingSummary>(At("billing/summary", [new("month", month), new("tenantId", Number(tenantId))]), ct);

    public Task<IActionResult> BillCsvAsync(string month, long? tenantId, CancellationToken ct) => FileAsync(
        HttpMethod.Get, At("billing/summary", [new("month", month), new("tenantId", Number(tenantId))]), "text/csv", ct);

    public Task<Answer<MonthClosed>> CloseMonthAsync(string month, CancellationToken ct) =>
        PostAsync<MonthClosed>($"{Root}/billing/months/{month}/close", new { }, null, ct);

    public Task<Answer<BillingAdjustment>> AdjustAsync(CreateAdjustmentRequest request, string key, CancellationToken ct) =>
        PostAsync<BillingAdjustment>($"{Root}/billing/adjustments", request, key, ct);

    public Task<Answer<EventStreamsResponse>> StreamsAsync(CancellationToken ct) =>
        GetAsync<EventStreamsResponse>($"{Root}/events/streams", ct);

    public Task<Answer<IReadOnlyList<EventGroupResponse>>> GroupsAsync(CancellationToken ct) =>
        GetAsync<IReadOnlyList<EventGroupResponse>>($"{Root}/events/groups", ct);

    /// <summary>The newest dead letters; there are many only where something is badly wrong.</summary>
    public async Task<Answer<IReadOnlyList<DeadLetterResponse>>> DeadLettersAsync(CancellationToken ct)
    {
        const int rows = 200, pages = 5;
        List<DeadLetterResponse> found = [];
        string? cursor = null;
        for (var page = 0; page < pages; page++)
        {
            var read = await GetAsync<IReadOnlyList<DeadLetterResponse>>(
                At("events/dead-letters", [new("limit", Number(rows)), new("cursor", cursor)]), ct);
            if (!read.Ok) return read;

            found.AddRange(read.Data);
            cursor = read.Page?.Next;
            if (cursor is null) break;
        }

        return new(found, null, new(cursor, rows));
    }

    public Task<Answer<DeadLetterResponse>> DeadLetterAsync(string id, CancellationToken ct) =>
        GetAsync<DeadLetterResponse>($"{Root}/events/dead-letters/{Uri.EscapeDataString(id)}", ct);

    /// <param name="act"><c>replay</c> or <c>discard</c>.</param>
    public Task<Answer<DeadLetterResponse>> EndDeadLetterAsync(string id, string act, CancellationToken ct) =>
        PostAsync<DeadLetterResponse>($"{Root}/events/dead-letters/{Uri.EscapeDataString(id)}/{act}", new { }, null, ct);

    public Task<Answer<IReadOnlyList<StaffWebhookResponse>>> WebhooksAsync(
        ListQuery query, long? tenantId, string? state, CancellationToken ct) =>
        CountedPageAsync<StaffWebhookResponse>("webhooks", query, [new("tenantId", Number(tenantId)), new("state", state)], ct);

    public Task<Answer<IReadOnlyList<StaffDeliveryResponse>>> DeliveriesAsync(
        ListQuery query, long? tenantId, string? webhookId, string? status, CancellationToken ct) =>
        CursorPageAsync<StaffDeliveryResponse>(
            "webhooks/deliveries", query,
            [new("tenantId", Number(tenantId)), new("webhookId", webhookId), new("status", status)], ct);

    public Task<Answer<StaffDeliveryResponse>> DeliveryAsync(long id, CancellationToken ct) =>
        GetAsync<StaffDeliveryResponse>($"{Root}/webhooks/deliveries/{id}", ct);

    public Task<Answer<StaffDeliveryResponse>> ResendDeliveryAsync(long id, CancellationToken ct) =>
        PostAsync<StaffDeliveryResponse>($"{Root}/webhooks/deliveries/{id}/resend", new { }, null, ct);

    public Task<Answer<CountedRows>> CountDeliveriesAsync(string status, CancellationToken ct) =>
        CountAsync("webhooks/deliveries", [new("status", status)], ct);

    public Task<Answer<IReadOnlyList<MailResponse>>> MailsAsync(
        ListQuery query, long? tenantId, string? status, CancellationToken ct) =>
        CountedPageAsync<MailResponse>("mails", query, [new("tenantId", Number(tenantId)), new("status", status)], ct);

    public Task<Answer<MailResponse>> RetryMailAsync(long id, CancellationToken ct) =>
        PostAsync<MailResponse>($"{Root}/mails/{id}/retry", new { }, null, ct);

    public Task<Answer<CountedRows>> CountMailsAsync(string status, CancellationToken ct) =>
        CountAsync("mails", [new("status", status)], ct);

    public Task<Answer<SystemResponse>> SystemAsync(CancellationToken ct) => GetAsync<SystemResponse>($"{Root}/system", ct);

    /// <summary>Compares the counters of seats with the grants, and repairs them.</summary>
    /// <param name="tenantId">All tenants where null.</param>
    public Task<Answer<IReadOnlyList<ReconciledSeats>>> ReconcileAsync(long? tenantId, CancellationToken ct) =>
        PostAsync<IReadOnlyList<ReconciledSeats>>($"{Root}/reconcile/seats", new ReconcileSeatsRequest(tenantId), null, ct);
}
