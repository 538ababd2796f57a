using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;
using Platform.Contracts;
using Platform.Contracts.Clients;
using Platform.Contracts.People;
using Platform.Ui.Http;
using Platform.Ui.Localization;

namespace Platform.Hub.Web.Pages.Portal.Clients;

/// <summary>Two records of one person side by side: each member is kept from one of them.</summary>
public sealed class MergeModel(HubApi api, IStringLocalizer<HubText> text, IStringLocalizer<UiText> uiText) : HubPage(api)
{
    private const string OfOther = "other";

    public ClientResponse Client { get; private set; } = null!;

    public ClientResponse? Other { get; private set; }

    public string? Q { get; private set; }

    public IReadOnlyList<ClientResponse> Found { get; private set; } = [];

    public IReadOnlyList<Line> Lines { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(long id, long? otherId, string? q, CancellationToken ct)
    {
        if (await LoadAsync(id, otherId, ct) is { } failed) return failed;

        Q = q is { Length: <= 200 } && !string.IsNullOrWhiteSpace(q) ? q : null;
        if (Q is not null && Other is null)
        {
            Found = [.. ((await Api.ClientsAsync(Q, 1, 25, ct)).Data ?? []).Where(client => client.Id != id)];
        }

        Compare(null, null, null);
        return Page();
    }

    /// <summary>
    /// The record whose e-mail is kept stays, because an address belongs to one record; the other members are then set.
    /// </summary>
    public async Task<IActionResult> OnPostAsync(
        long id, long otherId, string? name, string? email, string? phone, long? version, long? otherVersion,
        CancellationToken ct)
    {
        if (await LoadAsync(id, otherId, ct) is { } failed) return failed;
        if (Other is null) return NotFound();

        Compare(name, email, phone);
        var (kept, gone, keptVersion) = email == OfOther ? (Other, Client, otherVersion) : (Client, Other, version);
        var merged = await Api.MergeClientsAsync(kept.Id, gone.Id, keptVersion, ct);
        if (!merged.Ok) return Refuse(merged.Problem);

        var chosenName = name == OfOther ? Other.Name : Client.Name;
        var chosenPhone = phone == OfOther ? Other.Phone : Client.Phone;
        if (chosenName != merged.Data.Name || chosenPhone != merged.Data.Phone)
        {
            var updated = await Api.UpdateClientAsync(
                kept.Id, new() { Name = chosenName, Phone = chosenPhone }, merged.Data.Version, ct);
            if (!updated.Ok)
            {
                this.Notice(text["Merge.DonePartly"]);
                return RedirectToPage("Details", new { id = kept.Id });
            }
        }

        this.Notice(text["Merge.Done"]);
        return RedirectToPage("Details", new { id = kept.Id });
    }

    private void Compare(string? name, string? email, string? phone)
    {
        if (Other is null) return;

        Lines =
        [
            new("Name", Client.Name, Other.Name, name ?? "this"),
            new("Email", Client.Email, Other.Email, email ?? (Client.Email is null ? OfOther : "this")),
            new("Phone", Client.Phone, Other.Phone, phone ?? (Client.Phone is null ? OfOther : "this")),
        ];
    }

    private PageResult Refuse(Problem problem)
    {
        ModelState.AddModelError("", uiText.Of(problem));
        return Refused(problem.Status);
    }

    private async Task<IActionResult?> LoadAsync(long id, long? otherId, CancellationToken ct)
    {
        if (!May(Permissions.ClientsManage)) return StatusCode(StatusCodes.Status403Forbidden);

        ModelState.Clear();
        var client = await Api.ClientAsync(id, ct);
        if (!client.Ok) return client.Problem.ToPage();

        Client = client.Data;
        if (otherId is null || otherId == id) return null;

        var other = await Api.ClientAsync(otherId.Value, ct);
        if (!other.Ok) return other.Problem.ToPage();

        Other = other.Data;
        return null;
    }

    public sealed record Line(string Member, string? This, string? Other, string Chosen);
}
