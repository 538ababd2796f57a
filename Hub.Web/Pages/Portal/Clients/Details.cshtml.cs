using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Platform.Contracts.Bookings;
using Platform.Contracts.Clients;
using Platform.Contracts.People;
using Platform.Hub.Web.Clients;
using Platform.Ui.Http;
using Platform.Ui.Localization;

namespace Platform.Hub.Web.Pages.Portal.Clients;

/// <summary>A client with their bookings.</summary>
public sealed class DetailsModel(HubApi api, IStringLocalizer<HubText> text, IStringLocalizer<UiText> uiText)
    : ClientPage(api, uiText)
{
    public ClientResponse Client { get; private set; } = null!;

    public IReadOnlyList<BookingResponse> Bookings { get; private set; } = [];

    public string? Next { get; private set; }

    public bool HasCursor { get; private set; }

    /// <summary>Neither merged nor erased.</summary>
    public bool IsCurrent => Client is { MergedIntoId: null, ErasedAt: null };

    public async Task<IActionResult> OnGetAsync(long id, string? cursor, CancellationToken ct)
    {
        ModelState.Clear();
        if (await LoadAsync(id, cursor, ct) is { } failed) return failed;

        Input = ClientForm.Of(Client);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(long id, CancellationToken ct)
    {
        if (await LoadAsync(id, null, ct) is { } failed) return failed;
        if (!ModelState.IsValid) return Refused();

        var client = await Api.UpdateClientAsync(id, Input.ToUpdate(Fields), Input.Version, ct);
        if (!client.Ok) return Refuse(client.Problem);

        this.Notice(text["Client.Saved"]);
        return RedirectToPage(new { id });
    }

    public IActionResult OnGetExport(long id) => May(Permissions.ClientsManage)
        ? new FileProxy(ct => Api.ClientFileAsync(id, ct), $"client-{id}.json")
        : StatusCode(StatusCodes.Status403Forbidden);

    /// <returns>What to answer instead of this page, or null when it can be shown.</returns>
    private async Task<IActionResult?> LoadAsync(long id, string? cursor, CancellationToken ct)
    {
        var (asksClient, asksBookings) = (Api.ClientAsync(id, ct), Api.BookingsOfClientAsync(id, cursor, ct));
        var client = await asksClient;
        if (!client.Ok) return client.Problem.ToPage();
        var bookings = await asksBookings;

        await LoadFieldsAsync(ct);
        (Client, Bookings, Next, HasCursor) = (client.Data, bookings.Data ?? [], bookings.Page?.Next, cursor is not null);
        return null;
    }
}
