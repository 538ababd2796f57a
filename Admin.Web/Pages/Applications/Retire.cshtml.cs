using Microsoft.AspNetCore.Mvc;

namespace Platform.Admin.Web.Pages.Applications;

/// <summary>Says what retiring an application does before it is done; the form goes to the page Edit.</summary>
public sealed class RetireModel(AdminApi api) : ApplicationPage(api)
{
    public async Task<IActionResult> OnGetAsync(CancellationToken ct) => await LoadApplicationAsync(ct) ?? Page();
}
