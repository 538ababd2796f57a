using Microsoft.AspNetCore.Mvc;
using Platform.Identity.Accounts;
using Platform.Identity.Engine;
using Platform.Identity.People;

namespace Platform.Identity.Pages.Account;

/// <summary>Ends the session here and, through the engine, in every application it has opened.</summary>
internal sealed class LogoutModel(IEngine engine, LoginAudit audit) : PageWithTexts
{
    [BindProperty(SupportsGet = true)]
    public string? LogoutId { get; set; }

    public async Task<IActionResult> OnGetAsync()
    {
        var request = await engine.FindSignOutAsync(LogoutId);
        UiLocales = request.UiLocales;

        // An application that showed the person's own ID token may end the session at once; anybody else must ask.
        return User.IsSignedIn && request.MustAsk ? Page() : await OnPostAsync();
    }

    public async Task<IActionResult> OnPostAsync()
    {
        if (User.IsSignedIn)
        {
            var subject = User.Subject;
            LogoutId = await engine.SignOutAsync(LogoutId);
            await audit.WriteAsync(AuditKinds.SignedOut, subject, null, null);
        }

        return RedirectToPage("/Account/LoggedOut", new { LogoutId });
    }
}
