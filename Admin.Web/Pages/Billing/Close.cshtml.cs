using Microsoft.AspNetCore.Mvc;

namespace Platform.Admin.Web.Pages.Billing;

/// <summary>Says what closing a month does before it is done; the form goes to the page Month.</summary>
public sealed class CloseModel(AdminApi api) : AdminPage(api)
{
    [FromRoute]
    public string Month { get; set; } = "";

    public void OnGet()
    {
        // The page says all there is to say.
    }
}
