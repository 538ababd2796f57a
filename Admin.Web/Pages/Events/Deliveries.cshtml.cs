using Microsoft.AspNetCore.Mvc;
using Platform.Contracts.Webhooks;
using Platform.Ui.Http;

namespace Platform.Admin.Web.Pages.Events;

/// <summary>What was sent to webhooks, and what came of it.</summary>
public sealed class DeliveriesModel(AdminApi api, PersonFinder finder) : TenantList(api, finder)
{
    public static readonly IReadOnlyList<string> Statuses =
        [WebhookDeliveryStatuses.Pending, WebhookDeliveryStatuses.Delivered, WebhookDeliveryStatuses.Failed];

    public IReadOnlyList<StaffDeliveryResponse> Deliveries { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        Query = new(Request, "tenant", "status", "webhook");
        var tenant = await ReadTenantAsync(ct);
        if (IsUnclear) return Page();

        var deliveries = await Api.DeliveriesAsync(
            Query, tenant, Query["webhook"], Statuses.FirstOrDefault(status => status == Query["status"]), ct);
        if (!deliveries.Ok) return deliveries.Problem.ToPage();

        Deliveries = deliveries.Data;
        List = new(Query, Deliveries.Count, deliveries.Page);
        return Page();
    }
}
