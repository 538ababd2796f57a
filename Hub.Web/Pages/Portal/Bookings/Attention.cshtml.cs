using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Platform.Contracts.Bookings;
using Platform.Contracts.Catalogue;
using Platform.Hub.Web.Bookings;
using Platform.Ui.Http;
using Platform.Ui.Localization;
using Platform.Ui.Time;

namespace Platform.Hub.Web.Pages.Portal.Bookings;

/// <summary>Bookings to come that could not be made today, each with its reasons and ways out.</summary>
public sealed class AttentionModel(
    HubApi api, IStringLocalizer<HubText> text, IStringLocalizer<UiText> uiText, TimeProvider clock) : HubPage(api)
{
    private const int Shown = 50;

    private IReadOnlyList<ServiceResponse> _services = [];
    private IReadOnlyList<ResourceResponse> _resources = [];

    public IReadOnlyList<AttentionResponse> Entries { get; private set; } = [];

    public string? Next { get; private set; }

    public bool HasCursor { get; private set; }

    public string ZoneName => Zone.NameAt(clock.GetUtcNow());

    public async Task<IActionResult> OnGetAsync(string? cursor, CancellationToken ct)
    {
        var found = await Api.AttentionAsync(cursor, Shown, ct);
        if (!found.Ok) return found.Problem.ToPage();

        var (services, resources) = (Api.ServicesAsync(ct), Api.ResourcesAsync(ct));
        (_services, _resources) = ((await services).Data ?? [], (await resources).Data ?? []);
        (Entries, Next, HasCursor) = (found.Data, found.Page?.Next, cursor is not null);
        return Page();
    }

    public string ServiceName(long id) => _services.FirstOrDefault(service => service.Id == id)?.Name ?? $"{id}";

    public string Why(AttentionReason reason)
    {
        var sentence = ReasonText.Of(reason.Code, text, uiText);
        var resource = _resources.FirstOrDefault(r => r.Id == reason.ResourceId)?.Name;
        return resource is null ? sentence : $"{resource}: {sentence}";
    }
}
