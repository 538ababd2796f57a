using Microsoft.AspNetCore.Mvc;
using Platform.Identity.Clients;
using Platform.Identity.Mails;
using Platform.Identity.Passwords;

namespace Platform.Identity.Pages;

/// <summary>A page that a link in a mail opens to set a password.</summary>
internal abstract class NewPasswordPage(AccountLinks links, PasswordChanges changes, ClientOptions clients) : FormPage
{
    [BindProperty(SupportsGet = true)]
    public string? Token { get; set; }

    [BindProperty]
    public Form Input { get; set; } = new();

    /// <summary>Of the account that the link is for; null if it does not work.</summary>
    public string? Email { get; private set; }

    public bool IsDone { get; private set; }

    public string ContinueAt => clients.Hub!.Url;

    public abstract string Title { get; }

    public abstract string DoneText { get; }

    protected abstract LinkPurpose Purpose { get; }

    /// <summary>One of <see cref="Accounts.AuditKinds"/>.</summary>
    protected abstract string AuditKind { get; }

    protected abstract string InvalidText { get; }

    public abstract string Intro(string email);

    public async Task<IActionResult> OnGetAsync(CancellationToken ct) =>
        await FindAsync(ct) is null ? Refuse(InvalidText, StatusCodes.Status400BadRequest) : Page();

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (await FindAsync(ct) is not { } account) return Refuse(InvalidText, StatusCodes.Status400BadRequest);
        if (!IsNewPassword(Input.Password, Input.Repeat)) return Page();

        switch (await changes.SetAsync(account, Input.Password!, AuditKind, keep: null, ct))
        {
            case null:
                IsDone = true;
                return Page();
            case PasswordChanges.Stale:
                Email = null; // another request was faster
                return Refuse(InvalidText, StatusCodes.Status400BadRequest);
            case var error:
                return Refuse(T.Account.PasswordError(error), field: "password");
        }
    }

    private async Task<Accounts.Account?> FindAsync(CancellationToken ct)
    {
        var account = (await links.FindAsync(Purpose, Token, ct))?.Account;
        (Email, UiLocales) = (account?.Email, account?.Locale);
        return account;
    }

    public sealed class Form
    {
        public string? Password { get; set; }
        public string? Repeat { get; set; }
    }
}
