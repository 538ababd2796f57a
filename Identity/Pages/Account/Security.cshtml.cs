using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Platform.Identity.Engine;
using Platform.Identity.Factors;
using Platform.Identity.Passwords;
using Platform.Identity.SignIn;

namespace Platform.Identity.Pages.Account;

/// <summary>Second factors, passkeys and recovery codes of one's account.</summary>
internal sealed class SecurityModel(
    UserManager<Accounts.Account> accounts, FactorProofs proofs, IEngine engine, SecondFactors factors,
    FactorChecks checks, Passkeys passkeys, Credentials credentials) : FactorPage(accounts, proofs, engine)
{
    public FactorSummary Summary { get; private set; } = new(null, 0, []);

    [BindProperty]
    public string? Name { get; set; }

    public Task<IActionResult> OnGetAsync(CancellationToken ct) => ShowAsync(ct);

    public async Task<IActionResult> OnPostProveAsync(string? password, CancellationToken ct)
    {
        var isRight = password is { Length: > 0 and <= PasswordRules.MaxInput }
            && (await credentials.CheckAsync(Account.Email!, password, ct)).Rejection is null;
        if (isRight) return Proved();

        Refuse(T.Account.CurrentPasswordWrong, field: "password");
        return await ShowAsync(ct);
    }

    public async Task<IActionResult> OnPostProveByPasskeyAsync(string? credential, CancellationToken ct)
    {
        var (owner, rejection) = await checks.CheckPasskeyAsync(credential, ct);
        if (rejection is null && owner?.Id == Account.Id) return Proved();

        Refuse(T.Factors.PasskeyRefused);
        return await ShowAsync(ct);
    }

    public Task<IActionResult> OnPostRemoveTotpAsync(CancellationToken ct) =>
        ChangeAsync(() => factors.RemoveTotpAsync(Account, Changer, ct), ct);

    public Task<IActionResult> OnPostNewCodesAsync(CancellationToken ct) =>
        ChangeAsync(() => factors.RenewRecoveryCodesAsync(Account, Changer, ct), ct);

    public Task<IActionResult> OnPostRemovePasskeyAsync(string? id, CancellationToken ct) =>
        ChangeAsync(() => factors.RemovePasskeyAsync(Account, id ?? "", Changer, ct), ct);

    public async Task<IActionResult> OnPostAddPasskeyAsync(string? credential, CancellationToken ct)
    {
        if (!IsProved) return ToSecurity();

        var name = SecondFactors.NameFrom(Name);
        if (name is null) Refuse(T.Factors.PasskeyNameMissing, field: "name");
        else if (await passkeys.ReadNewAsync(Account, credential) is not { } passkey) Refuse(T.Factors.PasskeyNotAdded);
        else return await ChangeAsync(() => factors.AddPasskeyAsync(Account, passkey, name, Changer, ct), ct);

        return await ShowAsync(ct);
    }

    public async Task<IActionResult> OnPostRenamePasskeyAsync(string? id, CancellationToken ct)
    {
        if (!IsProved) return ToSecurity();

        if (SecondFactors.NameFrom(Name) is not { } name) Refuse(T.Factors.PasskeyNameMissing);
        else if (!await factors.RenamePasskeyAsync(Account, id ?? "", name, ct)) Refuse(T.Factors.Stale);
        else return Done();

        return await ShowAsync(ct);
    }

    private RedirectToPageResult Proved()
    {
        Proofs.Set(Account, SessionId);
        return ToSecurity();
    }

    private async Task<IActionResult> ChangeAsync(Func<Task<FactorChange>> change, CancellationToken ct)
    {
        if (!IsProved) return ToSecurity();

        var isDone = await IsDoneAsync(await change());
        if (isDone) Name = null;
        return isDone && RecoveryCodes is [] ? Done() : await ShowAsync(ct);
    }

    private async Task<IActionResult> ShowAsync(CancellationToken ct)
    {
        Summary = await factors.DescribeAsync(Account.Id, ct);
        Name ??= UserAgents.Describe(Request.Headers.UserAgent);
        return Page();
    }
}
