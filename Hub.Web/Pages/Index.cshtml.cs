using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Platform.Contracts;

namespace Platform.Hub.Web.Pages;

/// <summary>Leads to the home of the session's organisation.</summary>
public sealed class IndexModel : PageModel
{
    public IActionResult OnGet() =>
        User.FindFirst(ClaimNames.TenantSlug)?.Value is { } tenant ? RedirectToPage("/Portal/Index", new { tenant })
        : User.HasClaim(claim => claim.Type == ClaimNames.TenantId) ? RedirectToPage("/Organisations")
        : StatusCode(StatusCodes.Status403Forbidden); // platform staff have no tenant here
}
