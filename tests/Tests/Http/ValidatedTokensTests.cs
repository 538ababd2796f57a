using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using Platform.Api.Access;

namespace Platform.Tests.Http;

/// <summary>A token that was valid a moment ago is sent again; what changed since then counts.</summary>
public sealed class ValidatedTokensTests : IDisposable
{
    private const string Issuer = "https://issuer.test";
    private static readonly TimeSpan FiveMinutes = TimeSpan.FromMinutes(5);

    private readonly ECDsaSecurityKey _key = new(ECDsa.Create(ECCurve.NamedCurves.nistP256)) { KeyId = "one" };
    private readonly CountingKeys _keys = new();
    private readonly ValidatedTokens _tokens = new(TimeProvider.System) { MapInboundClaims = false };
    private OpenIdConnectConfiguration _issuer;

    public ValidatedTokensTests() => _issuer = ConfigurationWith(_key);

    public void Dispose() => _tokens.Dispose();

    [Fact]
    public async Task A_signature_is_verified_once()
    {
        var token = TokenFor(FiveMinutes);

        var first = await ValidateAsync(token);
        var second = await ValidateAsync(token);

        Assert.Equal((true, true, 1), (first.IsValid, second.IsValid, _keys.Verified));
        Assert.Equal("17", second.ClaimsIdentity.FindFirst("sub")!.Value);
    }

    [Fact]
    public async Task Another_signature_under_the_same_claims_is_refused()
    {
        var token = TokenFor(FiveMinutes);
        await ValidateAsync(token);

        var forged = await ValidateAsync($"{token[..^6]}{(token[^6] == 'A' ? 'B' : 'A')}{token[^5..]}");

        Assert.Equal((false, 2), (forged.IsValid, _keys.Verified));
    }

    [Fact]
    public async Task A_token_that_has_expired_since_is_refused()
    {
        var token = TokenFor(TimeSpan.FromSeconds(-5));
        Assert.True((await ValidateAsync(token, skew: FiveMinutes)).IsValid); // as it was five minutes ago

        Assert.IsType<SecurityTokenExpiredException>((await ValidateAsync(token)).Exception);
    }

    [Fact]
    public async Task A_token_of_a_key_that_was_withdrawn_is_refused()
    {
        var token = TokenFor(FiveMinutes);
        Assert.True((await ValidateAsync(token)).IsValid);

        _issuer = ConfigurationWith(new ECDsaSecurityKey(ECDsa.Create(ECCurve.NamedCurves.nistP256)) { KeyId = "two" });

        Assert.False((await ValidateAsync(token)).IsValid);
    }

    [Fact]
    public async Task A_token_that_was_refused_is_validated_again()
    {
        var (token, issuer) = (TokenFor(FiveMinutes), _issuer);
        _issuer = ConfigurationWith();
        Assert.False((await ValidateAsync(token)).IsValid);

        _issuer = issuer;

        Assert.True((await ValidateAsync(token)).IsValid);
    }

    private static DateTime Now => TimeProvider.System.GetUtcNow().UtcDateTime;

    private Task<TokenValidationResult> ValidateAsync(string token, TimeSpan skew = default) => _tokens.ValidateTokenAsync(token, new()
    {
        ConfigurationManager = new StaticConfigurationManager<OpenIdConnectConfiguration>(_issuer),
        CryptoProviderFactory = _keys,
        ValidIssuer = Issuer,
        ValidAudience = "api",
        ClockSkew = skew,
    });

    private string TokenFor(TimeSpan lifetime) => new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
    {
        Issuer = Issuer,
        Audience = "api",
        Subject = new ClaimsIdentity([new("sub", "17")]),
        NotBefore = Now.AddMinutes(-1),
        IssuedAt = Now.AddMinutes(-1),
        Expires = Now + lifetime,
        SigningCredentials = new(_key, SecurityAlgorithms.EcdsaSha256),
    });

    private static OpenIdConnectConfiguration ConfigurationWith(params IEnumerable<SecurityKey> keys)
    {
        var configuration = new OpenIdConnectConfiguration { Issuer = Issuer };
        foreach (var key in keys) configuration.SigningKeys.Add(key);
        return configuration;
    }

    private sealed class CountingKeys : CryptoProviderFactory
    {
        public int Verified { get; private set; }

        public override SignatureProvider CreateForVerifying(SecurityKey key, string algorithm)
        {
            Verified++;
            return base.CreateForVerifying(key, algorithm);
        }
    }
}
