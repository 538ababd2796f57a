using System.Collections.Concurrent;
using System.Net;

namespace Platform.Tests.SignIn;

/// <summary>
/// The parts of a browser that sign-in needs: it keeps cookies for each site, also the Secure ones of http://localhost
/// as browsers do and <see cref="CookieContainer"/> does not, and it follows redirects only as far as requested.
/// </summary>
internal sealed class Browser : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false });

    /// <summary>By site (host and port) and name.</summary>
    public ConcurrentDictionary<(string Site, string Name), string> Cookies { get; private init; } = [];

    /// <summary>Each <c>Set-Cookie</c> as it came.</summary>
    public ConcurrentQueue<string> SetCookies { get; } = [];

    public Browser Copy() => new() { Cookies = new(Cookies) };

    public void Dispose() => _http.Dispose();

    public Task<HttpResponseMessage> GetAsync(string url, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Get, url, null, headers);

    public Task<HttpResponseMessage> PostAsync(
        string url, IEnumerable<KeyValuePair<string, string>> form, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Post, url, new FormUrlEncodedContent(form), headers);

    /// <summary>
    /// Follows redirects to the last one, or until one leads to <paramref name="stopAt"/>.
    /// </summary>
    public async Task<HttpResponseMessage> FollowAsync(string url, string? stopAt = null)
    {
        for (var hops = 0; hops < 12; hops++)
        {
            var response = await GetAsync(url);
            if (Location(response) is not { } next) return response;
            if (stopAt is not null && next.Contains(stopAt, StringComparison.Ordinal)) return response;
            response.Dispose();
            url = next;
        }

        throw new InvalidOperationException("The redirects do not end.");
    }

    /// <summary>Where a response sends the browser, in full.</summary>
    public static string? Location(HttpResponseMessage response) => response.Headers.Location is { } target
        ? new Uri(response.RequestMessage!.RequestUri!, target).AbsoluteUri
        : null;

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string url, HttpContent? content, (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, url) { Content = content };
        var site = request.RequestUri!.Authority;
        var cookies = string.Join("; ", Cookies.Where(c => c.Key.Site == site).Select(c => $"{c.Key.Name}={c.Value}"));
        if (cookies.Length > 0) request.Headers.Add("Cookie", cookies);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);

        var response = await _http.SendAsync(request);
        foreach (var cookie in response.Headers.TryGetValues("Set-Cookie", out var set) ? set : []) Keep(site, cookie);
        return response;
    }

    private void Keep(string site, string cookie)
    {
        SetCookies.Enqueue(cookie);
        var pair = cookie.Split(';')[0].Split('=', 2);

        if (cookie.Contains("expires=Thu, 01 Jan 1970", StringComparison.Ordinal)) Cookies.TryRemove((site, pair[0]), out _);
        else Cookies[(site, pair[0])] = pair[1];
    }
}
