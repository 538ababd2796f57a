using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Platform.Contracts.People;
using Platform.Identity.Accounts;
using Platform.Identity.Passwords;

namespace Platform.Identity.Pages.Account;

/// <summary>Asks for another e-mail address. The person proves once more who they are.</summary>
internal sealed class EmailModel(UserManager<Accounts.Account> accounts, Credentials credentials, EmailChanges changes)
    : AccountPage(accounts)
{
    [BindProperty]
    public string? NewEmail { get; set; }

    [BindProperty]
    public string? Password { get; set; }

    public bool IsSent { get; private set; }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var email = EmailAddresses.Canonical(NewEmail ?? "");
        if (!EmailAddresses.IsValid(email)) return Refuse(T.Account.EmailInvalid, field: "email");
        if (string.Equals(email, Account.Email, StringComparison.Ordinal)) return Refuse(T.Account.EmailSame, field: "email");
        if ((await credentials.CheckAsync(Account.Email!, Password ?? "", ct)).Rejection is not null)
        {
            return Refuse(T.Account.CurrentPasswordWrong, field: "current");
        }

        await changes.RequestAsync(Account, email, ct);
        IsSent = true;
        return Page();
    }
}
