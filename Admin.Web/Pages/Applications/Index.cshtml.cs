using Microsoft.AspNetCore.Mvc;
using Platform.Contracts.Licensing;
using Platform.Ui.Http;

namespace Platform.Admin.Web.Pages.Applications;

/// <summary>The catalogue: what is sold by seat.</summary>
public sealed class IndexModel(AdminApi api) : AdminPage(api)
{
    public IReadOnlyList<ApplicationResponse> Applications { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        var applications = await Api.ApplicationsAsync(ct);
        if (!applications.Ok) return applications.Problem.ToPage();

        Applications = applications.Data;
        return Page();
    }
}
