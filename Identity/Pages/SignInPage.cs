using Microsoft.AspNetCore.Mvc;
using Platform.Identity.Engine;
using Platform.Identity.People;
using Platform.Identity.SignIn;

namespace Platform.Identity.Pages;

/// <summary>A page between an application's request and the session that answers it.</summary>
internal abstract class SignInPage(IEngine engine, SignInSteps steps) : FormPage
{
    /// <summary>The request of the application, or a page of one's account; anything else is ignored.</summary>
    [BindProperty(SupportsGet = true)]
    public string? ReturnUrl { get; set; }

    /// <summary>Null when no application waits for this sign-in.</summary>
    protected SignInRequest? SignInRequest { get; private set; }

    public string? Application => SignInRequest?.Client.Name;

    protected SignInSteps Steps => steps;

    protected IEngine Engine => engine;

    protected async Task ReadRequestAsync()
    {
        SignInRequest = await engine.FindSignInAsync(ReturnUrl);
        UiLocales = SignInRequest?.UiLocales;
        var brands = HttpContext.RequestServices.GetRequiredService<SignInBrands>();
        Brand = await brands.FindAsync(SignInRequest?.Tenant, HttpContext.RequestAborted);
    }

    /// <summary>Continues the sign-in of a person who has proved who they are.</summary>
    protected async Task<IActionResult> ContinueAsync(
        Accounts.Account account, SignInProof proof, string? tenant, CancellationToken ct)
    {
        var result = await steps.ContinueAsync(account, proof, SignInRequest, tenant, ct);
        return result.Step switch
        {
            SignInStep.SignedIn => Return(),
            SignInStep.Refused => Refuse(T.Of(result.Rejection!.Value), StatusCodes.Status403Forbidden),
            SignInStep.Unavailable => Refuse(T.Unavailable, StatusCodes.Status503ServiceUnavailable),
            _ => RedirectToPage($"/Account/{result.Step}", new { ReturnUrl }),
        };
    }

    /// <summary>Back to the request that waits, or to a page of one's account.</summary>
    protected IActionResult Return() => (SignInRequest, ReturnUrl) switch
    {
        ({ } request, _) => LocalRedirect(request.ReturnUrl),
        (null, { } page) when IsAccountPage(page) => LocalRedirect(page),
        // The request has expired: sent again, it starts from the beginning.
        (null, { } url) when IsAuthorizeRequest(url) => LocalRedirect(url),
        _ => RedirectToPage("/Index"),
    };

    private bool IsAccountPage(string url) => Url.IsLocalUrl(url) && url.StartsWith("/Account/", StringComparison.Ordinal);

    private bool IsAuthorizeRequest(string url) =>
        Url.IsLocalUrl(url) && url.StartsWith("/connect/authorize?", StringComparison.Ordinal);
}
