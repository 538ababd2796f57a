using System.Security.Cryptography;
using System.Text;
using Duende.IdentityServer.Models;
using Duende.IdentityServer.Protocol;
using Duende.IdentityServer.Stores;
using Microsoft.IdentityModel.Tokens;
using static Duende.IdentityServer.IdentityServerConstants;

namespace Duende.IdentityServer.Endpoints;

/// <summary>Exchanges a code for tokens, once.</summary>
internal sealed class CodeGrant(Grants grants, UserTokens tokens) : IGrantHandler
{
    private static readonly OAuthError BadCode = OAuthError.InvalidGrant(
        "The code is unknown, used, expired or of another request");

    public string GrantType => Models.GrantType.AuthorizationCode;

    public async Task<TokenAnswer> HandleAsync(TokenCall call, CancellationToken ct)
    {
        if (call.Form["code"] is not { } code) return OAuthError.InvalidRequest("code is missing");

        // A code of another client is left alone: its owner may still come.
        var row = await grants.FindAsync(PersistedGrantTypes.AuthorizationCode, code, ct);
        if (row is null || row.ClientId != call.Client.ClientId || grants.Open(row) is not { } grant) return BadCode;

        var verifier = call.Form["code_verifier"];
        if (grant.CodeChallenge is null && verifier is not null)
        {
            return OAuthError.InvalidRequest("There was no code_challenge");
        }

        var isItsOwner = call.Form["redirect_uri"] == grant.RedirectUri && Proves(verifier, grant.CodeChallenge);
        if (row.ConsumedTime is not null) return isItsOwner ? await ReplayedAsync(row, grant, ct) : BadCode;
        if (row.Expiration <= grants.Now) return BadCode;

        if (!isItsOwner)
        {
            if (verifier is null && grant.CodeChallenge is not null)
            {
                return OAuthError.InvalidRequest("code_verifier is missing");
            }
            await grants.ConsumeCodeAsync(row, ct); // no second guess
            return BadCode;
        }

        if (!await grants.IsAliveAsync(grant.Family, ct)) return BadCode;
        if (!await tokens.IsUserActiveAsync(call, grant, ProfileIsActiveCallers.AuthorizationCodeValidation, ct))
        {
            return BadCode;
        }

        // Tokens first: should making them fail, the code can still be used.
        var answer = await tokens.MakeAsync(call, grant, grant.Scopes, grant.Nonce, ct);
        var refresh = grant.Scopes.Contains(StandardScopes.OfflineAccess)
            ? grants.NewRefreshToken(grant with { Nonce = null, RedirectUri = null, CodeChallenge = null }, call.Client)
            : default;

        if (!await grants.ConsumeCodeAsync(row, ct)) return await ReplayedAsync(row, grant, ct);

        if (refresh.Row is not null)
        {
            await grants.AddAsync(refresh.Row, ct);
            answer["refresh_token"] = refresh.Handle;
        }

        return new(answer, null, row.SubjectId);
    }

    /// <summary>Somebody has a code that was used: nobody keeps what it gave.</summary>
    private async Task<TokenAnswer> ReplayedAsync(PersistedGrant row, StoredGrant grant, CancellationToken ct)
    {
        await grants.RevokeAsync(grant.Family, ct);
        return new(null, BadCode, row.SubjectId, "code_replay");
    }

    private static bool Proves(string? verifier, string? challenge) =>
        challenge is null || (verifier is not null && CryptographicOperations.FixedTimeEquals(
            Encoding.ASCII.GetBytes(Base64UrlEncoder.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)))),
            Encoding.ASCII.GetBytes(challenge)));
}
