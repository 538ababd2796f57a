using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Platform.Identity.Engine;
using Platform.Identity.Factors;

namespace Platform.Identity.Pages;

/// <summary>
/// A page that changes the second factors of one's account, for people who have just shown the password or a passkey
/// again.
/// </summary>
internal abstract class FactorPage(UserManager<Accounts.Account> accounts, FactorProofs proofs, IEngine engine)
    : AccountPage(accounts)
{
    /// <summary>Shown once.</summary>
    public IReadOnlyList<string> RecoveryCodes { get; private set; } = [];

    /// <summary>Whether the person may change something now.</summary>
    public bool IsProved => proofs.Has(Account, SessionId);

    protected FactorProofs Proofs => proofs;

    protected FactorChanger Changer => FactorChanger.InSession(SessionId);

    /// <summary>After a change the session goes on under a new cookie: a copy of the old one opens nothing.</summary>
    /// <returns>False if nothing has changed; the problem is on the page.</returns>
    protected async Task<bool> IsDoneAsync(FactorChange change)
    {
        if (change.Rejection is { } rejection)
        {
            Refuse(rejection == FactorRejection.Required ? T.Factors.Required : T.Factors.Stale);
            return false;
        }

        RecoveryCodes = change.RecoveryCodes;
        await engine.RenewAsync(Account, User);
        return true;
    }

    protected RedirectToPageResult ToSecurity(bool saved = false) =>
        RedirectToPage("/Account/Security", saved ? new { Saved = true } : null);
}
