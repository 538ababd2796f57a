using Microsoft.AspNetCore.Mvc;
using Platform.Contracts.Clients;
using Platform.Ui.Http;

namespace Platform.Hub.Web.Pages.Portal.Clients;

public sealed class IndexModel(HubApi api) : HubPage(api)
{
    public string? Q { get; private set; }

    public IReadOnlyList<ClientResponse> Clients { get; private set; } = [];

    public Paging Paging { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(string? q, int? p, int? size, CancellationToken ct)
    {
        ModelState.Clear();
        Q = q is { Length: <= 200 } && !string.IsNullOrWhiteSpace(q) ? q : null;
        var rows = Paging.Sizes.Contains(size ?? 0) ? size!.Value : Paging.Sizes[0];
        var number = Paging.Bounded(p, rows);
        var clients = await Api.ClientsAsync(Q, number, rows, ct);
        if (!clients.Ok) return clients.Problem.ToPage();

        Clients = clients.Data;
        Paging = Paging.Of(clients.Page, number, rows, Clients.Count, page => Url.Page("Index", new
        {
            q = Q,
            p = page == 1 ? (int?)null : page,
            size = rows == Paging.Sizes[0] ? (int?)null : rows,
        }));
        Response.Headers.Vary = "HX-Request";
        return Page();
    }
}
