using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Platform.Contracts.People;
using Platform.Identity.Accounts;
using Platform.Identity.Clients;
using Platform.Identity.Mails;
using Platform.Identity.Passwords;
using Platform.Identity.People;

namespace Platform.Identity.Pages.Account;

/// <summary>
/// Where the link of a sign-up leads: creates the organisation, and sets the password of a new account afterwards.
/// Until then the link works again, so that what broke off is continued.
/// </summary>
internal sealed class ConfirmSignUpModel(
    AccountLinks links, SignUps signUps, PasswordRules rules, PasswordChanges changes, ClientOptions clients) : FormPage
{
    [BindProperty(SupportsGet = true)]
    public string? Token { get; set; }

    [BindProperty]
    public Form Input { get; set; } = new();

    /// <summary>Null if the link does not work.</summary>
    public SignUpMailRequest? SignUp { get; private set; }

    /// <summary>Whether the account waits for its first password.</summary>
    public bool NeedsPassword { get; private set; }

    /// <summary>The organisation that has been created.</summary>
    public string? Organisation { get; private set; }

    public string ContinueAt => clients.Hub!.Url;

    public async Task<IActionResult> OnGetAsync(CancellationToken ct) =>
        await FindAsync(ct) is null ? Refuse(T.Account.SignUpInvalid, StatusCodes.Status400BadRequest) : Page();

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (await FindAsync(ct) is not { } account) return Refuse(T.Account.SignUpInvalid, StatusCodes.Status400BadRequest);
        if (NeedsPassword)
        {
            if (!IsNewPassword(Input.Password, Input.Repeat)) return Page();
            if (await rules.FindErrorAsync(Input.Password!, account) is { } error)
            {
                return Refuse(T.Account.PasswordError(error), field: "password");
            }
        }

        try
        {
            if (await signUps.ConfirmAsync(SignUp!.Id, account.Id, ct) is not { } created)
            {
                SignUp = null;
                return Refuse(T.Account.SignUpInvalid, StatusCodes.Status400BadRequest);
            }

            // A second request of the same form finds the password set, and the organisation created.
            if (NeedsPassword) await changes.SetAsync(account, Input.Password!, AuditKinds.PasswordSet, keep: null, ct);
            Organisation = created.Name;
            return Page();
        }
        catch (PeopleUnavailableException)
        {
            return Refuse(T.Unavailable, StatusCodes.Status503ServiceUnavailable);
        }
    }

    private async Task<Accounts.Account?> FindAsync(CancellationToken ct)
    {
        if (await links.FindAsync(LinkPurpose.SignUp, Token, ct) is not (var account, { } detail)) return null;

        SignUp = JsonSerializer.Deserialize<SignUpMailRequest>(detail);
        (NeedsPassword, UiLocales) = (account.PasswordHash is null, account.Locale);
        return account;
    }

    public sealed class Form
    {
        public string? Password { get; set; }
        public string? Repeat { get; set; }
    }
}
