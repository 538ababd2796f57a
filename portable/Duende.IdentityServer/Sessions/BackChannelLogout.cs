using Duende.IdentityServer.Protocol;
using Duende.IdentityServer.Tokens;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Duende.IdentityServer.Sessions;

/// <summary>
/// Tells clients that a session is over (OpenID Connect Back-Channel Logout), all at once, once, within seconds.
/// </summary>
internal sealed class BackChannelLogout(
    ResourceCatalogue catalogue, IServiceProvider services, IHttpClientFactory http, ILogger<BackChannelLogout> logger)
{
    public const string HttpClientName = "IdentityServer:BackChannelLogoutClient";

    public Task NotifyAsync(string subjectId, string sessionId, IEnumerable<string> clientIds, CancellationToken ct) =>
        Task.WhenAll(
            from id in clientIds
            let uri = catalogue.FindClient(id)?.BackChannelLogoutUri
            where uri is not null
            select NotifyAsync(id, new Uri(uri), subjectId, sessionId, ct));

    private async Task NotifyAsync(string clientId, Uri uri, string subjectId, string sessionId, CancellationToken ct)
    {
        try
        {
            // Taken here: the factory asks for the application's profile service, which this class has no use for.
            var token = await services.GetRequiredService<TokenFactory>().LogoutTokenAsync(
                clientId, subjectId, sessionId, ct);

            using var client = http.CreateClient(HttpClientName);
            using var form = new FormUrlEncodedContent([new("logout_token", token)]);
            using var response = await client.PostAsync(uri, form, ct);

            if (!response.IsSuccessStatusCode)
            {
                logger.LogWarning(
                    "Client {ClientId} answered {Status} to a logout", clientId, (int)response.StatusCode);
            }
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            logger.LogWarning(e, "Client {ClientId} could not be told of a logout", clientId);
        }
    }
}
