using System.Globalization;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Platform.Identity.Accounts;
using Platform.Identity.Clients;
using Platform.Identity.Invitations;

namespace Platform.Identity.Pages.Account;

/// <summary>Where the link of an invitation leads: a person sets their first password. It works once.</summary>
internal sealed class AcceptModel(
    UserManager<Accounts.Account> accounts, LoginAudit audit, ClientOptions clients, TimeProvider clock)
    : PageWithTexts
{
    /// <summary>As the sign-in page takes it.</summary>
    private const int PasswordMaxLength = 200;

    [BindProperty(SupportsGet = true)]
    public long Id { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Token { get; set; }

    [BindProperty]
    public Form Input { get; set; } = new();

    /// <summary>Id of the field, or null, and what is wrong with it.</summary>
    public List<(string? Field, string Text)> Problems { get; } = [];

    /// <summary>Of whom the link is for; null if it does not work.</summary>
    public string? Email { get; private set; }

    public bool IsDone { get; private set; }

    public string ContinueAt => clients.Hub!.Url;

    public string? IsWrong(string field) => Problems.Any(problem => problem.Field == field) ? "true" : null;

    public async Task<IActionResult> OnGetAsync() => await FindAsync() is null ? Refused() : Page();

    public async Task<IActionResult> OnPostAsync()
    {
        if (await FindAsync() is not { } account) return Refused();
        if (!IsFilledIn()) return Page();

        account.EmailConfirmed = true; // the link was in a mail
        account.UpdatedAt = clock.GetUtcNow();
        var result = await accounts.AddPasswordAsync(account, Input.Password!);
        if (result.Succeeded)
        {
            await audit.WriteAsync(AuditKinds.PasswordSet, account.Id.ToString(CultureInfo.InvariantCulture), null, null);
            IsDone = true;
            return Page();
        }

        if (result.Errors.All(error => error.Code != nameof(IdentityErrorDescriber.PasswordTooShort)))
        {
            Email = null; // another request was faster
            return Refused();
        }

        Problems.Add(("password", T.PasswordTooShort(accounts.Options.Password.RequiredLength)));
        return Page();
    }

    private async Task<Accounts.Account?> FindAsync()
    {
        var account = await InvitationTokens.FindAsync(accounts, Id, Token);
        (Email, UiLocales) = (account?.Email, account?.Locale);
        return account;
    }

    private bool IsFilledIn()
    {
        (string? Field, string Text)? problem = Input switch
        {
            { Password: null or "" } => ("password", T.PasswordMissing),
            { Password.Length: > PasswordMaxLength } => ("password", T.PasswordTooLong(PasswordMaxLength)),
            _ when Input.Password != Input.Repeat => ("repeat", T.PasswordsDiffer),
            _ => null,
        };
        if (problem is { } found) Problems.Add(found);
        return Problems is [];
    }

    private PageResult Refused()
    {
        Problems.Add((null, T.AcceptInvalid));
        Response.StatusCode = StatusCodes.Status400BadRequest;
        return Page();
    }

    public sealed class Form
    {
        public string? Password { get; set; }
        public string? Repeat { get; set; }
    }
}
