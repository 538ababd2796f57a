using Duende.IdentityServer.Services;
using Microsoft.AspNetCore.Mvc;

namespace Platform.Identity.Pages.Account;

/// <summary>
/// Back to the application that asked for the sign-out, or a word of goodbye. There is no front-channel sign-out to wait
/// for: applications are told through the back channel.
/// </summary>
internal sealed class LoggedOutModel(IIdentityServerInteractionService interaction) : PageWithTexts
{
    [BindProperty(SupportsGet = true)]
    public string? LogoutId { get; set; }

    public async Task<IActionResult> OnGetAsync()
    {
        var context = await interaction.GetLogoutContextAsync(LogoutId);
        UiLocales = context.UiLocales;

        return context.PostLogoutRedirectUri is { } url ? Redirect(url) : Page();
    }
}
