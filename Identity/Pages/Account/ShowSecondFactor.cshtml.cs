using System.Globalization;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Platform.Identity.Accounts;
using Platform.Identity.Engine;
using Platform.Identity.Factors;
using Platform.Identity.Passwords;
using Platform.Identity.SignIn;

namespace Platform.Identity.Pages.Account;

/// <summary>Asks a person who has entered a password for a code or a passkey.</summary>
internal sealed class ShowSecondFactorModel(
    IEngine engine, SignInSteps steps, PendingSignIns pending, UserManager<Accounts.Account> accounts,
    SecondFactors factors, FactorChecks checks, LoginAudit audit) : PendingSignInPage(engine, steps, pending, accounts)
{
    [BindProperty]
    public string? Code { get; set; }

    public bool HasApp { get; private set; }

    public bool HasPasskeys { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        await ReadRequestAsync();
        if (await FindAsync() is not var (account, _)) return AgainFromStart();

        await DescribeAsync(account, ct);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await ReadRequestAsync();
        if (await FindAsync() is not var (account, proof)) return AgainFromStart();

        await DescribeAsync(account, ct);
        if (string.IsNullOrWhiteSpace(Code)) return Refuse(T.Factors.CodeMissing, field: "code");

        return await checks.CheckCodeAsync(account, Code, ct) is { } rejection
            ? await RefuseAsync(account, rejection, T.Factors.CodeWrong, "code")
            : await ContinueAsync(account, proof.And("otp", SignInProof.MultipleFactors), null, ct);
    }

    public async Task<IActionResult> OnPostPasskeyAsync(string? credential, CancellationToken ct)
    {
        await ReadRequestAsync();
        if (await FindAsync() is not var (account, proof)) return AgainFromStart();

        await DescribeAsync(account, ct);
        var (owner, rejection) = await checks.CheckPasskeyAsync(credential, ct);
        if (rejection is null && owner?.Id != account.Id) rejection = SignInRejection.WrongPasskey;
        return rejection is { } wrong
            ? await RefuseAsync(
                account, wrong, wrong is SignInRejection.Locked ? T.Factors.CodeWrong : T.Factors.PasskeyRefused)
            : await ContinueAsync(account, proof.And("hwk", SignInProof.MultipleFactors), null, ct);
    }

    private async Task DescribeAsync(Accounts.Account account, CancellationToken ct)
    {
        var summary = await factors.DescribeAsync(account.Id, ct);
        (HasApp, HasPasskeys) = (summary.TotpSince is not null, summary.Passkeys.Count > 0);
    }

    private async Task<IActionResult> RefuseAsync(
        Accounts.Account account, SignInRejection rejection, string text, string? field = null)
    {
        var id = account.Id.ToString(CultureInfo.InvariantCulture);
        await audit.WriteAsync(AuditKinds.SignInFailed, id, SignInRequest?.Client.Id, $"{rejection}");
        return Refuse(text, field: field);
    }
}
