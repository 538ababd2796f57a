using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Platform.Contracts.Tenants;

namespace Platform.Bench;

/// <summary>
/// A person whose browser signs in to the Hub. The Hub's own requests, which refresh tokens and read user info, come
/// from another connection without the browser's cookies, as they do in production.
/// </summary>
internal sealed partial class BenchPerson : IDisposable
{
    public const string HubSecret = "hub-secret-of-the-bench";

    private static readonly string Verifier = new('v', 43);
    private static readonly string Challenge =
        Convert.ToBase64String(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier))).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private readonly HttpClient _browser;
    private readonly HttpClient _application;
    private readonly Uri _identity;
    private readonly string _redirectUri;
    private string _refreshToken = "";
    private string _accessToken = "";

    /// <param name="identity">Address of Identity.</param>
    /// <param name="hub">Address of the Hub, which is never called.</param>
    public BenchPerson(Uri identity, Uri hub)
    {
        (_identity, _redirectUri) = (identity, new Uri(hub, "/signin-oidc").ToString());
        _browser = new(new Cookies(OneConnection())) { BaseAddress = identity };
        _application = new(OneConnection()) { BaseAddress = identity };

        static SocketsHttpHandler OneConnection() =>
            new() { AllowAutoRedirect = false, UseCookies = false, MaxConnectionsPerServer = 1 };
    }

    /// <summary>The whole way from the application's request to its tokens: form, password, code.</summary>
    public async Task SignInAsync()
    {
        var request = $"connect/authorize?client_id=hub&response_type=code&scope=openid%20profile%20offline_access%20scheduling&prompt=login"
            + $"&redirect_uri={Uri.EscapeDataString(_redirectUri)}&code_challenge={Challenge}&code_challenge_method=S256"
            + $"&acr_values=tenant:{BenchStack.Tenant.Slug}";
        var form = await GoAsync(new(_identity, request));
        var html = await _browser.GetStringAsync(form);
        using var content = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["Input.Email"] = BenchStack.Tenant.Users[0].Email,
            ["Input.Password"] = DemoTenants.Password,
            ["action"] = "signin",
            ["__RequestVerificationToken"] = Antiforgery().Match(html).Groups[1].Value,
        });
        using var answer = await _browser.PostAsync(form, content);
        var landing = await GoAsync(new(_identity, answer.Headers.Location ?? throw new InvalidOperationException($"{answer.StatusCode}")));
        var code = Code().Match(landing.Query).Groups[1].Value;
        await TokensAsync(
            ("grant_type", "authorization_code"), ("code", Uri.UnescapeDataString(code)), ("redirect_uri", _redirectUri), ("code_verifier", Verifier));
    }

    public Task RefreshAsync() => TokensAsync(("grant_type", "refresh_token"), ("refresh_token", _refreshToken));

    public async Task UserInfoAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "connect/userinfo");
        request.Headers.Authorization = new("Bearer", _accessToken);
        using var answer = await _application.SendAsync(request);
        answer.EnsureSuccessStatusCode();
        await answer.Content.CopyToAsync(Stream.Null);
    }

    public void Dispose()
    {
        _browser.Dispose();
        _application.Dispose();
    }

    /// <summary>Follows redirects until a page, or an address of another site.</summary>
    private async Task<Uri> GoAsync(Uri url)
    {
        while (url.Authority == _identity.Authority)
        {
            using var answer = await _browser.GetAsync(url, HttpCompletionOption.ResponseHeadersRead);
            if (answer.Headers.Location is not { } next) return url;
            url = new(url, next);
        }

        return url;
    }

    private async Task TokensAsync(params (string Name, string Value)[] form)
    {
        using var content = new FormUrlEncodedContent(
            [.. form.Select(field => KeyValuePair.Create(field.Name, field.Value)), new("client_id", "hub"), new("client_secret", HubSecret)]);
        using var answer = await _application.PostAsync("connect/token", content);
        var body = await answer.Content.ReadAsStringAsync();
        if (answer.StatusCode != HttpStatusCode.OK) throw new InvalidOperationException(body);

        var tokens = JsonDocument.Parse(body).RootElement;
        (_accessToken, _refreshToken) = (tokens.GetProperty("access_token").GetString()!, tokens.GetProperty("refresh_token").GetString()!);
    }

    /// <summary>
    /// As browsers do, sends secure cookies to localhost without TLS, which <see cref="CookieContainer"/> does not.
    /// </summary>
    private sealed class Cookies(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        private readonly Dictionary<string, string> _jar = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (_jar.Count > 0) request.Headers.Add("Cookie", string.Join("; ", _jar.Select(cookie => $"{cookie.Key}={cookie.Value}")));
            var answer = await base.SendAsync(request, cancellationToken);
            foreach (var cookie in answer.Headers.TryGetValues("Set-Cookie", out var set) ? set : [])
            {
                var (name, value) = cookie.Split(';')[0].Split('=', 2) is [var key, var text] ? (key, text) : ("", "");
                if (value is "") _jar.Remove(name);
                else _jar[name] = value;
            }

            return answer;
        }
    }

    [GeneratedRegex("""name="__RequestVerificationToken"[^>]*value="([^"]+)""")]
    private static partial Regex Antiforgery();

    [GeneratedRegex("[?&]code=([^&]+)")]
    private static partial Regex Code();
}
