namespace Platform.Identity.Clients;

/// <summary>An application that may ask for tokens, in terms that no library owns.</summary>
internal sealed record OAuthClient(string Id, string Name)
{
    public const string Code = "authorization_code";
    public const string Credentials = "client_credentials";
    public const string Exchange = "urn:ietf:params:oauth:grant-type:token-exchange";

    public required IReadOnlyList<string> Grants { get; init; }

    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary>Null for an application that cannot keep one.</summary>
    public string? Secret { get; init; }

    /// <summary>JSON Web Key Set of a client that signs assertions; beside a secret, either will do.</summary>
    public string? Keys { get; init; }

    /// <summary>Compared character by character.</summary>
    public string? RedirectUri { get; init; }

    public string? PostLogoutRedirectUri { get; init; }

    public string? BackChannelLogoutUri { get; init; }

    public bool RequirePkce { get; init; } = true;

    public bool RequirePushedRequests { get; init; }

    /// <summary>Claims of the tokens that it gets for itself.</summary>
    public IReadOnlyDictionary<string, string> OwnClaims { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether people of tenants are kept out: it can do nothing but what staff do.</summary>
    public bool IsForStaff => Scopes.Contains(Contracts.Scopes.Platform);

    public bool IsRefreshed => Scopes.Contains(StandardScopes.OfflineAccess);
}

internal static class StandardScopes
{
    public const string OpenId = "openid";
    public const string Profile = "profile";
    public const string Email = "email";
    public const string OfflineAccess = "offline_access";
}
