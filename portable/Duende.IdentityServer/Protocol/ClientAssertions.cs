using Duende.IdentityServer.Configuration;
using Duende.IdentityServer.Models;
using Duende.IdentityServer.Stores;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Duende.IdentityServer.Protocol;

/// <summary>Registered by <c>AddJwtBearerClientAuthentication</c>.</summary>
internal sealed class ClientAssertionsMarker;

/// <summary>
/// Client authentication by a signed JWT (private_key_jwt): keys of the registration only, and each JWT once.
/// </summary>
internal sealed class ClientAssertions(
    Grants grants, IOptions<IdentityServerOptions> options, TimeProvider clock, ClientAssertionsMarker? marker = null)
{
    private const string AssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LongestLife = TimeSpan.FromMinutes(5);

    public static readonly string[] Algorithms =
        [SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.EcdsaSha256];

    public bool Enabled => marker is not null;

    /// <summary>Who the JWT says it is from; null when it is no JWT of the right type.</summary>
    public static string? IssuerOf(Parameters form)
    {
        if (form["client_assertion_type"] != AssertionType || form["client_assertion"] is not { } assertion)
        {
            return null;
        }

        try
        {
            return new JsonWebToken(assertion).Issuer is { Length: > 0 } issuer ? issuer : null;
        }
        catch (Exception e) when (e is ArgumentException or SecurityTokenException)
        {
            return null;
        }
    }

    public async Task<bool> AcceptsAsync(Client client, string assertion, CancellationToken ct)
    {
        var keys = client.ClientSecrets
            .Where(secret => secret.Type == IdentityServerConstants.SecretTypes.JsonWebKey)
            .Select(SecurityKey (secret) => new JsonWebKey(secret.Value))
            .ToList();
        if (!Enabled || keys.Count == 0) return false;

        var now = clock.GetUtcNow().UtcDateTime;
        var result = await new JsonWebTokenHandler { MapInboundClaims = false }.ValidateTokenAsync(assertion, new()
        {
            ValidAlgorithms = Algorithms,
            ValidIssuer = client.ClientId,
            IssuerSigningKeys = keys,
            ValidateAudience = false,
            LifetimeValidator = (notBefore, expires, _, _) =>
                expires > now - Skew && expires <= now + LongestLife + Skew
                    && (notBefore is null || notBefore <= now + Skew),
        });

        if (!result.IsValid || result.SecurityToken is not JsonWebToken { Id: { Length: > 0 } id } jwt) return false;
        if (jwt.Subject != client.ClientId || !IsForUs([.. jwt.Audiences]) || jwt.IssuedAt > now + Skew) return false;

        return await grants.OnceAsync(
            GrantKinds.ClientAssertion, $"{client.ClientId}:{id}", client.ClientId, jwt.ValidTo + Skew, ct);
    }

    private bool IsForUs(string[] audiences) =>
        audiences is [var only]
            && (only == options.Value.IssuerUri || only == options.Value.IssuerUri + ProviderPaths.Token);
}
