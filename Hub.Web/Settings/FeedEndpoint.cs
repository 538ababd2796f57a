using Microsoft.Net.Http.Headers;
using Platform.Ui.Http;

namespace Platform.Hub.Web.Settings;

/// <summary>
/// <c>GET /feeds/{token}.ics</c>: the calendar of a resource at this app's own host, which people can reach. The API
/// knows whether the secret URL still works.
/// </summary>
public static class FeedEndpoint
{
    private const string Client = "feeds";

    public static void AddFeeds(this WebApplicationBuilder builder) =>
        builder.Services.AddHttpClient(Client, http => http.BaseAddress = new("https+http://api"))
            .AddHttpMessageHandler<CallerAddressHandler>();

    public static void MapFeeds(this WebApplication app) =>
        app.MapMethods("/feeds/{token}.ics", [HttpMethods.Get, HttpMethods.Head], ReadAsync).AllowAnonymous();

    private static async Task<IResult> ReadAsync(
        string token, HttpContext context, IHttpClientFactory clients, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Get, $"public/api/v1/feeds/{Uri.EscapeDataString(token)}.ics");
        if (context.Request.Headers.IfNoneMatch.ToString() is { Length: > 0 } known)
        {
            request.Headers.TryAddWithoutValidation(HeaderNames.IfNoneMatch, known);
        }

        using var response = await clients.CreateClient(Client).SendAsync(request, ct);
        if (response.Headers.ETag is { } tag) context.Response.Headers.ETag = tag.ToString();
        context.Response.Headers.CacheControl = response.Headers.CacheControl?.ToString() ?? "no-store";
        if (!response.IsSuccessStatusCode) return Results.StatusCode((int)response.StatusCode);

        return Results.Bytes(await response.Content.ReadAsByteArrayAsync(ct), "text/calendar; charset=utf-8");
    }
}
