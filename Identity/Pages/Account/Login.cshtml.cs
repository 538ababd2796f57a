using System.Globalization;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Platform.Contracts.People;
using Platform.Identity.Accounts;
using Platform.Identity.Engine;
using Platform.Identity.People;

namespace Platform.Identity.Pages.Account;

/// <summary>
/// Where the provider sends whoever must prove who they are. It also explains itself to people who have done so but may
/// not enter the application they come from.
/// </summary>
internal sealed class LoginModel(
    IEngine engine,
    LoginAudit audit,
    Credentials credentials,
    UserManager<Accounts.Account> accounts,
    PersonDirectory people) : PageWithTexts
{
    /// <summary>Longer input is no password of ours, and hashing it would be free work for anybody.</summary>
    private const int PasswordMaxLength = 200;

    private SignInRequest? _request;

    [BindProperty(SupportsGet = true)]
    public string? ReturnUrl { get; set; }

    [BindProperty]
    public Form Input { get; set; } = new();

    /// <summary>Id of the field, or null, and what is wrong with it.</summary>
    public List<(string? Field, string Text)> Problems { get; } = [];

    /// <summary>Null when no application waits for this sign-in.</summary>
    public string? Application => _request?.Client.Name;

    public string? SignedInAs { get; private set; }

    public string? IsWrong(string field) => Problems.Any(problem => problem.Field == field) ? "true" : null;

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        await ReadRequestAsync();
        Input.Email = _request?.LoginHint;

        if (!User.IsSignedIn) return Page();
        if (_request is null) return RedirectToPage("/Index");

        return await ExplainAsync(ct);
    }

    public async Task<IActionResult> OnPostAsync(string? action, CancellationToken ct)
    {
        await ReadRequestAsync();

        if (action == "cancel") return await CancelAsync();
        if (!IsFilledIn()) return Page();

        var (account, fault) = await credentials.CheckAsync(Input.Email!, Input.Password!);
        if (fault is not null || account is null)
        {
            // By number, if at all: what was typed might be a password in the wrong field.
            await audit.WriteAsync(AuditKinds.SignInFailed, account is null ? null : IdOf(account), _request?.Client.Id, $"{fault}");
            return fault is SignInFault.Deactivated
                ? Refused(StatusCodes.Status403Forbidden, T.Deactivated)
                : Refused(null, T.WrongCredentials);
        }

        var admission = await AdmitAsync(account, ct);
        if (admission is null) return Refused(StatusCodes.Status503ServiceUnavailable, T.Unavailable);
        if (admission.Refusal is { } refusal)
        {
            await audit.WriteAsync(AuditKinds.SignInFailed, IdOf(account), _request?.Client.Id, $"{refusal}");
            return Refused(StatusCodes.Status403Forbidden, T.Of(refusal));
        }

        await SignInAsync(account, admission.Tenant);
        return Return();
    }

    private async Task SignInAsync(Accounts.Account account, PersonTenant? tenant)
    {
        await engine.SignInAsync(account, [new("amr", "pwd"), .. TenantChoice.SessionClaims(tenant, _request?.Tenant)]);
        await audit.WriteAsync(AuditKinds.SignedIn, IdOf(account), _request?.Client.Id, null);
    }

    /// <summary>Tells people with a session why it does not open the application; says nothing when it would.</summary>
    private async Task<IActionResult> ExplainAsync(CancellationToken ct)
    {
        if (await accounts.FindByIdAsync(User.Subject) is not { } account) return Page();

        var admission = await AdmitAsync(account, ct);
        if (admission is null) return Refused(StatusCodes.Status503ServiceUnavailable, T.Unavailable);

        SignedInAs = account.Name;
        return admission.Refusal is { } refusal ? Refused(StatusCodes.Status403Forbidden, T.Of(refusal)) : Page();
    }

    /// <returns>Null if the Api does not answer.</returns>
    private async Task<Admission?> AdmitAsync(Accounts.Account account, CancellationToken ct)
    {
        var (client, wanted) = (_request?.Client, _request?.Tenant);

        try
        {
            var person = Admission.DependsOnTenants(client, wanted) ? await people.GetAsync(account.Id, ct) : null;
            return Admission.Of(account, person, client, wanted);
        }
        catch (PeopleUnavailableException)
        {
            return null;
        }
    }

    private async Task ReadRequestAsync()
    {
        _request = await engine.FindSignInAsync(ReturnUrl);
        UiLocales = _request?.UiLocales;
    }

    private bool IsFilledIn()
    {
        if (string.IsNullOrWhiteSpace(Input.Email)) Problems.Add(("email", T.EmailMissing));
        if (string.IsNullOrEmpty(Input.Password)) Problems.Add(("password", T.PasswordMissing));

        // Text that cannot belong to an account is refused in the same words as text that does not.
        if (Problems is [] && (Input.Email!.Length > Accounts.Account.EmailMaxLength || Input.Password!.Length > PasswordMaxLength))
        {
            Problems.Add((null, T.WrongCredentials));
        }

        return Problems is [];
    }

    private PageResult Refused(int? status, string text)
    {
        Problems.Add((null, text));
        if (status is { } code) Response.StatusCode = code;
        return Page();
    }

    private async Task<IActionResult> CancelAsync()
    {
        if (_request is null) return RedirectToPage("/Index");

        return LocalRedirect(await engine.DenyAsync(_request));
    }

    /// <summary>Back to the request that waits: its address is ours, or the provider would not know it.</summary>
    private IActionResult Return() => _request is null ? RedirectToPage("/Index") : LocalRedirect(_request.ReturnUrl);

    private static string IdOf(Accounts.Account account) => account.Id.ToString(CultureInfo.InvariantCulture);

    public sealed class Form
    {
        public string? Email { get; set; }
        public string? Password { get; set; }
    }
}
