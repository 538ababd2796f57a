using System.Buffers;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;

namespace Platform.Ui.SignIn;

/// <summary>What people do about their session: sign in, sign out, go to another tenant.</summary>
internal static partial class SignInEndpoints
{
    private const int SlugMaxLength = 63;

    private static readonly SearchValues<char> Unsafe =
        SearchValues.Create([.. Enumerable.Range(0, 32).Select(c => (char)c), '\\', '\u007f']);

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet(SignInPaths.SignIn, SignInAsync).AllowAnonymous().ExcludeFromDescription();
        app.MapPost(SignInPaths.SignOut, SignOutAsync).AllowAnonymous().ExcludeFromDescription();
        app.MapPost(SignInPaths.SwitchTenant, SwitchTenantAsync).ExcludeFromDescription();

        MapPlainPage(app, SignInPaths.Error, "Sign-in failed", "Please try again.");
        MapPlainPage(app, SignInPaths.SignedOut, "Signed out", "You have signed out.");
    }

    public static string ErrorUrl(string code) => QueryHelpers.AddQueryString(SignInPaths.Error, "code", code);

    /// <summary>The address if it stays on this site; the home page otherwise.</summary>
    public static string LocalOrHome(string? url) =>
        url is ['/', ..] and not ['/', '/', ..] && url.AsSpan().IndexOfAny(Unsafe) < 0 ? url : "/";

    private static Task SignInAsync(HttpContext http, string? returnUrl, string? tenant)
    {
        var properties = new AuthenticationProperties { RedirectUri = LocalOrHome(returnUrl) };
        if (IsSlug(tenant)) properties.SetParameter(ProviderChecks.TenantParameter, tenant);

        return http.ChallengeAsync(SignInSchemes.Session, properties);
    }

    /// <summary>
    /// Also answers people whose session has ended: they see that they are signed out.
    /// </summary>
    private static async Task SignOutAsync(HttpContext http, IAntiforgery antiforgery)
    {
        var session = await http.AuthenticateAsync(SignInSchemes.Session);
        if (!session.Succeeded)
        {
            SeeOther(http, SignInPaths.SignedOut);
            return;
        }

        if (!await antiforgery.IsRequestValidAsync(http))
        {
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        await http.SignOutAsync(SignInSchemes.Session);
        try
        {
            await http.SignOutAsync(
                SignInSchemes.Provider, new AuthenticationProperties { RedirectUri = SignInPaths.SignedOut });

            if (http.Response.StatusCode is StatusCodes.Status302Found)
            {
                http.Response.StatusCode = StatusCodes.Status303SeeOther;
            }
        }
        catch (Exception e) when (e is InvalidOperationException or HttpRequestException or OperationCanceledException)
        {
            SeeOther(http, SignInPaths.SignedOut); // the provider is unavailable; the session here has ended
        }
    }

    private static async Task SwitchTenantAsync(HttpContext http, IAntiforgery antiforgery, SessionTokens tokens)
    {
        if (!await antiforgery.IsRequestValidAsync(http))
        {
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        var session = await http.AuthenticateAsync(SignInSchemes.Session);

        var (tenant, returnUrl) = Resends(http.Request)
            ? (http.Request.Query["tenant"], http.Request.Query["returnUrl"])
            : (form["tenant"], form["returnUrl"]);

        if (tenant is not [{ } slug] || !IsSlug(slug)
            || session.Ticket is not { } ticket || SessionStore.IdOf(ticket.Properties) is not { } id)
        {
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        var change = await tokens.SwitchTenantAsync(id, ticket, slug);
        var target = change.Error is null ? LocalOrHome(returnUrl) : ErrorUrl(change.Error);

        if (http.Request.Headers["HX-Request"] == "true") http.Response.Headers["HX-Redirect"] = target;
        else if (change.Error is null && Resends(http.Request)) SendAgain(http, target);
        else SeeOther(http, target);
    }

    /// <summary>
    /// The body is a form of the other tenant that was sent from this one: the query says where it goes after the switch.
    /// </summary>
    private static bool Resends(HttpRequest request) => request.Query.ContainsKey("resend");

    /// <summary>307 makes the browser send the same body there.</summary>
    private static void SendAgain(HttpContext http, string url)
    {
        http.Response.StatusCode = StatusCodes.Status307TemporaryRedirect;
        http.Response.Headers.Location = url;
    }

    /// <summary>303 makes the browser go there by GET, whatever it came with.</summary>
    private static void SeeOther(HttpContext http, string url)
    {
        http.Response.StatusCode = StatusCodes.Status303SeeOther;
        http.Response.Headers.Location = url;
    }

    private static bool IsSlug(string? text) => text is { Length: > 0 and <= SlugMaxLength } && Slug().IsMatch(text);

    /// <summary>Used unless the app has a page at this URL, which takes precedence.</summary>
    private static void MapPlainPage(IEndpointRouteBuilder app, string path, string title, string text) =>
        app.MapGet(path, () => Results.Content(
                $"""<!doctype html><html lang="en"><title>{title}</title><h1>{title}</h1><p>{text} <a href="/">Home</a>""",
                "text/html; charset=utf-8"))
            .AllowAnonymous()
            .WithOrder(int.MaxValue)
            .ExcludeFromDescription();

    [GeneratedRegex("^[a-z0-9]+(-[a-z0-9]+)*$")]
    private static partial Regex Slug();
}
