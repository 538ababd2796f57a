using Microsoft.AspNetCore.Mvc;
using Platform.Contracts.Catalogue;
using Platform.Ui.Http;

namespace Platform.Hub.Web.Pages.Portal.Book;

/// <summary>First step: what is booked.</summary>
public sealed class IndexModel(HubApi api) : HubPage(api)
{
    public IReadOnlyList<ServiceResponse> Services { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        var services = await Api.ServicesAsync(ct);
        if (!services.Ok) return services.Problem.ToPage();

        Services = services.Data;
        return Page();
    }
}
