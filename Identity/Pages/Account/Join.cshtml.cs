using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Platform.Contracts.People;
using Platform.Identity.Accounts;
using Platform.Identity.Clients;
using Platform.Identity.Mails;
using Platform.Identity.Passwords;
using Platform.Identity.People;

namespace Platform.Identity.Pages.Account;

/// <summary>
/// Where the link of an invitation leads: the person accepts it, and sets the password of a new account afterwards.
/// Opening it changes nothing: mail scanners also open links.
/// </summary>
internal sealed class JoinModel(
    AccountLinks links, Invitations invitations, PasswordRules rules, PasswordChanges changes, ClientOptions clients)
    : FormPage
{
    [BindProperty(SupportsGet = true)]
    public string? Token { get; set; }

    [BindProperty]
    public Form Input { get; set; } = new();

    /// <summary>Null if the link does not work.</summary>
    public InvitationMailRequest? Invitation { get; private set; }

    /// <summary>Whether the account waits for its first password.</summary>
    public bool NeedsPassword { get; private set; }

    public bool IsDone { get; private set; }

    public string ContinueAt => clients.Hub!.Url;

    public async Task<IActionResult> OnGetAsync(CancellationToken ct) => await FindAsync(ct) is null ? Invalid() : Page();

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (await FindAsync(ct) is not { } account) return Invalid();
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
            if (!await invitations.AcceptAsync(Invitation!.Id, account, ct)) return Invalid();

            // A second request of the same form finds the password set, and the person a member.
            if (NeedsPassword) await changes.SetAsync(account, Input.Password!, AuditKinds.PasswordSet, keep: null, ct);
            IsDone = true;
            return Page();
        }
        catch (PeopleUnavailableException)
        {
            return Refuse(T.Unavailable, StatusCodes.Status503ServiceUnavailable);
        }
    }

    private PageResult Invalid()
    {
        Invitation = null;
        return Refuse(T.Account.JoinInvalid, StatusCodes.Status400BadRequest);
    }

    private async Task<Accounts.Account?> FindAsync(CancellationToken ct)
    {
        if (await links.FindAsync(LinkPurpose.Invitation, Token, ct) is not (var account, { } detail)) return null;

        Invitation = JsonSerializer.Deserialize<InvitationMailRequest>(detail);
        (NeedsPassword, UiLocales) = (account.PasswordHash is null, account.Locale);
        return account;
    }

    public sealed class Form
    {
        public string? Password { get; set; }
        public string? Repeat { get; set; }
    }
}
