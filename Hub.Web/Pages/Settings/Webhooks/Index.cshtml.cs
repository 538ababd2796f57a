using Microsoft.AspNetCore.Mvc;
using Platform.Contracts.People;
using Platform.Contracts.Webhooks;
using Platform.Hub.Web.Settings;
using Platform.Ui.Http;

namespace Platform.Hub.Web.Pages.Settings.Webhooks;

public sealed class IndexModel(SettingsTools tools) : SettingsPage(tools)
{
    protected override string Needs => Permissions.WebhooksManage;

    public IReadOnlyList<WebhookResponse> Webhooks { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        var webhooks = await Api.AllAsync<WebhookResponse>("webhooks", ct);
        if (!webhooks.Ok) return webhooks.Problem.ToPage();

        Webhooks = webhooks.Data;
        return Page();
    }
}
