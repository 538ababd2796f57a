using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Platform.Contracts.Webhooks;
using Platform.Ui.Http;

namespace Platform.Admin.Web.Pages.Events;

/// <summary>One delivery: what was sent, and what each attempt brought.</summary>
public sealed class DeliveryModel(AdminApi api, IStringLocalizer<AdminText> text) : AdminPage(api)
{
    [FromRoute]
    public long Id { get; set; }

    public StaffDeliveryResponse Delivery { get; private set; } = null!;

    public string? Payload => Delivery.Body is { } body ? JsonText.Indented(body) : null;

    public async Task<IActionResult> OnGetAsync(CancellationToken ct) => await LoadAsync(ct) ?? Page();

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var resent = await Api.ResendDeliveryAsync(Id, ct);
        if (!resent.Ok) return await LoadAsync(ct) ?? this.ShowAgain(resent.Problem);

        this.Notice(text["Delivery.Resent"]);
        return RedirectToPage("Delivery", new { id = Id });
    }

    private async Task<IActionResult?> LoadAsync(CancellationToken ct)
    {
        var delivery = await Api.DeliveryAsync(Id, ct);
        if (!delivery.Ok) return delivery.Problem.ToPage();

        Delivery = delivery.Data;
        return null;
    }
}
