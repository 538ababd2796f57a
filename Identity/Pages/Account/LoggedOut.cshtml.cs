using Microsoft.AspNetCore.Mvc;
using Platform.Identity.Engine;

namespace Platform.Identity.Pages.Account;

/// <summary>
/// Back to the application that asked for the sign-out, or a word of goodbye. There is no front-channel sign-out to
/// wait for: applications are notified through the back channel.
/// </summary>
internal sealed class LoggedOutModel(IEngine engine) : PageWithTexts
{
    [BindProperty(SupportsGet = true)]
    public string? LogoutId { get; set; }

    public async Task<IActionResult> OnGetAsync()
    {
        var request = await engine.FindSignOutAsync(LogoutId);
        UiLocales = request.UiLocales;

        return request.ReturnTo is { } url ? Redirect(url) : Page();
    }
}
