using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Platform.Identity.Accounts;
using Platform.Identity.Engine;
using Platform.Identity.SignIn;
using Platform.Identity.SingleSignOn;

namespace Platform.Identity.Pages.Account;

/// <summary>
/// The redirect URI of a tenant's provider: continues the sign-in of the person who has signed in there.
/// </summary>
internal sealed class SingleSignOnModel(
    IEngine engine, SignInSteps steps, IdentityProviders providers, ProviderSignIn singleSignOn,
    ExternalAccounts external, LoginAudit audit) : SignInPage(engine, steps)
{
    public async Task<IActionResult> OnGetAsync(long tenant, CancellationToken ct)
    {
        ReturnUrl = null; // from the sealed state alone
        if (await providers.FindAsync(tenant, ct) is not { } provider) return NotFound();

        var answer = await singleSignOn.ReadAnswerAsync(provider, HttpContext);
        ReturnUrl = answer.ReturnUrl;
        await ReadRequestAsync();
        if (answer.Person is not { } person) return await RefuseAsync(null, "SingleSignOn", T.SingleSignOn.Failed);

        var (account, rejection) = await external.FindOrCreateAsync(provider, person, ct);
        switch (rejection, account)
        {
            case (SingleSignOnRejection.Unavailable, _):
                return Refuse(T.Unavailable, StatusCodes.Status503ServiceUnavailable);
            case ({ } known, _):
                return await RefuseAsync(account, $"SingleSignOn {known}", T.SingleSignOn.Of(known) ?? T.Deactivated);
            case (null, { } found):
                return await ContinueAsync(found, new([ProviderSignIn.Method], OnlyTenant: tenant), null, ct);
            default:
                throw new InvalidOperationException("There is neither an account nor a reason.");
        }
    }

    private async Task<IActionResult> RefuseAsync(Accounts.Account? account, string detail, string text)
    {
        await audit.WriteAsync(
            AuditKinds.SignInFailed, account?.Id.ToString(CultureInfo.InvariantCulture), SignInRequest?.Client.Id, detail);
        return Refuse(text, StatusCodes.Status403Forbidden);
    }
}
