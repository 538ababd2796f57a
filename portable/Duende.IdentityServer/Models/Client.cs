namespace Duende.IdentityServer.Models;

/// <summary>
/// A relying party. What the stand-in does not do (implicit flow, consent, device flow …) has no property.
/// </summary>
public class Client
{
    public bool Enabled { get; set; } = true;
    public string ClientId { get; set; } = default!;
    public string? ClientName { get; set; }
    public ICollection<Secret> ClientSecrets { get; set; } = new HashSet<Secret>();
    public bool RequireClientSecret { get; set; } = true;
    public ICollection<string> AllowedGrantTypes { get; set; } = new HashSet<string>();
    public bool RequirePkce { get; set; } = true;
    public bool RequirePushedAuthorization { get; set; }

    /// <summary>Compared ordinally and in full.</summary>
    public ICollection<string> RedirectUris { get; set; } = new HashSet<string>();

    public ICollection<string> PostLogoutRedirectUris { get; set; } = new HashSet<string>();
    public string? BackChannelLogoutUri { get; set; }
    public bool BackChannelLogoutSessionRequired { get; set; } = true;
    public bool AllowOfflineAccess { get; set; }
    public ICollection<string> AllowedScopes { get; set; } = new HashSet<string>();

    /// <summary>Lifetimes are in seconds.</summary>
    public int IdentityTokenLifetime { get; set; } = 300;
    public int AccessTokenLifetime { get; set; } = 3600;
    public int AuthorizationCodeLifetime { get; set; } = 300;
    public int AbsoluteRefreshTokenLifetime { get; set; } = 2592000;
    public int SlidingRefreshTokenLifetime { get; set; } = 1296000;

    /// <summary>The stand-in rotates refresh tokens on every use, whatever is set here.</summary>
    public TokenUsage RefreshTokenUsage { get; set; } = TokenUsage.ReUse;

    public TokenExpiration RefreshTokenExpiration { get; set; } = TokenExpiration.Absolute;

    /// <summary>The stand-in always asks the profile service at a refresh.</summary>
    public bool UpdateAccessTokenClaimsOnRefresh { get; set; }

    public ICollection<ClientClaim> Claims { get; set; } = new HashSet<ClientClaim>();
    public string? ClientClaimsPrefix { get; set; } = "client_";

    /// <summary>
    /// <c>refresh_token_leeway</c>: seconds, at most 30, in which a used refresh token is taken once more while its
    /// successor is unused.
    /// </summary>
    public IDictionary<string, string> Properties { get; set; } = new Dictionary<string, string>();
}

public class ClientClaim(string type, string value, string valueType)
{
    public ClientClaim(string type, string value) : this(type, value, System.Security.Claims.ClaimValueTypes.String) { }

    public string Type { get; set; } = type;
    public string Value { get; set; } = value;
    public string ValueType { get; set; } = valueType;
}

/// <summary>A shared secret, as base64 of its SHA-256, or a JSON Web Key.</summary>
public class Secret
{
    public Secret() { }

    public Secret(string value, DateTime? expiration = null)
    {
        Value = value;
        Expiration = expiration;
    }

    public string? Description { get; set; }
    public string Value { get; set; } = default!;
    public DateTime? Expiration { get; set; }
    public string Type { get; set; } = IdentityServerConstants.SecretTypes.SharedSecret;
}

public static class HashExtensions
{
    /// <summary>Base64 of the SHA-256 of the text: what <see cref="Secret.Value"/> holds.</summary>
    public static string Sha256(this string input) =>
        Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(input)));
}

public static class GrantType
{
    public const string AuthorizationCode = "authorization_code";
    public const string ClientCredentials = "client_credentials";
}

public static class GrantTypes
{
    public static ICollection<string> Code => [GrantType.AuthorizationCode];
    public static ICollection<string> CodeAndClientCredentials =>
        [GrantType.AuthorizationCode, GrantType.ClientCredentials];
    public static ICollection<string> ClientCredentials => [GrantType.ClientCredentials];
}

public enum TokenUsage
{
    ReUse = 0,
    OneTimeOnly = 1,
}

public enum TokenExpiration
{
    Sliding = 0,
    Absolute = 1,
}
