using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Platform.Ui.Pages;

/// <summary>Says why a sign-in or a change of tenant did not happen, and lets people try again.</summary>
[AllowAnonymous]
public sealed class SignInErrorModel : PageModel
{
    /// <summary>
    /// A code of sign-in; the address can name anything, so what is unknown shows the general sentence.
    /// </summary>
    [BindProperty(SupportsGet = true)]
    public string? Code { get; set; }
}
