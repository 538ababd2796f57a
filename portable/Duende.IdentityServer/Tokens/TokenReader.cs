using System.Security.Claims;
using Duende.IdentityServer.Configuration;
using Duende.IdentityServer.Models;
using Duende.IdentityServer.Protocol;
using Duende.IdentityServer.Services;
using Duende.IdentityServer.Sessions;
using Duende.IdentityServer.Stores;
using Duende.IdentityServer.Validation;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using static Duende.IdentityServer.IdentityServerConstants;
using TokenValidationResult = Duende.IdentityServer.Validation.TokenValidationResult;

namespace Duende.IdentityServer.Tokens;

/// <summary>Reads tokens that this provider made.</summary>
internal sealed class TokenReader(
    SigningKeys keys,
    Grants grants,
    SessionDirectory sessions,
    ResourceCatalogue catalogue,
    IProfileService profile,
    IOptions<IdentityServerOptions> options,
    TimeProvider clock) : ITokenValidator
{
    private static readonly string[] Algorithms = [SecurityAlgorithms.RsaSha256];

    public async Task<TokenValidationResult> ValidateAccessTokenAsync(string token, string? expectedScope = null)
    {
        var claims = await ReadAccessTokenAsync(
            token, ProfileIsActiveCallers.AccessTokenValidation, CancellationToken.None);
        if (claims is null) return new() { Error = "invalid_token" };
        if (expectedScope is not null && !ScopesOf(claims).Contains(expectedScope))
        {
            return new() { Error = "insufficient_scope" };
        }

        return new()
        {
            IsError = false,
            Jwt = token,
            Client = catalogue.FindClient(claims.FindFirst("client_id")?.Value),
            Claims = ScopesAsClaims(claims),
        };
    }

    /// <summary>The claims of a good access token: unexpired, not revoked, session and user still there.</summary>
    public async Task<ClaimsPrincipal?> ReadAccessTokenAsync(string token, string caller, CancellationToken ct)
    {
        var user = await ReadAsync(token, "at+jwt", checkExpiry: true, ct);
        if (user?.FindFirst("jti") is not { } id || await grants.IsRevokedAsync(id.Value, ct)) return null;
        if (catalogue.FindClient(user.FindFirst("client_id")?.Value) is not { } client) return null;

        if (user.FindFirst(TokenFactory.FamilyClaim) is { } family && !await grants.IsAliveAsync(family.Value, ct))
        {
            return null;
        }
        if (user.FindFirst("sid") is { } session && !await sessions.IsAliveAsync(session.Value, ct)) return null;
        if (user.FindFirst("sub")?.Value == client.ClientId) return user;

        var active = new IsActiveContext(user, client, caller);
        await profile.IsActiveAsync(active);
        return active.IsActive ? user : null;
    }

    /// <summary>A hint may have expired, and may be signed by a key that is retired.</summary>
    public Task<ClaimsPrincipal?> ReadIdTokenHintAsync(string token, CancellationToken ct) =>
        ReadAsync(token, "JWT", checkExpiry: false, ct);

    public static IEnumerable<string> ScopesOf(ClaimsPrincipal user) =>
        user.FindFirst("scope")?.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];

    private async Task<ClaimsPrincipal?> ReadAsync(string token, string type, bool checkExpiry, CancellationToken ct)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var result = await new JsonWebTokenHandler { MapInboundClaims = false }.ValidateTokenAsync(token, new()
        {
            ValidTypes = [type],
            ValidAlgorithms = Algorithms,
            ValidIssuer = options.Value.IssuerUri,
            IssuerSigningKeys = (await keys.GetAsync(ct)).All,
            ValidateAudience = false,
            ValidateLifetime = true,
            LifetimeValidator = (_, expires, _, _) => !checkExpiry || expires > now,
            NameClaimType = "name",
            RoleClaimType = "role",
        });

        return result.IsValid ? new(result.ClaimsIdentity) : null;
    }

    private static IEnumerable<Claim> ScopesAsClaims(ClaimsPrincipal user) =>
        user.Claims.Where(claim => claim.Type != "scope").Concat(
            ScopesOf(user).Select(scope => new Claim("scope", scope)));
}
