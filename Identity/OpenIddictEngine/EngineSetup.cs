using System.Security.Cryptography;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.EntityFrameworkCore.Models;
using OpenIddict.Server;
using Platform.Identity.Accounts;
using Platform.Identity.Clients;
using Platform.Identity.Engine;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Platform.Identity.OpenIddictEngine;

/// <summary>OpenIddict, with what it leaves to its host: keys that rotate, sessions, back-channel logout.</summary>
internal static class EngineSetup
{
    public const string SigningKeyTable = "signing_keys";

    private const int BodyMaxBytes = 64 * 1024;

    extension(WebApplicationBuilder builder)
    {
        public void AddEngine(string issuer)
        {
            var services = builder.Services;

            // OpenIddict writes several lines for each request; the traces hold the same information.
            builder.Logging.AddFilter("OpenIddict", LogLevel.Warning);

            services.AddOpenIddict()
                .AddCore(core =>
                {
                    core.ReplaceApplicationManager<OpenIddictEntityFrameworkCoreApplication<long>, ClientSecrets>();
                    core.UseEntityFrameworkCore().UseDbContext<IdentityDb>().ReplaceDefaultEntities<long>();
                    core.ReplaceAuthorizationStore<OpenIddictEntityFrameworkCoreAuthorization<long>, AuthorizationStore>();
                    core.ReplaceTokenStore<OpenIddictEntityFrameworkCoreToken<long>, TokenStore>();
                })
                .AddServer(server =>
                {
                    server.SetIssuer(new Uri(issuer))
                        .SetConfigurationEndpointUris(
                            ".well-known/openid-configuration", ".well-known/oauth-authorization-server")
                        .SetJsonWebKeySetEndpointUris(".well-known/openid-configuration/jwks")
                        .SetAuthorizationEndpointUris("connect/authorize")
                        .SetPushedAuthorizationEndpointUris("connect/par")
                        .SetTokenEndpointUris("connect/token")
                        .SetUserInfoEndpointUris("connect/userinfo")
                        .SetIntrospectionEndpointUris("connect/introspect")
                        .SetRevocationEndpointUris("connect/revocation")
                        .SetEndSessionEndpointUris("connect/endsession");

                    server.AllowAuthorizationCodeFlow().AllowRefreshTokenFlow().AllowClientCredentialsFlow()
                        .AllowTokenExchangeFlow();
                    server.RegisterScopes([.. Catalogue.SignInScopes, .. Catalogue.ApiScopes.Keys]);

                    server.SetAuthorizationCodeLifetime(Catalogue.CodeLifetime)
                        .SetAccessTokenLifetime(Catalogue.AccessTokenLifetime)
                        .SetIdentityTokenLifetime(Catalogue.IdTokenLifetime)
                        .SetRefreshTokenLifetime(Catalogue.RefreshTokenLifetime)
                        .SetRefreshTokenReuseLeeway(null)
                        .UseReferenceRefreshTokens()
                        .DisableAccessTokenEncryption();

                    // The key ring encrypts what only Identity reads. OpenIddict requires an encryption key of its own, which
                    // then protects nothing; a symmetric one takes no time to make.
                    server.UseDataProtection().PreferDefaultAccessTokenFormat();
                    server.AddEncryptionKey(new SymmetricSecurityKey(RandomNumberGenerator.GetBytes(32)));

                    var host = server.UseAspNetCore()
                        .EnableAuthorizationEndpointPassthrough()
                        .EnableTokenEndpointPassthrough()
                        .EnableUserInfoEndpointPassthrough()
                        .EnableEndSessionEndpointPassthrough()
                        .EnableStatusCodePagesIntegration()
                        .SetRealm("identity")
                        .SuppressJsonResponseIndentation();
                    if (issuer.StartsWith("http:", StringComparison.Ordinal)) host.DisableTransportSecurityRequirement();

                    server.Configure(options =>
                    {
                        options.RequestTokenLifetime = Catalogue.PushedRequestLifetime;
                        options.CodeChallengeMethods.Remove(CodeChallengeMethods.Plain);
                        options.ResponseModes.Remove(ResponseModes.Fragment);
                        options.ClientAuthenticationMethods.Remove("client_secret_jwt");
                        options.PromptValues.Remove(PromptValues.Consent);
                        options.SubjectTokenTypes.RemoveWhere(type => type != TokenTypeIdentifiers.AccessToken);
                        options.ActorTokenTypes.Clear();
                        options.RequestedTokenTypes.RemoveWhere(type => type != TokenTypeIdentifiers.AccessToken);
                    });

                    Strictness.AddTo(server);
                    ServerAudit.AddTo(server);
                });

            services.AddSingleton<ClientCache>();
            services.AddSingleton<SigningKeys>();
            services.AddHostedService(provider => provider.GetRequiredService<SigningKeys>());
            services.AddSingleton<IConfigureOptions<OpenIddictServerOptions>>(
                provider => provider.GetRequiredService<SigningKeys>());
            services.AddHostedService<ClientRows>();
            services.AddHostedService<GrantHousekeeping>();

            services.AddSingleton<AccountSessions>();
            services.AddSingleton<ISessions>(provider => provider.GetRequiredService<AccountSessions>());
            services.AddOptions<CookieAuthenticationOptions>(IdentityConstants.ApplicationScheme)
                .Configure<AccountSessions>((cookie, sessions) => cookie.SessionStore = sessions);
            services.AddHttpClient(
                LogoutNotices.HttpClientName, client => client.Timeout = LogoutNotices.RequestTimeout)
                .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
            services.AddHostedService<LogoutNotices>();

            services.AddSingleton<Flow>();
            services.AddScoped<IEngine, OpenIddictEngine>();
            services.AddScoped<AuthorizeEndpoint>();
            services.AddScoped<TokenEndpoint>();
            services.AddScoped<EndSessionEndpoint>();
        }
    }

