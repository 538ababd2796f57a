namespace Duende.IdentityServer.Models;

public abstract class Resource
{
    public bool Enabled { get; set; } = true;
    public string Name { get; set; } = default!;
    public string? DisplayName { get; set; }
    public bool ShowInDiscoveryDocument { get; set; } = true;

    /// <summary>Claims that a token or answer for this resource carries.</summary>
    public ICollection<string> UserClaims { get; set; } = new HashSet<string>();
}

/// <summary>Claims about the user, given at the user-info endpoint.</summary>
public class IdentityResource : Resource
{
    public IdentityResource() { }

    public IdentityResource(string name, IEnumerable<string> userClaims)
    {
        Name = name;
        UserClaims = userClaims.ToHashSet();
    }
}

public static class IdentityResources
{
    public class OpenId() : IdentityResource(IdentityServerConstants.StandardScopes.OpenId, ["sub"]);

    public class Profile() : IdentityResource(IdentityServerConstants.StandardScopes.Profile,
    [
        "name", "family_name", "given_name", "middle_name", "nickname", "preferred_username", "profile", "picture",
        "website", "gender", "birthdate", "zoneinfo", "locale", "updated_at",
    ]);

    public class Email() : IdentityResource(IdentityServerConstants.StandardScopes.Email, ["email", "email_verified"]);
}

public class ApiScope : Resource
{
    public ApiScope() { }

    public ApiScope(string name) => Name = name;

    public ApiScope(string name, IEnumerable<string> userClaims)
    {
        Name = name;
        UserClaims = userClaims.ToHashSet();
    }
}

/// <summary>An API: the audience of access tokens with one of its scopes.</summary>
public class ApiResource : Resource
{
    public ApiResource() { }

    public ApiResource(string name) => Name = name;

    public ApiResource(string name, IEnumerable<string> userClaims)
    {
        Name = name;
        UserClaims = userClaims.ToHashSet();
    }

    /// <summary>With these the API authenticates at the introspection endpoint, under its own name.</summary>
    public ICollection<Secret> ApiSecrets { get; set; } = new HashSet<Secret>();

    public ICollection<string> Scopes { get; set; } = new HashSet<string>();
}

public class Resources
{
    public bool OfflineAccess { get; set; }
    public ICollection<IdentityResource> IdentityResources { get; set; } = [];
    public ICollection<ApiResource> ApiResources { get; set; } = [];
    public ICollection<ApiScope> ApiScopes { get; set; } = [];
}
