using System.Globalization;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Platform.Identity.Accounts;
using Platform.Identity.Engine;
using Platform.Identity.Factors;
using Platform.Identity.Passwords;
using Platform.Identity.People;
using Platform.Identity.SignIn;
using Platform.Identity.SingleSignOn;

namespace Platform.Identity.Pages.Account;

/// <summary>
/// Where the engine sends people who must prove who they are. It also explains itself to people who have done so but
/// may not enter the application they come from.
/// </summary>
[IgnoreAntiforgeryToken] // checked below: a form that has become stale is shown again with what was typed
internal sealed class LoginModel(
    IEngine engine,
    SignInSteps steps,
    LoginAudit audit,
    Credentials credentials,
    FactorChecks checks,
    IAntiforgery antiforgery,
    IdentityProviders providers,
    ProviderSignIn singleSignOn,
    UserManager<Accounts.Account> accounts) : SignInPage(engine, steps)
{
    [BindProperty]
    public Form Input { get; set; } = new();

    public string? SignedInAs { get; private set; }

    public bool OffersSingleSignOn { get; private set; }

    public override async Task OnPageHandlerExecutionAsync(
        PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        OffersSingleSignOn = await providers.AnyAsync(HttpContext.RequestAborted);
        await next();
    }

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        await ReadRequestAsync();
        Input.Email = SignInRequest?.LoginHint;

        if (!User.IsSignedIn) return await GoToProviderAsync(onlyIfRequired: true, ct) ?? Page();
        if (SignInRequest is null) return Return();

        return await ExplainAsync(ct);
    }

    public async Task<IActionResult> OnPostAsync(string? action, CancellationToken ct)
    {
        await ReadRequestAsync();
        if (await RefuseFormAsync(ct) is { } refused) return refused;
        if (action == "cancel") return await CancelAsync();
        if (action == "sso" || string.IsNullOrEmpty(Input.Password))
        {
            if (await GoToProviderAsync(onlyIfRequired: false, ct) is { } provider) return provider;
            if (action == "sso") return Refuse(T.SingleSignOn.NoProvider, field: "email");
        }

        if (!IsFilledIn()) return Page();

        var (account, rejection) = await credentials.CheckAsync(Input.Email!, Input.Password!, ct);
        return account is not null && rejection is null
            ? await ContinueAsync(account, SignInProof.By("pwd"), null, ct)
            : await RefuseAsync(account, rejection, T.WrongCredentials);
    }

    /// <summary>A passkey alone is enough: a device that the person has, and that has verified the person.</summary>
    public async Task<IActionResult> OnPostPasskeyAsync(string? credential, CancellationToken ct)
    {
        await ReadRequestAsync();
        if (await RefuseFormAsync(ct) is { } refused) return refused;

        var (account, rejection) = await checks.CheckPasskeyAsync(credential, ct);
        return account is not null && rejection is null
            ? await ContinueAsync(account, SignInProof.By("hwk", SignInProof.MultipleFactors), null, ct)
            : await RefuseAsync(
                account, rejection, rejection is SignInRejection.Locked ? T.WrongCredentials : T.Factors.PasskeyRefused);
    }

    private async Task<IActionResult> RefuseAsync(Accounts.Account? account, SignInRejection? rejection, string text)
    {
        // By number, if at all: what was typed might be a password in the wrong field.
        var id = account?.Id.ToString(CultureInfo.InvariantCulture);
        await audit.WriteAsync(AuditKinds.SignInFailed, id, SignInRequest?.Client.Id, $"{rejection}");
        return rejection is SignInRejection.Deactivated
            ? Refuse(T.Deactivated, StatusCodes.Status403Forbidden)
            : Refuse(text);
    }

    /// <returns>The answer to a form that does not count, or null.</returns>
    private async Task<IActionResult?> RefuseFormAsync(CancellationToken ct)
    {
        try
        {
            return await antiforgery.IsRequestValidAsync(HttpContext) ? null : await ShowAgainAsync(ct);
        }
        catch (AntiforgeryValidationException)
        {
            return BadRequest(); // the form cannot be read at all
        }
    }

    /// <summary>The provider of the organisation that the e-mail address belongs to.</summary>
    /// <returns>Null when there is no such value.</returns>
    private async Task<IActionResult?> GoToProviderAsync(bool onlyIfRequired, CancellationToken ct)
    {
        var provider = await providers.FindAsync(Input.Email, ct);
        if (provider is null || (onlyIfRequired && !provider.Required)) return null;

        return await singleSignOn.ChallengeAsync(provider, Input.Email!, ReturnUrl, HttpContext)
            ? new EmptyResult()
            : Refuse(T.SingleSignOn.ProviderUnavailable, StatusCodes.Status503ServiceUnavailable);
    }

    /// <summary>
    /// The form belongs to another state of this browser: its tab was restored, or a person signed in or out in
    /// another tab since then. A session that answers the request is used; else the form comes again, with the address
    /// that was typed.
    /// </summary>
    private async Task<IActionResult> ShowAgainAsync(CancellationToken ct)
    {
        if (User.IsSignedIn && await accounts.FindByIdAsync(User.Subject) is { } account
            && (await Steps.AdmitAsync(account, SignInRequest, SignInRequest?.Tenant, ct)).Step == SignInStep.SignedIn)
        {
            return Return();
        }

        return Refuse(T.FormExpired);
    }

    /// <summary>Explains to people with a session why it does not open the application; empty when it would.</summary>
    private async Task<IActionResult> ExplainAsync(CancellationToken ct)
    {
        if (await accounts.FindByIdAsync(User.Subject) is not { } account) return Page();

        var result = await Steps.AdmitAsync(account, SignInRequest, SignInRequest?.Tenant, ct);
        if (result.Step == SignInStep.Unavailable) return Refuse(T.Unavailable, StatusCodes.Status503ServiceUnavailable);

        SignedInAs = account.Name;
        return result.Rejection is { } refusal ? Refuse(T.Of(refusal), StatusCodes.Status403Forbidden) : Page();
    }

    private bool IsFilledIn()
    {
        if (string.IsNullOrWhiteSpace(Input.Email)) Problems.Add(("email", T.EmailMissing));
        if (string.IsNullOrEmpty(Input.Password)) Problems.Add(("password", T.PasswordMissing));

        // Text that cannot belong to an account is refused in the same words as text that does not. Hashing it would be
        // free work for anybody.
        if (Problems is [] && (Input.Email!.Length > Accounts.Account.EmailMaxLength || Input.Password!.Length > PasswordRules.MaxInput))
        {
            Problems.Add((null, T.WrongCredentials));
        }

        return Problems is [];
    }

    private async Task<IActionResult> CancelAsync() =>
        SignInRequest is null ? RedirectToPage("/Index") : LocalRedirect(await Engine.DenyAsync(SignInRequest));

    public sealed class Form
    {
        public string? Email { get; set; }
        public string? Password { get; set; }
    }
}
