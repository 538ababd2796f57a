using Duende.IdentityServer.Configuration;
using Duende.IdentityServer.Endpoints;
using Duende.IdentityServer.Models;
using Duende.IdentityServer.Protocol;
using Duende.IdentityServer.Services;
using Duende.IdentityServer.Sessions;
using Duende.IdentityServer.Stores;
using Duende.IdentityServer.Tokens;
using Duende.IdentityServer.Validation;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

public interface IIdentityServerBuilder
{
    IServiceCollection Services { get; }
}

internal sealed record IdentityServerBuilder(IServiceCollection Services) : IIdentityServerBuilder;

public static class IdentityServerServiceCollectionExtensions
{
    /// <summary>To change the registrations of a provider that has been added.</summary>
    public static IIdentityServerBuilder AddIdentityServerBuilder(this IServiceCollection services) =>
        new IdentityServerBuilder(services);

    public static IIdentityServerBuilder AddIdentityServer(
        this IServiceCollection services, Action<IdentityServerOptions> setupAction)
    {
        services.AddOptions<IdentityServerOptions>().Configure(setupAction)
            .Validate(
                options => options.EmitScopesAsSpaceDelimitedStringInJwt,
                "EmitScopesAsSpaceDelimitedStringInJwt must be true")
            .Validate(
                options => IsIssuer(options.IssuerUri),
                "IssuerUri must be https, without query, fragment and trailing slash; http for this machine only")
            .ValidateOnStart();

        services.TryAddSingleton(TimeProvider.System);
        services.AddHttpContextAccessor();
        services.AddDataProtection();
        services.AddHttpClient(BackChannelLogout.HttpClientName, client => client.Timeout = TimeSpan.FromSeconds(5))
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false });

        services.AddSingleton<ResourceCatalogue>();
        services.AddSingleton<Sealer>();
        services.AddSingleton<Grants>();
        services.AddSingleton<SigningKeys>();
        services.AddHostedService(provider => provider.GetRequiredService<SigningKeys>());
        services.AddSingleton<AuthorizeRules>();
        services.AddSingleton<AuthorizeRequests>();
        services.AddSingleton<AuthorizeAnswers>();
        services.AddSingleton<ClientAssertions>();

        services.AddScoped<TokenFactory>();
        services.AddScoped<TokenReader>();
        services.AddScoped<ITokenValidator>(provider => provider.GetRequiredService<TokenReader>());
        services.AddScoped<BackChannelLogout>();
        services.AddScoped<SessionDirectory>();
        services.AddScoped<ISessionManagementService>(provider => provider.GetRequiredService<SessionDirectory>());
        services.AddScoped<ClientAuthentication>();
        services.AddScoped<IEventService, EventService>();
        services.TryAddTransient<IEventSink, LogEventSink>();
        services.AddScoped<IIdentityServerInteractionService, Interaction>();

        services.AddScoped<UserTokens>();
        services.AddScoped<ExtensionGrants>();
        services.AddScoped<IGrantHandler, CodeGrant>();
        services.AddScoped<IGrantHandler, RefreshGrant>();
        services.AddScoped<IGrantHandler, ClientCredentialsGrant>();

        services.AddScoped<AuthorizeEndpoint>();
        services.AddScoped<TokenEndpoint>();
        services.AddScoped<UserInfoEndpoint>();
        services.AddScoped<IntrospectionEndpoint>();
        services.AddScoped<RevocationEndpoint>();
        services.AddScoped<PushedEndpoint>();
        services.AddScoped<EndSessionEndpoint>();
        services.AddScoped<DiscoveryEndpoint>();

        services.AddAuthentication();
        services.PutSessionsBeforeAuthentication();
        return new IdentityServerBuilder(services);
    }

    /// <summary>Wraps the framework's authentication service, whoever registered it.</summary>
    private static void PutSessionsBeforeAuthentication(this IServiceCollection services)
    {
        var framework = services.Last(service => service.ServiceType == typeof(IAuthenticationService));
        services.Remove(framework);

        services.AddScoped(provider => ActivatorUtilities.CreateInstance<SessionAuthentication>(
            provider,
            (IAuthenticationService)ActivatorUtilities.CreateInstance(provider, framework.ImplementationType!)));
        services.AddScoped<IAuthenticationService>(provider => provider.GetRequiredService<SessionAuthentication>());
    }

    private static bool IsIssuer(string? issuer) =>
        Uri.TryCreate(issuer, UriKind.Absolute, out var uri) && uri is { Query: "", Fragment: "" }
            && !issuer.EndsWith('/')
        && (uri.Scheme == Uri.UriSchemeHttps || uri.IsLoopback);
}

public static class IdentityServerBuilderExtensions
{
    public static IIdentityServerBuilder AddInMemoryIdentityResources(
        this IIdentityServerBuilder builder, IEnumerable<IdentityResource> identityResources)
    {
        builder.Services.AddSingleton(identityResources);
        return builder;
    }

    public static IIdentityServerBuilder AddInMemoryApiScopes(
        this IIdentityServerBuilder builder, IEnumerable<ApiScope> apiScopes)
    {
        builder.Services.AddSingleton(apiScopes);
        return builder;
    }

    public static IIdentityServerBuilder AddInMemoryApiResources(
        this IIdentityServerBuilder builder, IEnumerable<ApiResource> apiResources)
    {
        builder.Services.AddSingleton(apiResources);
        return builder;
    }

    public static IIdentityServerBuilder AddInMemoryClients(
        this IIdentityServerBuilder builder, IEnumerable<Client> clients)
    {
        builder.Services.AddSingleton(clients);
        return builder;
    }

    public static IIdentityServerBuilder AddProfileService<T>(
        this IIdentityServerBuilder builder) where T : class, IProfileService
    {
        builder.Services.AddTransient<IProfileService, T>();
        return builder;
    }

    public static IIdentityServerBuilder AddExtensionGrantValidator<T>(
        this IIdentityServerBuilder builder) where T : class, IExtensionGrantValidator
    {
        builder.Services.AddTransient<IExtensionGrantValidator, T>();
        return builder;
    }

    /// <summary>Client authentication by private_key_jwt.</summary>
    public static IIdentityServerBuilder AddJwtBearerClientAuthentication(this IIdentityServerBuilder builder)
    {
        builder.Services.AddSingleton<ClientAssertionsMarker>();
        return builder;
    }

    /// <summary>Keeps sign-in sessions in the operational store instead of the cookie.</summary>
    public static IIdentityServerBuilder AddServerSideSessions(this IIdentityServerBuilder builder)
    {
        builder.Services.AddSingleton<ServerSideSessionsMarker>();
        builder.Services.AddSingleton<SessionTickets>();
        builder.Services.AddSingleton<IPostConfigureOptions<CookieAuthenticationOptions>, UseSessionTickets>();
        builder.Services.AddHostedService<SessionCleanup>();
        return builder;
    }
}
