using System.Text;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;
using Platform.Identity.Clients;
using Platform.ServiceDefaults.RateLimits;

namespace Platform.Identity.Http;

/// <summary>
/// Limits token requests by address and client, behind the limit of the address. A client is whom the request names, by
/// HTTP Basic or <c>client_id</c>, if the catalogue has it: an invented name opens no counter. The name is not verified
/// yet, so it counts for its own address alone, and nobody elsewhere can use up a client's limit.
/// </summary>
internal sealed class ClientRateLimit(
    RequestDelegate next, SharedRateLimits shared, IOptions<RateLimitOptions> options, Catalogue catalogue)
{
    private readonly PartitionedRateLimiter<string> _limiter = PartitionedRateLimiter.Create<string, string>(
        key => shared.PerMinute("client_token", key, options.Value.Tokens));

    public async Task InvokeAsync(HttpContext context)
    {
        if (context.Request.IsForTokens && await FindClientAsync(context.Request) is { } client)
        {
            using var lease = await _limiter.AcquireAsync(
                $"{ClientNetwork.Of(context)} {client}", 1, context.RequestAborted);
            if (!lease.IsAcquired)
            {
                RateLimits.Refuse(context, lease);
                return;
            }
        }

        await next(context);
    }

    private async Task<string?> FindClientAsync(HttpRequest request)
    {
        var named = NamedByBasic(request) ?? await NamedByFormAsync(request);
        return catalogue.Find(named)?.Id;
    }

    private static string? NamedByBasic(HttpRequest request)
    {
        const string Scheme = "Basic ";
        if (request.Headers.Authorization is not [{ Length: > 6 and < 1_000 } header]) return null;
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)) return null;

        var bytes = new byte[header.Length];
        return Convert.TryFromBase64String(header[Scheme.Length..], bytes, out var length)
            ? Encoding.UTF8.GetString(bytes, 0, length).Split(':')[0]
            : null;
    }

    /// <summary>The form is read once: the provider gets the same one, or the same exception.</summary>
    private static async Task<string?> NamedByFormAsync(HttpRequest request)
    {
        if (!request.HasFormContentType) return null;

        try
        {
            var form = await request.ReadFormAsync(request.HttpContext.RequestAborted);
            return form["client_id"] is [{ } client] ? client : null;
        }
        catch (Exception e) when (e is InvalidDataException or BadHttpRequestException)
        {
            return null; // malformed or too long
        }
    }
}
