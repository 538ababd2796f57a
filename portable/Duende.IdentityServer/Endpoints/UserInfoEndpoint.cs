using System.Net.Http.Headers;
using Duende.IdentityServer.Models;
using Duende.IdentityServer.Protocol;
using Duende.IdentityServer.Services;
using Duende.IdentityServer.Tokens;
using Duende.IdentityServer.Validation;
using Microsoft.AspNetCore.Http;
using static Duende.IdentityServer.IdentityServerConstants;

namespace Duende.IdentityServer.Endpoints;

/// <summary>Claims about the user of an access token, for its identity scopes.</summary>
internal sealed class UserInfoEndpoint(
    TokenReader tokens, ResourceCatalogue catalogue, IProfileService profile) : IProviderEndpoint
{
    public async Task HandleAsync(HttpContext http)
    {
        http.NoStore();
        if (!HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsPost(http.Request.Method))
        {
            await http.RefuseMethodAsync("GET, POST");
            return;
        }

        var (token, malformed) = await ReadTokenAsync(http.Request);
        if (malformed)
        {
            Challenge(http, 400, "invalid_request");
            return;
        }

        if (token is null)
        {
            Challenge(http, 401, null);
            return;
        }

        const string caller = ProfileIsActiveCallers.UserInfoRequestValidation;
        var user = await tokens.ReadAccessTokenAsync(token, caller, http.RequestAborted);
        if (user is null) Challenge(http, 401, "invalid_token");
        else if (!TokenReader.ScopesOf(user).Contains("openid")) Challenge(http, 403, "insufficient_scope");
        else await AnswerAsync(http, user);
    }

    private async Task AnswerAsync(HttpContext http, System.Security.Claims.ClaimsPrincipal user)
    {
        var client = catalogue.FindClient(user.FindFirst("client_id")?.Value)!;
        var resources = catalogue.Resolve(client, TokenReader.ScopesOf(user));
        var wanted = resources.Resources.IdentityResources.SelectMany(resource => resource.UserClaims).Distinct();

        var context = new ProfileDataRequestContext(user, client, ProfileDataCallers.UserInfoEndpoint, [.. wanted])
        {
            RequestedResources = resources,
            ValidatedRequest = new ValidatedRequest
            {
                Client = client,
                ClientId = client.ClientId,
                Subject = user,
                ValidatedResources = resources,
            },
        };
        await profile.GetProfileDataAsync(context);

        var answer = new Dictionary<string, object>();
        TokenFactory.Merge(answer, context.IssuedClaims);
        answer["sub"] = user.FindFirst("sub")!.Value;
        await http.WriteAsync(answer);
    }

    /// <summary>From the header, or the body of a POST; a query ends up in logs.</summary>
    private static async Task<(string? Token, bool Malformed)> ReadTokenAsync(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        var fromHeader = AuthenticationHeaderValue.TryParse(header, out var value)
            && value.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase)
            ? value.Parameter
            : null;
        if (!HttpMethods.IsPost(request.Method) || !request.HasFormContentType) return (fromHeader, false);

        var (form, _) = await Forms.ReadAsync(request);
        if (form is null || form.IsRepeated("access_token")) return (null, true);

        return form["access_token"] is { } fromBody ? (fromBody, fromHeader is not null) : (fromHeader, false);
    }

    private static void Challenge(HttpContext http, int status, string? error)
    {
        http.Response.StatusCode = status;
        http.Response.Headers.WWWAuthenticate = error is null
            ? "Bearer realm=\"identity\""
            : $"Bearer realm=\"identity\", error=\"{error}\"";
    }
}