    extension(WebApplication app)
    {
        public void UseEngine()
        {
            app.Use(async (context, next) =>
            {
                if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } body
                    && context.Request.Path.StartsWithSegments("/connect", StringComparison.OrdinalIgnoreCase))
                {
                    body.MaxRequestBodySize = BodyMaxBytes;
                }

                await context.RequestServices.GetRequiredService<SigningKeys>().RefreshAsync(context.RequestAborted);
                await next(context);
            });
            app.UseAuthentication();
        }

        public void MapEngine()
        {
            string[] both = [HttpMethods.Get, HttpMethods.Post];

            app.MapMethods("connect/authorize", both, (HttpContext http, AuthorizeEndpoint endpoint) => endpoint.AnswerAsync(http));
            app.MapPost("connect/token", (HttpContext http, TokenEndpoint endpoint) => endpoint.AnswerAsync(http));
            app.MapMethods("connect/userinfo", both, UserInfoEndpoint.AnswerAsync);
            app.MapMethods("connect/endsession", both, (HttpContext http, EndSessionEndpoint endpoint) => endpoint.AnswerAsync(http));
        }
    }

    extension(ModelBuilder model)
    {
        /// <summary>Tables of the engine, in the context of the accounts.</summary>
        public void AddEngine()
        {
            model.UseOpenIddict<long>();
            model.Entity<OpenIddictEntityFrameworkCoreApplication<long>>().ToTable("oidc_clients");
            model.Entity<OpenIddictEntityFrameworkCoreAuthorization<long>>().ToTable("oidc_authorizations");
            model.Entity<OpenIddictEntityFrameworkCoreScope<long>>().ToTable("oidc_scopes");
            model.Entity<OpenIddictEntityFrameworkCoreToken<long>>(token =>
            {
                token.ToTable("oidc_tokens");
                token.Property(t => t.Id).UseHiLo("oidc_token_ids"); // known before the row is written; see TokenStore
            });
        }
    }
}
