using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.IdentityModel.Tokens;

namespace Platform.Tests.Identity.App;

/// <summary>A person's browser, as far as a sign-in needs one: it keeps cookies and shows each step.</summary>
internal sealed partial class PageReader(string issuer, string language = "en", SocketsHttpHandler? handler = null) : IDisposable
{
    private readonly HttpClient _http = new(handler ?? new() { AllowAutoRedirect = false })
    {
        BaseAddress = new(issuer),
        DefaultRequestHeaders = { { "Accept-Language", language } },
    };

    /// <summary>
    /// The authorize request of an application; <c>cli</c> is the one whose redirect URI needs no server.
    /// </summary>
    public static string Request(string client = "cli", string redirect = "http://127.0.0.1/callback",
        string scope = "openid scheduling licensing", string more = "") =>
        $"/connect/authorize?client_id={client}&response_type=code&redirect_uri={Uri.EscapeDataString(redirect)}"
        + $"&scope={Uri.EscapeDataString(scope)}&state=s&code_challenge={Challenge}&code_challenge_method=S256{more}";

    public const string Verifier = "a-verifier-that-is-long-enough-to-be-one-43-letters";

    private static string Challenge => Base64UrlEncoder.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));

    /// <summary>
    /// Follows redirects within the issuer and stops at the first page, or at the address of an application.
    /// </summary>
    public async Task<Page> OpenAsync(string url)
    {
        for (var step = 0; step < 10; step++)
        {
            using var response = await _http.GetAsync(url);
            if (response.Headers.Location is not { } to) return await Page.ReadAsync(url, response);

            url = new Uri(new Uri(new Uri(issuer), url), to).ToString();
            if (!url.StartsWith(issuer, StringComparison.Ordinal)) return new(url, response.StatusCode, "", response);
        }

        throw new InvalidOperationException("The redirects go round in circles.");
    }

    public async Task<Page> PostAsync(Page form, params (string Name, string Value)[] fields)
    {
        using var content = new FormUrlEncodedContent(
            fields.Append(("__RequestVerificationToken", form.Antiforgery)).Select(field => KeyValuePair.Create(field.Item1, field.Item2)));
        using var response = await _http.PostAsync(form.Url, content);

        return response.Headers.Location is { } to
            ? await OpenAsync(new Uri(new Uri(new Uri(issuer), form.Url), to).ToString())
            : await Page.ReadAsync(form.Url, response);
    }

    public Task<Page> SignInAsync(Page form, string email, string password) =>
        PostAsync(form, ("Input.Email", email), ("Input.Password", password), ("action", "signin"));

    public void Dispose() => _http.Dispose();

    internal sealed partial record Page(string Url, HttpStatusCode Status, string Html, HttpResponseMessage Response)
    {
        public string Antiforgery => AntiforgeryField().Match(Html).Groups[1].Value;

        /// <summary>The first heading, without markup.</summary>
        public string Heading => WebUtility.HtmlDecode(Headings().Match(Html).Groups[1].Value);

        /// <summary>The list of problems above the form; empty if there are no problems.</summary>
        public string Problem => WebUtility.HtmlDecode(Tags().Replace(Problems().Match(Html).Groups[1].Value, " ")).Trim();

        public string Language => LanguageAttribute().Match(Html).Groups[1].Value;

        public string? this[string parameter] => System.Web.HttpUtility.ParseQueryString(new Uri(Url).Query)[parameter];

        public static async Task<Page> ReadAsync(string url, HttpResponseMessage response) =>
            new(url, response.StatusCode, await response.Content.ReadAsStringAsync(), response);

        [GeneratedRegex("""name="__RequestVerificationToken"[^>]*value="([^"]+)""")]
        private static partial Regex AntiforgeryField();

        [GeneratedRegex("<h1>(.*?)</h1>", RegexOptions.Singleline)]
        private static partial Regex Headings();

        [GeneratedRegex("""<div class="problems".*?<ul>(.*?)</ul>""", RegexOptions.Singleline)]
        private static partial Regex Problems();

        [GeneratedRegex("<[^>]+>")]
        private static partial Regex Tags();

        [GeneratedRegex("""<html lang="([^"]+)""")]
        private static partial Regex LanguageAttribute();
    }
}
