using Microsoft.AspNetCore.Http;

namespace Platform.Ui.Http;

/// <summary>
/// Sends the Api the address of the person a page calls it for, so that its audit names the person's and not this
/// app's. The Api reads it where this app is one of its known proxies.
/// </summary>
public sealed class CallerAddressHandler(IHttpContextAccessor accessor) : DelegatingHandler
{
    private const string HeaderName = "X-Forwarded-For";

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.Remove(HeaderName); // a request that is sent again has it already
        if (accessor.HttpContext?.Connection.RemoteIpAddress is { } address) request.Headers.Add(HeaderName, $"{address}");

        return base.SendAsync(request, cancellationToken);
    }
}
