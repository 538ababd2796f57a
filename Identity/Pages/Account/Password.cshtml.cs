using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Platform.Identity.Accounts;
using Platform.Identity.Engine;
using Platform.Identity.Passwords;

namespace Platform.Identity.Pages.Account;

/// <summary>Changes the password, with the old one. This session goes on, all others end.</summary>
internal sealed class PasswordModel(
    UserManager<Accounts.Account> accounts, Credentials credentials, PasswordChanges changes, IEngine engine) : AccountPage(accounts)
{
    [BindProperty]
    public Form Input { get; set; } = new();

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (string.IsNullOrEmpty(Input.Current)) return Refuse(T.PasswordMissing, field: "current");
        if (!IsNewPassword(Input.Password, Input.Repeat)) return Page();
        if ((await credentials.CheckAsync(Account.Email!, Input.Current, ct)).Rejection is not null)
        {
            return Refuse(T.Account.CurrentPasswordWrong, field: "current");
        }

        if (await changes.SetAsync(Account, Input.Password!, AuditKinds.PasswordChanged, SessionId, ct) is { } error)
        {
            return Refuse(
                error == PasswordChanges.Stale ? T.FormExpired : T.Account.PasswordError(error), field: "password");
        }

        await engine.RenewAsync(Account, User);
        return Done();
    }

    public sealed class Form
    {
        public string? Current { get; set; }
        public string? Password { get; set; }
        public string? Repeat { get; set; }
    }
}
