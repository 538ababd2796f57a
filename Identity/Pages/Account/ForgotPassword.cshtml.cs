using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Platform.Contracts.People;
using Platform.Identity.Accounts;
using Platform.Identity.Mails;

namespace Platform.Identity.Pages.Account;

/// <summary>
/// Queues a mail with a link to set a password. The answer and its time are the same whether or not the address has an
/// account: the mail sender looks that up later.
/// </summary>
internal sealed class ForgotPasswordModel(IdentityDb db, ILookupNormalizer names, TimeProvider clock) : FormPage
{
    [BindProperty(SupportsGet = true)]
    public string? ReturnUrl { get; set; }

    [BindProperty]
    public string? Email { get; set; }

    public bool IsSent { get; private set; }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var email = EmailAddresses.Canonical(Email ?? "");
        if (string.IsNullOrEmpty(email)) return Refuse(T.EmailMissing, field: "email");
        if (!EmailAddresses.IsValid(email)) return Refuse(T.Account.EmailInvalid, field: "email");

        await AccountMails.QueueOnceAsync(
            db, MailKind.PasswordReset, null, names.NormalizeEmail(email), null, clock.GetUtcNow(), ct);
        IsSent = true;
        return Page();
    }
}
