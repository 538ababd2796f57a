using Microsoft.AspNetCore.Mvc;
using Platform.Contracts.Webhooks;
using Platform.Ui.Http;

namespace Platform.Admin.Web.Pages.Events;

/// <summary>Where events of tenants are sent.</summary>
public sealed class WebhooksModel(AdminApi api, PersonFinder finder) : TenantList(api, finder)
{
    public static readonly IReadOnlyList<string> States = [WebhookStates.Enabled, WebhookStates.Failing, WebhookStates.Disabled];

    public IReadOnlyList<StaffWebhookResponse> Webhooks { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        Query = new(Request, "tenant", "state");
        var tenant = await ReadTenantAsync(ct);
        if (IsUnclear) return Page();

        var webhooks = await Api.WebhooksAsync(Query, tenant, States.FirstOrDefault(state => state == Query["state"]), ct);
        if (!webhooks.Ok) return webhooks.Problem.ToPage();

        Webhooks = webhooks.Data;
        List = new(Query, Webhooks.Count, webhooks.Page);
        return Page();
    }

    public static string StateOf(StaffWebhookResponse webhook) =>
        !webhook.Enabled ? WebhookStates.Disabled : webhook.FailingSince is not null ? WebhookStates.Failing : WebhookStates.Enabled;
}
