using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.StackExchangeRedis;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.StaticAssets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Platform.ServiceDefaults.Clients;
using StackExchange.Redis;

namespace Platform.Ui.SignIn;

/// <summary>
/// Sign-in of a web app at our identity provider, with sessions kept in Redis. Every page needs a signed-in person
/// unless it says <c>AllowAnonymous</c>. The README beside this file has the whole picture.
/// </summary>
public static class SignInSetup
{
    /// <summary>
    /// Reads <c>Identity:Issuer </c>, <c>Oidc:ClientId </c> and <c>Oidc:PrivateKey </c> or <c>Oidc:ClientSecret </c>.
    /// Needs an <see cref="IConnectionMultiplexer"/>: <c>builder.AddRedisClient("redis") </c>. The keys of cookies and
    /// sessions are a list in Redis, shared by the replicas of the app; <c>builder.AddKeyRing() </c> encrypts them.
    /// </summary>
    /// <param name="builder">The web app.</param>
    /// <param name="scopes">What the app may call the API for, beside <c>openid profile email
    /// offline_access</c>.</param>
    public static IHostApplicationBuilder AddSignIn(
        this IHostApplicationBuilder builder, params IEnumerable<string> scopes)
    {
        var services = builder.Services;
        var development = builder.Environment.IsDevelopment();

        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IValidateOptions<SignInOptions>, SignInOptionsValidator>();
        services.AddOptions<SignInOptions>()
            .Configure(options =>
            {
                options.Issuer = builder.Configuration["Identity:Issuer"] ?? "";
                foreach (var scope in scopes) options.Scopes.Add(scope);
            })
            .BindConfiguration(SignInOptions.Section)
            .ValidateOnStart();

        builder.AddClientAuthentication();
        services.AddSingleton<SessionStore>();
        services.AddSingleton<ProviderClient>();
        services.AddSingleton<SessionTokens>();
        services.AddScoped<SessionCookie>();
        services.AddScoped<ProviderChecks>();
        services.AddSingleton<BackChannelLogout>();
        services.AddHttpContextAccessor();
        services.AddTransient<AccessTokenHandler>();
        services.AddAntiforgery();

        services.AddDataProtection();
        services.AddOptions<DataProtectionOptions>().Configure<IOptions<SignInOptions>>((protection, options) =>
            protection.ApplicationDiscriminator = $"platform.{options.Value.ClientId}");
        services.AddOptions<KeyManagementOptions>().Configure<IConnectionMultiplexer, IOptions<SignInOptions>>(
            (keys, redis, options) => keys.XmlRepository =
                new RedisXmlRepository(() => redis.GetDatabase(), $"{options.Value.ClientId}:signin:keys"));

        services.AddAuthentication(SignInSchemes.Session)
            .AddCookie(SignInSchemes.Session)
            .AddOpenIdConnect(SignInSchemes.Provider, _ => { });
        services.AddOptions<CookieAuthenticationOptions>(SignInSchemes.Session)
            .Configure<IOptions<SignInOptions>, SessionStore>((cookie, options, sessions) =>
                SessionCookie.Configure(cookie, options.Value, sessions));
        services.AddOptions<OpenIdConnectOptions>(SignInSchemes.Provider)
            .Configure<IOptions<SignInOptions>>((provider, options) =>
            {
                Configure(provider, options.Value);
                ProviderChecks.AddTo(provider, options.Value);
                provider.RequireHttpsMetadata = !development;
            });

        services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder()
            .RequireAssertion(context => context.User.Identity is { IsAuthenticated: true } || IsPublic(context.Resource))
            .Build());

        return builder;
    }

    /// <summary>The addresses of <see cref="SignInPaths"/>.</summary>
    public static void MapSignIn(this IEndpointRouteBuilder app)
    {
        SignInEndpoints.Map(app);
        BackChannelLogout.Map(app);
    }

    private static void Configure(OpenIdConnectOptions provider, SignInOptions options)
    {
        provider.SignInScheme = SignInSchemes.Session;
        provider.SignOutScheme = SignInSchemes.Session;
        provider.Authority = options.Issuer;
        provider.ClientId = options.ClientId;
        provider.ResponseType = OpenIdConnectResponseType.Code;
        provider.ResponseMode = OpenIdConnectResponseMode.Query; // a GET, so that cookies can be SameSite=Lax
        provider.UsePkce = true;
        provider.SaveTokens = true;
        provider.MapInboundClaims = false;
        provider.DisableTelemetry = true;
        provider.TokenValidationParameters.NameClaimType = "name";
        provider.TokenValidationParameters.RoleClaimType = Contracts.ClaimNames.Roles;
        provider.SignedOutRedirectUri = SignInPaths.SignedOut;
        provider.RemoteSignOutPath = default; // the back channel does it; through the browser anybody could ask

        provider.Scope.Clear();
        foreach (var scope in options.Scopes) provider.Scope.Add(scope);

        Harden(provider.CorrelationCookie, $"__Host-{options.ClientId}.correlation.");
        Harden(provider.NonceCookie, $"__Host-{options.ClientId}.nonce.");
    }

    /// <summary>
    /// The prefix makes browsers insist on Secure, on this host alone and on the whole path. Chromium and Firefox take
    /// such cookies from http://localhost as well, as Development needs.
    /// </summary>
    internal static void Harden(CookieBuilder cookie, string name)
    {
        cookie.Name = name;
        cookie.Path = "/";
        cookie.HttpOnly = true;
        cookie.SameSite = SameSiteMode.Lax;
        cookie.SecurePolicy = CookieSecurePolicy.Always;
        cookie.IsEssential = true;
    }

    /// <summary>Health checks and fingerprinted assets, should their mapping not say so itself.</summary>
    private static bool IsPublic(object? resource) =>
        resource is HttpContext http
        && (http.Request.Path.Value is "/health" or "/alive"
            || http.GetEndpoint()?.Metadata.GetMetadata<StaticAssetDescriptor>() is not null);
}
