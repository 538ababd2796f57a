using Duende.IdentityServer.Configuration;
using Duende.IdentityServer.Models;
using Duende.IdentityServer.Protocol;
using Duende.IdentityServer.Services;
using Duende.IdentityServer.Sessions;
using Duende.IdentityServer.Stores;
using Duende.IdentityServer.Tokens;
using Microsoft.Extensions.Options;
using static Duende.IdentityServer.IdentityServerConstants;

namespace Duende.IdentityServer.Endpoints;

/// <summary>
/// What the grants for users have in common: is the user still there, and the answer with the tokens.
/// </summary>
internal sealed class UserTokens(
    TokenFactory factory, ResourceCatalogue catalogue, SessionDirectory sessions, IProfileService profile,
    IOptions<IdentityServerOptions> options)
{
    public async Task<bool> IsUserActiveAsync(TokenCall call, StoredGrant grant, string caller, CancellationToken ct)
    {
        var endsWithSession = options.Value.Authentication.CoordinateClientLifetimesWithUserSession;
        if (endsWithSession && !await sessions.IsAliveAsync(grant.SessionId, ct)) return false;

        var active = new IsActiveContext(StoredClaim.ToPrincipal(grant.Subject), call.Client, caller);
        await profile.IsActiveAsync(active);
        return active.IsActive;
    }

    public async Task<Dictionary<string, object>> MakeAsync(
        TokenCall call, StoredGrant grant, string[] scopes, string? nonce, CancellationToken ct)
    {
        call.Request.Subject = StoredClaim.ToPrincipal(grant.Subject);
        call.Request.SessionId = grant.SessionId;
        call.Request.ValidatedResources = catalogue.Resolve(call.Client, scopes);

        var accessToken = await factory.AccessTokenAsync(new(call.Request, grant.Family), ct);
        var answer = Answer(call, accessToken);
        if (scopes.Contains(StandardScopes.OpenId))
        {
            answer["id_token"] = await factory.IdTokenAsync(call.Request, nonce, accessToken, ct);
        }
        return answer;
    }

    public static Dictionary<string, object> Answer(TokenCall call, string accessToken) => new()
    {
        ["access_token"] = accessToken,
        ["token_type"] = "Bearer",
        ["expires_in"] = call.Request.AccessTokenLifetime,
        ["scope"] = string.Join(' ', call.Request.ValidatedResources.RawScopeValues),
    };
}
