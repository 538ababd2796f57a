using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Platform.ServiceDefaults.Http;

internal static class ForwardedHeadersSetup
{
    /// <summary>
    /// Gives every request the scheme, host and address that a known proxy in front saw (<see cref="ProxyOptions"/>).
    /// The first of all startup filters does it: nothing in <c>Program.cs </c> can come before it, nor can the check
    /// of <c>AllowedHosts </c>.
    /// </summary>
    public static void AddForwardedHeaders(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<ProxyOptions>()
            .BindConfiguration(ProxyOptions.Section).ValidateDataAnnotations().ValidateOnStart()
            .Validate<IConfiguration>((_, configuration) => HasLists(configuration.GetSection(ProxyOptions.Section)),
                "Proxies:KnownProxies and Proxies:KnownNetworks are lists: set Proxies:KnownProxies:0, …:1.");
        builder.Services.AddSingleton<IValidateOptions<ProxyOptions>, ProxyOptionsValidator>();
        builder.Services.AddOptions<ForwardedHeadersOptions>().PostConfigure<IOptions<ProxyOptions>>(Configure);
        builder.Services.Insert(0, ServiceDescriptor.Singleton<IStartupFilter, FirstInPipeline>());
    }

    private static void Configure(ForwardedHeadersOptions headers, IOptions<ProxyOptions> options)
    {
        var proxies = options.Value;
        headers.ForwardedHeaders = proxies.HasAny
            ? ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost
            : ForwardedHeaders.None;
        headers.ForwardLimit = proxies.ForwardLimit;
        headers.KnownProxies.Clear(); // the framework trusts loopback by default
        headers.KnownIPNetworks.Clear();
        foreach (var text in proxies.KnownProxies) headers.KnownProxies.Add(ProxyOptions.AddressOf(text)!);
        foreach (var text in proxies.KnownNetworks) headers.KnownIPNetworks.Add(ProxyOptions.NetworkOf(text)!.Value);
    }

    /// <summary>Configuration ignores a value where a list belongs.</summary>
    private static bool HasLists(IConfiguration proxies) =>
        string.IsNullOrEmpty(proxies[nameof(ProxyOptions.KnownProxies)])
        && string.IsNullOrEmpty(proxies[nameof(ProxyOptions.KnownNetworks)]);

    private sealed class FirstInPipeline : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.UseForwardedHeaders();
            next(app);
        };
    }
}
