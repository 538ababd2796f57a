using Duende.IdentityServer.Events;
using Duende.IdentityServer.Extensions;
using Duende.IdentityServer.Services;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;

namespace Platform.Identity.Pages.Account;

/// <summary>Ends the session here and, through the provider, in every application it has opened.</summary>
internal sealed class LogoutModel(
    IIdentityServerInteractionService interaction, IEventService events, SignInManager<Accounts.Account> signIn) : PageWithTexts
{
    [BindProperty(SupportsGet = true)]
    public string? LogoutId { get; set; }

    public async Task<IActionResult> OnGetAsync()
    {
        var context = await interaction.GetLogoutContextAsync(LogoutId);
        UiLocales = context.UiLocales;

        // An application that showed the person's own ID token may end the session at once; anybody else must ask.
        return User.IsAuthenticated() && context.ShowSignoutPrompt ? Page() : await OnPostAsync();
    }

    public async Task<IActionResult> OnPostAsync()
    {
        if (User.IsAuthenticated())
        {
            LogoutId ??= await interaction.CreateLogoutContextAsync();
            var subject = User.GetSubjectId();

            await signIn.SignOutAsync();
            await events.RaiseAsync(new UserLogoutSuccessEvent(subject, subject));
        }

        return RedirectToPage("/Account/LoggedOut", new { LogoutId });
    }
}
