using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Platform.Identity.Engine;
using Platform.Identity.Factors;
using Platform.Identity.SignIn;

namespace Platform.Identity.Pages.Account;

/// <summary>
/// A person who has entered a password and needs a second factor sets it up and continues the sign-in.
/// An account that has one gets no second one here: a password alone adds none.
/// </summary>
internal sealed class SetUpSecondFactorModel(
    IEngine engine, SignInSteps steps, PendingSignIns pending, UserManager<Accounts.Account> accounts,
    SecondFactors factors, TotpOffers offers, Passkeys passkeys) : PendingSignInPage(engine, steps, pending, accounts)
{
    [BindProperty]
    public string? Ticket { get; set; }

    [BindProperty]
    public string? Code { get; set; }

    [BindProperty]
    public string? Name { get; set; }

    public TotpOffer? Offer { get; private set; }

    public IReadOnlyList<string> RecoveryCodes { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync()
    {
        var (account, _, elsewhere) = await StartAsync();
        if (account is null) return elsewhere;

        Name = UserAgents.Describe(Request.Headers.UserAgent);
        return Show(account);
    }

    public async Task<IActionResult> OnPostTotpAsync(CancellationToken ct)
    {
        var (account, proof, elsewhere) = await StartAsync();
        if (account is null) return elsewhere;
        if (offers.Confirm(account, Ticket, Code) is not var (secret, step))
        {
            return Show(account, T.Factors.CodeNotOfApp, "code");
        }

        var change = await factors.AddTotpAsync(account, secret, step, FactorChanger.SigningIn, ct);
        return Done(account, change, proof.And("otp"));
    }

    public async Task<IActionResult> OnPostPasskeyAsync(string? credential, CancellationToken ct)
    {
        var (account, proof, elsewhere) = await StartAsync();
        if (account is null) return elsewhere;
        if (SecondFactors.NameFrom(Name) is not { } name) return Show(account, T.Factors.PasskeyNameMissing, "name");
        if (await passkeys.ReadNewAsync(account, credential) is not { } passkey)
        {
            return Show(account, T.Factors.PasskeyNotAdded);
        }

        var change = await factors.AddPasskeyAsync(account, passkey, name, FactorChanger.SigningIn, ct);
        return Done(account, change, proof.And("hwk"));
    }

    public async Task<IActionResult> OnPostContinueAsync(CancellationToken ct)
    {
        await ReadRequestAsync();
        return await FindAsync() is var (account, proof)
            ? await ContinueAsync(account, proof, null, ct)
            : AgainFromStart();
    }

    private async Task<(Accounts.Account? Account, SignInProof Proof, IActionResult Elsewhere)> StartAsync()
    {
        await ReadRequestAsync();
        return await FindAsync() is var (account, proof) && !account.TwoFactorEnabled
            ? (account, proof, AgainFromStart())
            : (null, SignInProof.By(), AgainFromStart());
    }

    private IActionResult Done(Accounts.Account account, FactorChange change, SignInProof proof)
    {
        if (change.Rejection is not null) return AgainFromStart();

        Pending.Set(account, proof.And(SignInProof.MultipleFactors));
        RecoveryCodes = change.RecoveryCodes;
        return Page();
    }

    private PageResult Show(Accounts.Account account, string? problem = null, string? field = null)
    {
        Offer = offers.Make(account, Ticket);
        return problem is null ? Page() : Refuse(problem, field: field);
    }
}
