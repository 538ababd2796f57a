using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Platform.Contracts.People;
using Platform.Contracts.Webhooks;
using Platform.Hub.Web.Settings;
using Platform.Ui.Http;

namespace Platform.Hub.Web.Pages.Settings.Webhooks;

/// <summary>What was sent, and what the receiver answered.</summary>
public sealed class DeliveryModel(SettingsTools tools) : SettingsPage(tools)
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // Razor encodes it
    };

    protected override string Needs => Permissions.WebhooksManage;

    public WebhookDeliveryResponse Delivery { get; private set; } = null!;

    public string Body => JsonSerializer.Serialize(Delivery.Body, Indented);

    public async Task<IActionResult> OnGetAsync(long id, long delivery, CancellationToken ct) =>
        await LoadAsync(id, delivery, ct) ?? Page();

    public async Task<IActionResult> OnPostAsync(long id, long delivery, CancellationToken ct)
    {
        if (await LoadAsync(id, delivery, ct) is { } failed) return failed;
        var sent = await Api.PostAsync<WebhookDeliveryResponse>($"webhooks/deliveries/{delivery}/resend", null, ct);
        return sent.Ok
            ? Done(Text["Setup.Webhook.Resent"], $"webhooks/{id}/deliveries/{delivery}")
            : Refused(sent.Problem);
    }

    private async Task<IActionResult?> LoadAsync(long id, long deliveryId, CancellationToken ct)
    {
        var delivery = await Api.GetAsync<WebhookDeliveryResponse>($"webhooks/deliveries/{deliveryId}", ct);
        if (!delivery.Ok) return delivery.Problem.ToPage();
        if (delivery.Data.WebhookId != id) return NotFound();
        Delivery = delivery.Data;
        return null;
    }
}
