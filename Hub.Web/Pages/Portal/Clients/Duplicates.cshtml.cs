using Microsoft.AspNetCore.Mvc;
using Platform.Contracts.Clients;
using Platform.Ui.Http;

namespace Platform.Hub.Web.Pages.Portal.Clients;

/// <summary>Records that may be one person.</summary>
public sealed class DuplicatesModel(HubApi api) : HubPage(api)
{
    public IReadOnlyList<ClientDuplicates> Groups { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        var found = await Api.DuplicatesAsync(ct);
        if (!found.Ok) return found.Problem.ToPage();

        Groups = found.Data;
        return Page();
    }
}
