using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

public static class OpenIdConnectExtensions
{
    extension(AuthenticationBuilder builder)
    {
        public AuthenticationBuilder AddOpenIdConnect() =>
            builder.AddOpenIdConnect(OpenIdConnectDefaults.AuthenticationScheme, _ => { });

        public AuthenticationBuilder AddOpenIdConnect(Action<OpenIdConnectOptions> configureOptions) =>
            builder.AddOpenIdConnect(OpenIdConnectDefaults.AuthenticationScheme, configureOptions);

        public AuthenticationBuilder AddOpenIdConnect(
            string authenticationScheme, Action<OpenIdConnectOptions> configureOptions) =>
            builder.AddOpenIdConnect(authenticationScheme, OpenIdConnectDefaults.DisplayName, configureOptions);

        public AuthenticationBuilder AddOpenIdConnect(
            string authenticationScheme, string? displayName, Action<OpenIdConnectOptions> configureOptions)
        {
            builder.Services.TryAddEnumerable(ServiceDescriptor
                .Singleton<IPostConfigureOptions<OpenIdConnectOptions>, OpenIdConnectPostConfigureOptions>());

            return builder.AddRemoteScheme<OpenIdConnectOptions, OpenIdConnectHandler>(
                authenticationScheme, displayName, configureOptions);
        }
    }
}
