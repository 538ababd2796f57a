using Duende.IdentityServer.Events;
using Duende.IdentityServer.Protocol;
using Duende.IdentityServer.Services;
using Duende.IdentityServer.Stores;
using Duende.IdentityServer.Tokens;
using Microsoft.AspNetCore.Http;
using static Duende.IdentityServer.IdentityServerConstants;

namespace Duende.IdentityServer.Endpoints;

/// <summary>
/// RFC 7009. A refresh token takes its whole family along; an access token is remembered until it would have expired. What
/// nobody knows counts as revoked; what belongs to another client stays.
/// </summary>
internal sealed class RevocationEndpoint(
    ClientAuthentication clients, TokenReader tokens, Grants grants, IEventService events) : IProviderEndpoint
{
    public async Task HandleAsync(HttpContext http)
    {
        var call = await AuthenticatedForm.ReadAsync(http, clients, apisToo: false);
        if (call is null) return;

        if (call.Form["token"] is not { } token)
        {
            await http.RefuseAsync(OAuthError.InvalidRequest("token is missing"));
            return;
        }

        if (await RevokeAsync(call.Client!.ClientId, token, http.RequestAborted) is { } error)
        {
            await http.RefuseAsync(error);
        }
    }

    private async Task<OAuthError?> RevokeAsync(string clientId, string token, CancellationToken ct)
    {
        if (await grants.FindAsync(PersistedGrantTypes.RefreshToken, token, ct) is { } row)
        {
            if (row.ClientId != clientId) return NotYours;
            if (grants.Open(row) is { } grant) await grants.RevokeAsync(grant.Family, ct);
            await events.RaiseAsync(new TokenRevokedSuccessEvent(clientId, "refresh_token"));
        }
        else if (await tokens.ReadAccessTokenAsync(token, ProfileIsActiveCallers.AccessTokenValidation, ct) is { } user)
        {
            if (!user.HasClaim("client_id", clientId)) return NotYours;

            var expires = DateTimeOffset.FromUnixTimeSeconds(
                long.Parse(user.FindFirst("exp")!.Value, System.Globalization.CultureInfo.InvariantCulture));
            await grants.RevokeAccessTokenAsync(user.FindFirst("jti")!.Value, clientId, expires.UtcDateTime, ct);
            await events.RaiseAsync(new TokenRevokedSuccessEvent(clientId, "access_token"));
        }

        return null;
    }

    private static OAuthError NotYours => OAuthError.InvalidGrant("The token was issued to another client");
}
