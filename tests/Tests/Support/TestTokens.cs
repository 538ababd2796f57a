using System.Security.Cryptography;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using Platform.Contracts;

namespace Platform.Tests.Support;

/// <summary>Access tokens as Identity makes them, signed by a key that only the tests have.</summary>
public static class TestTokens
{
    public const string Issuer = "https://identity.test";

    private static readonly ECDsaSecurityKey Key = new(ECDsa.Create(ECCurve.NamedCurves.nistP256)) { KeyId = "test" };

    /// <summary>Hands the key to the API as Identity's metadata would; every other check stays as it is.</summary>
    public static void Trust(JwtBearerOptions options)
    {
        options.Configuration = new OpenIdConnectConfiguration { Issuer = Issuer };
        options.Configuration.SigningKeys.Add(Key);
    }

    public static string For(
        long? userId, long? tenantId = null, bool staff = false, params IReadOnlyList<string> scopes)
    {
        Dictionary<string, object> claims = new() { ["scope"] = scopes.ToArray() };
        if (userId is not null) claims["sub"] = $"{userId}";
        if (userId is null) claims["client_id"] = "test";
        if (tenantId is not null) claims[ClaimNames.TenantId] = $"{tenantId}";
        if (staff) claims[ClaimNames.PlatformRole] = PlatformRoles.InternalAdmin;
        return Sign(claims);
    }

    /// <summary>Of staff who only read, with every scope that a person may have.</summary>
    public static string OfViewer(long userId, long? tenantId = null)
    {
        Dictionary<string, object> claims = new()
        {
            ["scope"] = (string[])[Scopes.Platform, Scopes.Licensing, Scopes.Scheduling],
            ["sub"] = $"{userId}",
            [ClaimNames.PlatformRole] = PlatformRoles.InternalViewer,
        };
        if (tenantId is not null) claims[ClaimNames.TenantId] = $"{tenantId}";
        return Sign(claims);
    }

    /// <summary>For tests of what is refused: any claims, type, audience, issuer, lifetime and key.</summary>
    public static string Sign(
        IDictionary<string, object> claims,
        string type = "at+jwt",
        string audience = Audiences.Api,
        string issuer = Issuer,
        DateTimeOffset? expires = null,
        SigningCredentials? credentials = null)
    {
        var end = (expires ?? TimeProvider.System.GetUtcNow().AddMinutes(10)).UtcDateTime;
        return new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            TokenType = type,
            Audience = audience,
            Issuer = issuer,
            Claims = claims,
            IssuedAt = end.AddMinutes(-10),
            NotBefore = end.AddMinutes(-10),
            Expires = end,
            SigningCredentials = credentials ?? new(Key, SecurityAlgorithms.EcdsaSha256),
        });
    }
}
