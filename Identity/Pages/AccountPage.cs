using System.Globalization;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Platform.Identity.People;

namespace Platform.Identity.Pages;

/// <summary>A page of one's own account. Visitors without a session are sent to sign in, and come back.</summary>
internal abstract class AccountPage(UserManager<Accounts.Account> accounts) : FormPage
{
    public Accounts.Account Account { get; private set; } = null!;

    /// <summary>Something was saved by the request before this one.</summary>
    [BindProperty(SupportsGet = true)]
    public bool Saved { get; set; }

    protected UserManager<Accounts.Account> Accounts => accounts;

    /// <summary>The claim <c>sid</c> of this session.</summary>
    protected string SessionId => User.FindFirst("sid")?.Value ?? "";

    /// <summary>In UTC: the pages do not know the reader's zone, and say so.</summary>
    public string Time(DateTimeOffset time) =>
        time.ToUniversalTime().ToString("g", CultureInfo.GetCultureInfo(T.Language)) + " UTC";

    public override async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        var account = User.IsSignedIn ? await accounts.FindByIdAsync(User.Subject) : null;
        if (account is null)
        {
            var isHere = HttpMethods.IsGet(Request.Method) && Request.Path != "/";
            context.Result = RedirectToPage("/Account/Login", new { ReturnUrl = isHere ? $"{Request.Path}{Request.QueryString}" : null });
            return;
        }

        (Account, UiLocales) = (account, account.Locale);
        await next();
    }

    protected IActionResult Done() => RedirectToPage(new { Saved = true });
}
