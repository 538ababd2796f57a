using Duende.IdentityServer.Protocol;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Duende.IdentityServer.Endpoints;

internal interface IProviderEndpoint
{
    Task HandleAsync(HttpContext http);
}

/// <summary>Answers the provider's own paths and lets everything else pass.</summary>
internal sealed class ProviderMiddleware(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext http)
    {
        var endpoint = http.Request.Path.Value switch
        {
            ProviderPaths.Discovery or ProviderPaths.OAuthMetadata or ProviderPaths.Jwks => typeof(DiscoveryEndpoint),
            ProviderPaths.Authorize or AuthorizeRequests.CallbackPath => typeof(AuthorizeEndpoint),
            ProviderPaths.Pushed => typeof(PushedEndpoint),
            ProviderPaths.Token => typeof(TokenEndpoint),
            ProviderPaths.UserInfo => typeof(UserInfoEndpoint),
            ProviderPaths.Introspection => typeof(IntrospectionEndpoint),
            ProviderPaths.Revocation => typeof(RevocationEndpoint),
            ProviderPaths.EndSession or ProviderPaths.EndSessionCallback => typeof(EndSessionEndpoint),
            _ => null,
        };

        return endpoint is null
            ? next(http)
            : ((IProviderEndpoint)http.RequestServices.GetRequiredService(endpoint)).HandleAsync(http);
    }
}
