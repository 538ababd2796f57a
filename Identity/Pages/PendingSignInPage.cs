using System.Globalization;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Platform.Identity.Engine;
using Platform.Identity.SignIn;

namespace Platform.Identity.Pages;

/// <summary>A page for a person who has authenticated and has no session yet.</summary>
internal abstract class PendingSignInPage(
    IEngine engine, SignInSteps steps, PendingSignIns pending, UserManager<Accounts.Account> accounts)
    : SignInPage(engine, steps)
{
    protected PendingSignIns Pending => pending;

    /// <returns>The person and how they have proved who they are, or null if the sign-in must start again.</returns>
    protected async Task<(Accounts.Account Account, SignInProof Proof)?> FindAsync()
    {
        if (pending.Find() is not { } found) return null;

        var account = await accounts.FindByIdAsync(found.AccountId.ToString(CultureInfo.InvariantCulture));
        return account is { DeactivatedAt: null } && account.SecurityStamp == found.Stamp
            ? (account, found.Proof)
            : null;
    }

    protected RedirectToPageResult AgainFromStart() => RedirectToPage("/Account/Login", new { ReturnUrl });
}
