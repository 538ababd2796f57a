using Microsoft.AspNetCore.Mvc;
using Platform.Identity.Accounts;
using Platform.Identity.Mails;

namespace Platform.Identity.Pages.Account;

/// <summary>
/// Where the links of a change of address lead. Opening it changes nothing: mail scanners also open links.
/// </summary>
internal sealed class ConfirmEmailModel(AccountLinks links, EmailChanges changes) : FormPage
{
    [BindProperty(SupportsGet = true)]
    public string? Token { get; set; }

    /// <summary>Null if the link does not work.</summary>
    public EmailChange? Change { get; private set; }

    public string? Result { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken ct) =>
        await FindAsync(ct) is null ? Refuse(T.Account.LinkInvalid, StatusCodes.Status400BadRequest) : Page();

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (await FindAsync(ct) is not (var account, var isOld)) return Refuse(T.Account.LinkInvalid, StatusCodes.Status400BadRequest);

        switch (await changes.ConfirmAsync(account, Change!.Id, isOld, ct))
        {
            case EmailConfirmation.Changed:
                Result = T.Account.ConfirmedBoth;
                break;
            case EmailConfirmation.Waits:
                Result = T.Account.ConfirmedOne;
                break;
            case EmailConfirmation.Taken:
                Change = null;
                return Refuse(T.Account.EmailTaken, StatusCodes.Status409Conflict);
            default:
                Change = null;
                return Refuse(T.Account.LinkInvalid, StatusCodes.Status400BadRequest);
        }

        return Page();
    }

    private async Task<(Accounts.Account Account, bool IsOld)?> FindAsync(CancellationToken ct)
    {
        foreach (var purpose in new[] { LinkPurpose.OldEmail, LinkPurpose.NewEmail })
        {
            if (await links.FindAsync(purpose, Token, ct) is not (var account, var id)) continue;

            UiLocales = account.Locale;
            Change = await changes.FindAsync(account, id, ct);
            return Change is null ? null : (account, purpose == LinkPurpose.OldEmail);
        }

        return null;
    }
}
