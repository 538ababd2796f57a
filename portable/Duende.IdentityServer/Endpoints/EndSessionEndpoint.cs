using Duende.IdentityServer.Configuration;
using Duende.IdentityServer.Models;
using Duende.IdentityServer.Protocol;
using Duende.IdentityServer.Stores;
using Duende.IdentityServer.Tokens;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;

namespace Duende.IdentityServer.Endpoints;

/// <summary>
/// What a client's wish to sign its user out comes to; the page that asks or signs out gets it sealed.
/// </summary>
internal sealed record LogoutWish(
    string? ClientId, string? ClientName, string? PostLogoutRedirectUri, string? SubjectId, string? SessionId,
    string? UiLocales)
{
    public const string Purpose = "Logout";
}

/// <summary>
/// OpenID Connect RP-Initiated Logout. Whatever is wrong with the request, the user can still sign out; only where they
/// go then depends on a valid ID token of the client.
/// </summary>
internal sealed class EndSessionEndpoint(
    TokenReader tokens, ResourceCatalogue catalogue, Sealer sealer,
    IOptions<IdentityServerOptions> options) : IProviderEndpoint
{
    public async Task HandleAsync(HttpContext http)
    {
        http.NoStore();
        if (http.Request.Path == ProviderPaths.EndSessionCallback) return; // no front-channel logout: nothing to frame

        if (!HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsPost(http.Request.Method))
        {
            await http.RefuseMethodAsync("GET, POST");
            return;
        }

        var parameters = new Parameters(http.Request.Query);
        if (HttpMethods.IsPost(http.Request.Method))
        {
            (var form, http.Response.StatusCode) = await Forms.ReadAsync(http.Request);
            if (form is null) return;
            parameters = form;
        }

        var wish = await ReadAsync(parameters, http.RequestAborted);
        var pages = options.Value.UserInteraction;
        var page = http.Request.PathBase + pages.LogoutUrl!;
        http.RedirectTo(wish is null
            ? page
            : QueryHelpers.AddQueryString(page, pages.LogoutIdParameter, sealer.Seal(LogoutWish.Purpose, wish)));
    }

    private async Task<LogoutWish?> ReadAsync(Parameters parameters, CancellationToken ct)
    {
        if (parameters.Fault() is not null || parameters["id_token_hint"] is not { } hint) return null;
        if (await tokens.ReadIdTokenHintAsync(hint, ct) is not { } meant) return null;
        if (catalogue.FindClient(meant.FindFirst("aud")?.Value) is not { } client) return null;
        if (parameters["client_id"] is { } named && named != client.ClientId) return null;

        return new(
            client.ClientId,
            client.ClientName,
            ReturnAddress(parameters, client),
            meant.FindFirst("sub")?.Value,
            meant.FindFirst("sid")?.Value,
            parameters["ui_locales"]);
    }

    private static string? ReturnAddress(Parameters parameters, Client client)
    {
        if (parameters["post_logout_redirect_uri"] is not { } uri) return null;
        if (!client.PostLogoutRedirectUris.Contains(uri, StringComparer.Ordinal)) return null;

        return parameters["state"] is { } state ? QueryHelpers.AddQueryString(uri, "state", state) : uri;
    }
}
