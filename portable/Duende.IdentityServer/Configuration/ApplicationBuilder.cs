using Duende.IdentityServer.Endpoints;
using Duende.IdentityServer.Protocol;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

public static class IdentityServerApplicationBuilderExtensions
{
    /// <summary>Authentication and the provider's endpoints.</summary>
    /// <exception cref="InvalidOperationException">A client is registered in an unsafe way.</exception>
    public static IApplicationBuilder UseIdentityServer(this IApplicationBuilder app)
    {
        _ = app.ApplicationServices.GetRequiredService<ResourceCatalogue>(); // checks the clients now, not at the first sign-in
        return app.UseAuthentication().UseMiddleware<ProviderMiddleware>();
    }
}
