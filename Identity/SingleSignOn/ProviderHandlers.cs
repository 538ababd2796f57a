using System.Collections.Concurrent;
using System.Security.Claims;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication.OAuth.Claims;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using Platform.Identity.Http;

namespace Platform.Identity.SingleSignOn;

/// <summary>
/// The OpenID Connect handler of ASP.NET Core, for a provider that is a row. Each provider has a scheme, a redirect
/// URI and a protector of its own: an answer to one is invalid for another.
/// </summary>
internal sealed class ProviderHandlers(
    ProviderHttp http, IDataProtectionProvider protection, ILoggerFactory loggers, IConfiguration configuration)
{
    public const string LoginHint = "login_hint";

    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan KeyRefreshInterval = TimeSpan.FromSeconds(30);

    private static readonly string[] Algorithms =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    ];

    private readonly ConcurrentDictionary<long, (long Version, OpenIdConnectOptions Options)> _options = [];
    private readonly Uri _issuer = new(configuration["Identity:Issuer"]!);

    public static string PathOf(long tenantId) => $"/sso/{tenantId}";

    public string RedirectUri(long tenantId) => $"{_issuer.AbsoluteUri.TrimEnd('/')}{PathOf(tenantId)}";

    /// <param name="secret">Read only when the provider has changed.</param>
    public async Task<OpenIdConnectHandler> CreateAsync(
        IdentityProvider provider, Func<string> secret, HttpContext context)
    {
        var known = _options.GetValueOrDefault(provider.TenantId);
        if (known.Options is null || known.Version != provider.Version)
        {
            known = (provider.Version, OptionsOf(provider, secret()));
            _options[provider.TenantId] = known;
        }

        var handler = new OpenIdConnectHandler(new Only(known.Options), loggers, HtmlEncoder.Default, UrlEncoder.Default);
        await handler.InitializeAsync(new(SchemeOf(provider), null, typeof(OpenIdConnectHandler)), context);
        return handler;
    }

    public static string MetadataOf(string issuer) => $"{issuer.TrimEnd('/')}/.well-known/openid-configuration";

    private static string SchemeOf(IdentityProvider provider) => $"sso-{provider.TenantId}";

    private OpenIdConnectOptions OptionsOf(IdentityProvider provider, string secret)
    {
        var options = new OpenIdConnectOptions
        {
            MetadataAddress = MetadataOf(provider.Issuer),
            RequireHttpsMetadata = http.RequireHttps,
            ClientId = provider.ClientId,
            ClientSecret = secret,
            CallbackPath = PathOf(provider.TenantId),
            SignInScheme = IdentityConstants.ExternalScheme, // never used: see ProviderEvents
            ResponseType = OpenIdConnectResponseType.Code,
            ResponseMode = OpenIdConnectResponseMode.Query,
            UsePkce = true,
            SaveTokens = false,
            MapInboundClaims = false,
            GetClaimsFromUserInfoEndpoint = true,
            DisableTelemetry = true,
            Backchannel = http.Client,
            RefreshInterval = KeyRefreshInterval,
            DataProtectionProvider = protection,
            Events = new ProviderEvents(provider, http.RequireHttps),
        };
        options.Scope.Clear();
        foreach (var scope in (string[])["openid", "profile", "email"]) options.Scope.Add(scope);
        options.ClaimActions.Clear();
        foreach (var claim in ExternalPerson.Claims) options.ClaimActions.Add(new FirstOf(claim));

        var expected = options.TokenValidationParameters;
        expected.ValidAlgorithms = Algorithms;
        expected.ClockSkew = ClockSkew;
        expected.AudienceValidator = (audiences, _, _) => audiences.ToList() is [var only] && only == provider.ClientId;
        expected.IssuerValidator = (issuer, _, _) => issuer == provider.Issuer
            ? issuer
            : throw new SecurityTokenInvalidIssuerException("The token is of another issuer.") { InvalidIssuer = issuer };

        var secure = _issuer.Scheme == Uri.UriSchemeHttps || _issuer.Host == "localhost";
        options.CorrelationCookie.Harden("id.sso.correlation.", secure);
        options.NonceCookie.Harden("id.sso.nonce.", secure);
        new OpenIdConnectPostConfigureOptions(protection).PostConfigure(SchemeOf(provider), options);
        return options;
    }

    /// <summary>The options of one handler; the framework's interface can ask for any.</summary>
    private sealed class Only(OpenIdConnectOptions options) : IOptionsMonitor<OpenIdConnectOptions>
    {
        public OpenIdConnectOptions CurrentValue => options;

        public OpenIdConnectOptions Get(string? name) => options;

        public IDisposable? OnChange(Action<OpenIdConnectOptions, string?> listener) => null;
    }

    /// <summary>Takes a claim from userinfo unless the ID token, which is signed, has it.</summary>
    private sealed class FirstOf(string claim) : ClaimAction(claim, ClaimValueTypes.String)
    {
        public override void Run(JsonElement userData, ClaimsIdentity identity, string issuer)
        {
            if (identity.HasClaim(known => known.Type == ClaimType)) return;
            if (!userData.TryGetProperty(ClaimType, out var value) || value.ValueKind == JsonValueKind.Null) return;

            identity.AddClaim(new(ClaimType, value.ToString(), ValueType, issuer));
        }
    }
}
