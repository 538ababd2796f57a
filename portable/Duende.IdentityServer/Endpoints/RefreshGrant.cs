using System.Globalization;
using Duende.IdentityServer.Models;
using Duende.IdentityServer.Protocol;
using Duende.IdentityServer.Sessions;
using Duende.IdentityServer.Stores;
using static Duende.IdentityServer.IdentityServerConstants;

namespace Duende.IdentityServer.Endpoints;

/// <summary>
/// Exchanges a refresh token for new tokens and a successor. A used one that comes back ends the whole family, since
/// either the client or a thief holds a copy.
/// </summary>
internal sealed class RefreshGrant(Grants grants, UserTokens tokens, SessionDirectory sessions) : IGrantHandler
{
    public const string Name = "refresh_token";
    private const int LongestLeeway = 30;
    private static readonly OAuthError BadToken = OAuthError.InvalidGrant(
        "The refresh token is unknown, used, expired or revoked");

    public string GrantType => Name;

    public async Task<TokenAnswer> HandleAsync(TokenCall call, CancellationToken ct)
    {
        if (call.Form["refresh_token"] is not { } handle) return OAuthError.InvalidRequest("refresh_token is missing");

        var row = await grants.FindAsync(PersistedGrantTypes.RefreshToken, handle, ct);
        if (row is null || row.ClientId != call.Client.ClientId || grants.Open(row) is not { } grant) return BadToken;
        if (row.Expiration <= grants.Now || !await grants.IsAliveAsync(grant.Family, ct)) return BadToken;
        if (row.ConsumedTime is not null && !IsInLeeway(row, call.Client)) return await ReusedAsync(row, grant, ct);
        if (!await tokens.IsUserActiveAsync(call, grant, ProfileIsActiveCallers.RefreshTokenValidation, ct))
        {
            return BadToken;
        }

        var scopes = call.Form.Words("scope") is { Length: > 0 } narrower ? narrower : grant.Scopes;
        if (scopes.Except(grant.Scopes).Any()) return OAuthError.InvalidScope("A scope was not granted");

        // Tokens first: should making them fail, the refresh token is still good.
        var answer = await tokens.MakeAsync(call, grant, scopes, nonce: null, ct);
        var successor = grants.NewRefreshToken(grant, call.Client);

        if (!await grants.RotateAsync(row, grant.Family, successor.Row, ct))
        {
            // Another request was first, perhaps one that the leeway forgives.
            var now = await grants.FindAsync(PersistedGrantTypes.RefreshToken, handle, ct);
            return Leeway(call.Client) > 0 && now?.Description != row.Description
                ? await HandleAsync(call, ct)
                : await ReusedAsync(row, grant, ct);
        }

        await sessions.TouchAsync(grant.SessionId, ct);
        answer["refresh_token"] = successor.Handle;
        return new(answer, null, row.SubjectId);
    }

    private async Task<TokenAnswer> ReusedAsync(PersistedGrant row, StoredGrant grant, CancellationToken ct)
    {
        await grants.RevokeAsync(grant.Family, ct);
        return new(null, BadToken, row.SubjectId, "refresh_token_reuse");
    }

    private bool IsInLeeway(PersistedGrant row, Client client) =>
        row.ConsumedTime is { } used && grants.Now < used.AddSeconds(Leeway(client)) && row.Description is not null;

    private static int Leeway(Client client) =>
        client.Properties.TryGetValue("refresh_token_leeway", out var text)
            && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? Math.Min(seconds, LongestLeeway)
            : 0;
}
