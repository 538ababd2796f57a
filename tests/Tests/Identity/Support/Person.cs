using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.WebUtilities;
using Platform.Contracts.Tenants;

namespace Platform.Tests.Identity.Support;

/// <summary>
/// Where a browser ended up: a page of the provider, or the address of a client (which is not called).
/// </summary>
public sealed record Landing(Uri Url, HttpStatusCode Status, string Html, HttpResponseMessage Response)
{
    /// <summary>The page without the encoding of HTML.</summary>
    public string Text => WebUtility.HtmlDecode(Html);

    public string? this[string name] =>
        QueryHelpers.ParseQuery(Url.Query).TryGetValue(name, out var value) ? value.ToString() : null;

    public string Code => this["code"] ?? throw new InvalidOperationException($"No code: {(int)Status} {Url}");

    public bool IsSignInPage => Url.AbsolutePath.Equals("/Account/Login", StringComparison.OrdinalIgnoreCase);

    public bool IsChoicePage => Url.AbsolutePath.Equals("/Account/ChooseTenant", StringComparison.OrdinalIgnoreCase);

    public bool IsErrorPage => Url.AbsolutePath.Equals("/Error", StringComparison.OrdinalIgnoreCase)
        || (Status == HttpStatusCode.BadRequest && Html.Contains("<dt>", StringComparison.Ordinal));

    public bool IsAt(string uri) => Url.GetLeftPart(UriPartial.Path) == new Uri(uri).GetLeftPart(UriPartial.Path);
}

/// <summary>A person with an account and a browser.</summary>
public sealed partial class Person(IdentityApp app, long id, string email) : IDisposable
{
    private readonly CookieContainer _cookies = new();
    private HttpClient? _client;

    private HttpClient Http => _client ??= NewClient();

    /// <summary>Sent by another browser than the first.</summary>
    private const string Firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0";

    private string? _userAgent;

    public long Id => id;

    /// <summary>The same person, at another device.</summary>
    public Person InAnotherBrowser() => new(app, id, email) { _userAgent = Firefox };

    public string Email => email;

    /// <summary>Opens an authorize request and follows it until it asks something or leaves.</summary>
    public Task<Landing> AuthorizeAsync(Dictionary<string, string?> request) =>
        GoAsync(QueryHelpers.AddQueryString($"{app.Issuer}/connect/authorize", request));

    /// <summary>As <see cref="AuthorizeAsync"/>, and signs in where asked.</summary>
    public async Task<Landing> EnterAsync(Dictionary<string, string?> request, string password = DemoTenants.Password)
    {
        var landing = await AuthorizeAsync(request);
        return landing.IsSignInPage ? await FillInAsync(landing, password) : landing;
    }

    /// <summary>Fills in the sign-in page, and chooses the first organisation where there are several.</summary>
    public async Task<Landing> FillInAsync(Landing page, string password = DemoTenants.Password, string? address = null)
    {
        var next = await SubmitAsync(page, ("Input.Email", address ?? email), ("Input.Password", password), ("action", "signin"));
        return next.IsChoicePage ? await SubmitAsync(next, ("tenant", FirstChoice.Match(next.Html).Groups[1].Value)) : next;
    }

    /// <summary>Signs in and redeems the code.</summary>
    public async Task<Answer> TokensAsync(RelyingParty client, params (string Name, string? Value)[] changes)
    {
        var landing = await EnterAsync(client.Request(changes));
        var answer = await client.RedeemAsync(landing.Code);
        answer.IsGranted();
        return answer;
    }

    /// <summary>Sends the form of a page, with its hidden fields.</summary>
    public Task<Landing> SubmitAsync(Landing page, params (string Name, string Value)[] fields)
    {
        var form = Hidden.Matches(page.Html).DistinctBy(match => match.Groups["name"].Value).ToDictionary(
            match => match.Groups["name"].Value, match => WebUtility.HtmlDecode(match.Groups["value"].Value));
        foreach (var (name, value) in fields) form[name] = value;
        return PostAsync(page.Url.ToString(), form);
    }

    public async Task<Landing> PostAsync(
        string url, IEnumerable<KeyValuePair<string, string>> form, Action<HttpRequestMessage>? change = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new FormUrlEncodedContent(form) };
        change?.Invoke(request);
        return await FollowAsync(new(url), await Http.SendAsync(request));
    }

    public async Task<Landing> GoAsync(string url) => await FollowAsync(new(url), await Http.GetAsync(new Uri(url)));

    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request) => await Http.SendAsync(request);

    private HttpClient NewClient()
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = _cookies });
        if (_userAgent is not null) client.DefaultRequestHeaders.UserAgent.ParseAdd(_userAgent);
        return client;
    }

    public string Cookie(string site, string name) => _cookies.GetCookies(new(site))[name]?.Value ?? "";

    public void Dispose() => _client?.Dispose();

    private async Task<Landing> FollowAsync(Uri url, HttpResponseMessage response)
    {
        for (var i = 0; i < 10; i++)
        {
            if (response.Headers.Location is not { } next)
            {
                return new(url, response.StatusCode, await response.Content.ReadAsStringAsync(), response);
            }

            url = new(url, next);
            if (!url.ToString().StartsWith(app.Issuer + "/", StringComparison.Ordinal))
            {
                return new(url, response.StatusCode, "", response);
            }

            response = await Http.GetAsync(url);
        }

        throw new InvalidOperationException($"Too many redirects, the last to {url}");
    }

    [GeneratedRegex("""name="tenant" value="([^"]+)""")]
    private static partial Regex FirstChoice { get; }

    [GeneratedRegex("""<input[^>]*name="(?<name>__RequestVerificationToken|LogoutId|Ticket)"[^>]*value="(?<value>[^"]*)""")]
    private static partial Regex Hidden { get; }
}
