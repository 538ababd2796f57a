using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Logging;

namespace Platform.Tests.Proxies;

/// <summary>
/// One of our programs as it runs outside Development, on a port of its own. A test has no DNS and no certificate that
/// all clients trust, so the proxy's handler finds the proxy for it.
/// </summary>
/// <typeparam name="TEntry">A type of the program.</typeparam>
internal sealed class ProductionProcess<TEntry>(TlsProxy proxy, IEnumerable<(string Key, string? Value)> settings)
    : WebApplicationFactory<TEntry> where TEntry : class
{
    /// <returns>The URL that it listens on, behind the proxy.</returns>
    public async Task<string> StartAsync()
    {
        UseKestrel(0);
        await Task.Run(StartServer);
        return $"http://127.0.0.1:{ClientOptions.BaseAddress.Port}";
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment("Production").UseStaticWebAssets(); // nothing here is published
        foreach (var (key, value) in settings) builder.UseSetting(key, value);

        builder.ConfigureLogging(logging => logging.ClearProviders());
        builder.ConfigureTestServices(services => services
            .ConfigureAll<JwtBearerOptions>(options => options.BackchannelHttpHandler = proxy.NewHandler())
            .ConfigureAll<OpenIdConnectOptions>(options => options.BackchannelHttpHandler = proxy.NewHandler())
            .ConfigureAll<HttpClientFactoryOptions>(options => options.HttpMessageHandlerBuilderActions.Add(
                handlers => handlers.PrimaryHandler = proxy.NewHandler())));
    }
}
