using Microsoft.Extensions.Options;
using Platform.ServiceDefaults.Http;

namespace Platform.Identity.SingleSignOn;

internal sealed class SingleSignOnOptions
{
    public const string Section = "SingleSignOn";

    /// <summary>
    /// Networks (CIDR) of providers that are not on the public internet. Every other address that is not public is
    /// refused: tenants choose where this process connects to.
    /// </summary>
    public IReadOnlyList<string> PrivateNetworks { get; init; } = [];
}

/// <summary>
/// Calls the providers of tenants: over HTTPS, at public addresses, following no redirect, for a limited time and
/// size. Not a client of the factory, whose clients resolve the names of our own processes.
/// </summary>
internal sealed class ProviderHttp : IDisposable
{
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);
    private const int MaxResponseBytes = 512 * 1024;

    public ProviderHttp(IOptions<SingleSignOnOptions> options, IHostEnvironment environment)
    {
        RequireHttps = !environment.IsDevelopment();
        Client = new(new SchemeGuard(RequireHttps)
        {
            InnerHandler = new PublicConnections(options.Value.PrivateNetworks).NewHandler(Timeout),
        })
        {
            Timeout = Timeout,
            MaxResponseContentBufferSize = MaxResponseBytes,
        };
    }

    public HttpClient Client { get; }

    public bool RequireHttps { get; }

    public void Dispose() => Client.Dispose();

    private sealed class SchemeGuard(bool requireHttps) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken) =>
            !requireHttps || request.RequestUri?.Scheme == Uri.UriSchemeHttps
                ? base.SendAsync(request, cancellationToken)
                : throw new HttpRequestException("The provider must be called over HTTPS.");
    }
}
