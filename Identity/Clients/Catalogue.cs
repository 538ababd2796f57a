using Duende.IdentityServer.Models;
using Platform.Contracts;
using Platform.Identity.TenantSwitch;
using static Duende.IdentityServer.IdentityServerConstants;

namespace Platform.Identity.Clients;

/// <summary>What may be asked for, and who may ask: scopes, audiences and clients.</summary>
internal static class Catalogue
{
    /// <summary>The client of Identity itself.</summary>
    public const string SelfClientId = "identity";

    /// <summary>Access tokens live ten minutes: that is how long a changed role may go unnoticed by a screen.</summary>
    public static readonly TimeSpan AccessTokenLifetime = TimeSpan.FromMinutes(10);

    /// <summary>Only this client may carry the platform scope for people, so only platform staff may enter it.</summary>
    private const string AdminClientId = "admin";

    /// <summary>Everything that the profile service knows of a person in a tenant.</summary>
    private static readonly string[] PersonClaims =
    [
        "name", "email", ClaimNames.TenantId, ClaimNames.TenantSlug, ClaimNames.TenantName, ClaimNames.UserType,
        ClaimNames.Roles, ClaimNames.AllowedApps, ClaimNames.PlatformRole,
    ];

    private static readonly string[] Tenant = [Scopes.Scheduling, Scopes.Licensing];
    private static readonly string[] SignIn = [StandardScopes.OpenId, StandardScopes.Profile, StandardScopes.Email];

    public static IEnumerable<IdentityResource> IdentityResources =>
    [
        new IdentityResources.OpenId(),
        new IdentityResources.Profile(),
        new IdentityResources.Email(),
    ];

    public static IEnumerable<ApiScope> ApiScopes =>
    [
        new(Scopes.Scheduling), new(Scopes.Licensing), new(Scopes.Platform), new(Scopes.PersonContext), new(Scopes.Accounts),
    ];

    public static IEnumerable<ApiResource> ApiResources =>
    [
        new(Audiences.Api, PersonClaims)
        {
            Scopes = { Scopes.Scheduling, Scopes.Licensing, Scopes.Platform, Scopes.PersonContext },
        },
        new(Audiences.Identity) { Scopes = { Scopes.Accounts } },
    ];

    /// <param name="demo">Adds the clients of scripts, whose secrets anybody can read here: Development only.</param>
    public static IEnumerable<Client> Clients(ClientOptions options, bool demo)
    {
        IEnumerable<Client> ours =
        [
            ForPeople("hub", "Platform Hub", options.Hub!, [GrantType.AuthorizationCode, TenantSwitchGrant.Type], Tenant),
            ForPeople(AdminClientId, "Platform Admin", options.Admin!, [GrantType.AuthorizationCode], [Scopes.Platform]),
            ForService("api", options.Api!.Secret, Scopes.Accounts),
            ForService(SelfClientId, options.Self!.Secret, Scopes.PersonContext),
        ];

        return demo
            ? [.. ours, DemoService, CommandLine("cli", Tenant), CommandLine("cli-staff", [.. Tenant, Scopes.Platform])]
            : ours;
    }

    private static Client ForPeople(string id, string name, WebClient client, string[] grants, string[] scopes)
    {
        var url = client.Url.TrimEnd('/');

        return new()
        {
            ClientId = id,
            ClientName = name,
            ClientSecrets = { new(client.Secret.Sha256()) },
            AllowedGrantTypes = grants,
            AllowedScopes = [.. SignIn, .. scopes],
            AllowOfflineAccess = true,
            RedirectUris = { $"{url}/signin-oidc" },
            PostLogoutRedirectUris = { $"{url}/signout-callback-oidc" },
            BackChannelLogoutUri = $"{url}/signout-backchannel",
            AuthorizationCodeLifetime = 60,
            AccessTokenLifetime = (int)AccessTokenLifetime.TotalSeconds,
            UpdateAccessTokenClaimsOnRefresh = true,
            RefreshTokenUsage = TokenUsage.OneTimeOnly,
            RefreshTokenExpiration = TokenExpiration.Sliding,
            SlidingRefreshTokenLifetime = (int)TimeSpan.FromHours(8).TotalSeconds,
            AbsoluteRefreshTokenLifetime = (int)TimeSpan.FromDays(30).TotalSeconds,
        };
    }

    private static Client ForService(string id, string secret, params string[] scopes) => new()
    {
        ClientId = id,
        ClientSecrets = { new(secret.Sha256()) },
        AllowedGrantTypes = GrantTypes.ClientCredentials,
        AllowedScopes = scopes,
        AccessTokenLifetime = (int)AccessTokenLifetime.TotalSeconds,
    };

    /// <summary>Does what platform staff can do, without a person.</summary>
    private static Client DemoService
    {
        get
        {
            var client = ForService(
                "demo", "demo-secret", Scopes.Scheduling, Scopes.Licensing, Scopes.Platform, Scopes.PersonContext);
            client.Claims.Add(new(ClaimNames.PlatformRole, PlatformRoles.InternalAdmin));
            client.ClientClaimsPrefix = "";
            return client;
        }
    }

    /// <summary><c>dev/token.mjs</c>: signs a person in as a browser would and shows the token.</summary>
    private static Client CommandLine(string id, params string[] scopes) => new()
    {
        ClientId = id,
        RequireClientSecret = false,
        AllowedGrantTypes = [GrantType.AuthorizationCode, TenantSwitchGrant.Type],
        AllowedScopes = [StandardScopes.OpenId, .. scopes],
        RedirectUris = { "http://127.0.0.1/callback" },
        AccessTokenLifetime = (int)AccessTokenLifetime.TotalSeconds,
    };
}
