using System.IdentityModel.Tokens.Jwt;
using Microsoft.AspNetCore.Authentication.OAuth.Claims;
using Microsoft.AspNetCore.Http;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace Microsoft.AspNetCore.Authentication.OpenIdConnect;

/// <summary>Settings of <see cref="OpenIdConnectHandler"/>. The defaults are those of the package.</summary>
public class OpenIdConnectOptions : RemoteAuthenticationOptions
{
    private readonly JsonWebTokenHandler _defaultTokenHandler = new()
    {
        MapInboundClaims = JwtSecurityTokenHandler.DefaultMapInboundClaims,
    };

    private bool _mapInboundClaims = JwtSecurityTokenHandler.DefaultMapInboundClaims;

    public OpenIdConnectOptions()
    {
        CallbackPath = "/signin-oidc";
        SignedOutCallbackPath = "/signout-callback-oidc";
        RemoteSignOutPath = "/signout-oidc";
        Events = new OpenIdConnectEvents();
        Scope.Add("openid");
        Scope.Add("profile");
        TokenHandler = _defaultTokenHandler;
        NonceCookie = new NonceCookieBuilder(this)
        {
            Name = OpenIdConnectDefaults.CookieNoncePrefix,
            HttpOnly = true,
            SameSite = SameSiteMode.None,
            SecurePolicy = CookieSecurePolicy.Always,
            IsEssential = true,
        };

        foreach (var protocolClaim in (string[])
            ["nonce", "aud", "azp", "acr", "iss", "iat", "nbf", "exp", "at_hash", "c_hash", "ipaddr", "platf", "ver"])
        {
            ClaimActions.DeleteClaim(protocolClaim);
        }

        foreach (var standardClaim in (string[])["sub", "name", "given_name", "family_name", "profile", "email"])
        {
            ClaimActions.Add(new UniqueJsonKeyClaimAction(standardClaim));
        }
    }

    public string? Authority { get; set; }
    public string? ClientId { get; set; }
    public string? ClientSecret { get; set; }
    public string? MetadataAddress { get; set; }
    public OpenIdConnectConfiguration? Configuration { get; set; }
    public IConfigurationManager<OpenIdConnectConfiguration>? ConfigurationManager { get; set; }
    public bool RequireHttpsMetadata { get; set; } = true;

    /// <summary>
    /// A token signed by an unknown key makes the metadata be fetched again, and the sign-in waits for it.
    /// </summary>
    public bool RefreshOnIssuerKeyNotFound { get; set; } = true;

    public TimeSpan AutomaticRefreshInterval { get; set; } = BaseConfigurationManager.DefaultAutomaticRefreshInterval;

    /// <summary>The least time between two refreshes that unknown keys ask for.</summary>
    public TimeSpan RefreshInterval { get; set; } = BaseConfigurationManager.DefaultRefreshInterval;

    /// <summary>
    /// Must be set to <c>code</c>: the default of the package is not supported here and refused at start.
    /// </summary>
    public string ResponseType { get; set; } = OpenIdConnectResponseType.IdToken;

    public string ResponseMode { get; set; } = OpenIdConnectResponseMode.FormPost;
    public string? Prompt { get; set; }
    public string? Resource { get; set; }
    public TimeSpan? MaxAge { get; set; }
    public ICollection<string> Scope { get; } = new HashSet<string>(StringComparer.Ordinal);
    public IDictionary<string, string?> AdditionalAuthorizationParameters { get; } =
        new Dictionary<string, string?>(StringComparer.Ordinal);

    public bool UsePkce { get; set; } = true;
    public PushedAuthorizationBehavior PushedAuthorizationBehavior { get; set; }
    public bool GetClaimsFromUserInfoEndpoint { get; set; }
    public ClaimActionCollection ClaimActions { get; } = [];
    public OpenIdConnectProtocolValidator ProtocolValidator { get; set; } = new()
    {
        RequireStateValidation = false, // the handler checks the state itself
        NonceLifetime = TimeSpan.FromMinutes(15),
    };

    public TokenHandler TokenHandler { get; set; }
    public TokenValidationParameters TokenValidationParameters { get; set; } = new();
    public bool UseTokenLifetime { get; set; }
    public bool SkipUnrecognizedRequests { get; set; }
    public bool DisableTelemetry { get; set; }
    public PathString RemoteSignOutPath { get; set; }
    public PathString SignedOutCallbackPath { get; set; }
    public string SignedOutRedirectUri { get; set; } = "/";
    public string? SignOutScheme { get; set; }
    public CookieBuilder NonceCookie { get; set; }
    public ISecureDataFormat<AuthenticationProperties> StateDataFormat { get; set; } = null!;
    public ISecureDataFormat<string> StringDataFormat { get; set; } = null!;

    public new OpenIdConnectEvents Events
    {
        get => (OpenIdConnectEvents)base.Events;
        set => base.Events = value;
    }

    public bool MapInboundClaims
    {
        get => _mapInboundClaims;
        set
        {
            _mapInboundClaims = value;
            _defaultTokenHandler.MapInboundClaims = value;
        }
    }

    public override void Validate()
    {
        base.Validate();

        if (MaxAge < TimeSpan.Zero) throw new InvalidOperationException("MaxAge must not be negative.");
        if (string.IsNullOrEmpty(ClientId)) throw new InvalidOperationException("ClientId must be set.");
        if (!CallbackPath.HasValue) throw new InvalidOperationException("CallbackPath must be set.");

        if (ConfigurationManager is null)
        {
            throw new InvalidOperationException(
                "Provide Authority, MetadataAddress, Configuration, or ConfigurationManager to OpenIdConnectOptions.");
        }

        if (ResponseType is not OpenIdConnectResponseType.Code)
        {
            throw new NotSupportedException("This stand-in knows the code flow only: set ResponseType to 'code'.");
        }

        if (ResponseMode is not (OpenIdConnectResponseMode.Query or OpenIdConnectResponseMode.FormPost))
        {
            throw new NotSupportedException("This stand-in knows the response modes 'query' and 'form_post' only.");
        }
    }

    /// <summary>The nonce's cookie is sent to the callback only, and for no longer than the nonce is good.</summary>
    private sealed class NonceCookieBuilder(OpenIdConnectOptions options) : RequestPathBaseCookieBuilder
    {
        protected override string AdditionalPath => options.CallbackPath;

        public override CookieOptions Build(HttpContext context, DateTimeOffset expiresFrom)
        {
            var cookie = base.Build(context, expiresFrom);
            cookie.Expires ??= expiresFrom + options.ProtocolValidator.NonceLifetime;
            return cookie;
        }
    }
}

/// <summary>Whether authorization requests are pushed to the provider first (RFC 9126).</summary>
public enum PushedAuthorizationBehavior
{
    UseIfAvailable,
    Disable,
    Require,
}
