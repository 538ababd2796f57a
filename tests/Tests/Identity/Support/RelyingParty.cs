using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Platform.Identity.Clients;

namespace Platform.Tests.Identity.Support;

/// <summary>A client of the provider, as its own code would talk to it.</summary>
public sealed class RelyingParty(IdentityApp app, string id)
{
    public const string HubSecret = "hub-secret-1";
    public const string AdminSecret = "admin-secret-1";
    public const string ApiSecret = "api-secret-1";
    public const string OtherSecret = "other secret:+%/ü";
    public const string OtherUri = "https://other.example/cb?fixed=1";
    private const string FullUri = "https://full.example/cb";
    private const string AfterUri = "https://full.example/after";
    public const string FullScope = "openid profile email offline_access scheduling";

    public static readonly RSA ClientKey = RSA.Create(2048);
    public static readonly ECDsa CurveKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private static readonly HttpClient Http = new(
        new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });

    /// <summary>Clients in addition to those of the product, each with a special setting.</summary>
    internal static IEnumerable<OAuthClient> Extra =>
    [
        New("other"),
        New("no-pkce") with { RequirePkce = false },
        New("pushes") with { RequirePushedRequests = true },
        New("plain-oauth") with { Scopes = ["scheduling"] },
        New("no-code") with { Grants = [OAuthClient.Credentials] },
        New("signs") with { Secret = null, Keys = KeysOf(ClientKey) },
        Full("full"),
        Full("full-rsa") with { Secret = null, Keys = KeysOf(ClientKey) },
        Full("full-ec") with { Secret = null, Keys = KeysOf(CurveKey) },
    ];

    public string Id => id;

    public string Secret => id switch
    {
        "hub" => HubSecret,
        "admin" => AdminSecret,
        "api" => ApiSecret,
        "demo" => "demo-secret",
        _ => OtherSecret,
    };

    public string RedirectUri => id switch
    {
        "hub" => $"{app.Hub.Url}/signin-oidc",
        "admin" => "https://admin.example/signin-oidc",
        "full" or "full-rsa" or "full-ec" => FullUri,
        _ => OtherUri,
    };

    public string PostLogoutUri => RedirectUri == FullUri ? AfterUri : $"{app.Hub.Url}/signout-callback-oidc";

    public string Verifier { get; } = Base64UrlEncoder.Encode(RandomNumberGenerator.GetBytes(32));

    public string Challenge => Base64UrlEncoder.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));

    /// <summary>A good request, with changes; a null removes a parameter.</summary>
    public Dictionary<string, string?> Request(params (string Name, string? Value)[] changes)
    {
        var request = new Dictionary<string, string?>
        {
            ["client_id"] = id,
            ["redirect_uri"] = RedirectUri,
            ["response_type"] = "code",
            ["scope"] = FullScope,
            ["state"] = "s+t/a=t e&é",
            ["nonce"] = "nonce-1",
            ["code_challenge"] = Challenge,
            ["code_challenge_method"] = "S256",
        };
        foreach (var (name, value) in changes) request[name] = value;
        return request.Where(pair => pair.Value is not null).ToDictionary();
    }

    /// <summary>Calls the token endpoint as this client (HTTP Basic).</summary>
    public Task<Answer> TokenAsync(params (string Name, string? Value)[] form) => PostAsync("/connect/token", form);

    public Task<Answer> RedeemAsync(string code, params (string Name, string? Value)[] changes) => TokenAsync(
    [
        ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", RedirectUri),
        ("code_verifier", Verifier), .. changes,
    ]);

    public Task<Answer> RefreshAsync(string token, params (string Name, string? Value)[] more) =>
        TokenAsync([("grant_type", "refresh_token"), ("refresh_token", token), .. more]);

    /// <summary>Posts a form as this client; a later value of the same name replaces an earlier one.</summary>
    public Task<Answer> PostAsync(string path, params (string Name, string? Value)[] form)
    {
        var last = new Dictionary<string, string?>();
        foreach (var (name, value) in form) last[name] = value;

        return SendAsync(
            path, last.Where(pair => pair.Value is not null)!, request =>
                request.Headers.Authorization = Basic(id, Secret));
    }

    public async Task<Answer> SendAsync(
        string path, IEnumerable<KeyValuePair<string, string>> form, Action<HttpRequestMessage>? change = null)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Post, app.Issuer + path)
        { Content = new FormUrlEncodedContent(form) };
        change?.Invoke(request);
        return await Answer.OfAsync(await Http.SendAsync(request));
    }

    public async Task<Answer> UserInfoAsync(string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{app.Issuer}/connect/userinfo");
        request.Headers.Authorization = new("Bearer", token);
        return await Answer.OfAsync(await Http.SendAsync(request));
    }

    public static async Task<Answer> SendAsync(HttpRequestMessage request) =>
        await Answer.OfAsync(await Http.SendAsync(request));

    /// <summary>Both halves form-url-encoded, as RFC 6749 requires.</summary>
    public static AuthenticationHeaderValue Basic(string id, string secret) => new(
        "Basic", Convert.ToBase64String(
            Encoding.UTF8.GetBytes($"{Uri.EscapeDataString(id)}:{Uri.EscapeDataString(secret)}")));

    /// <summary>A client assertion of the client "signs".</summary>
    public string Assertion(Action<SecurityTokenDescriptor>? change = null)
    {
        var now = app.Clock.GetUtcNow();
        var token = new SecurityTokenDescriptor
        {
            Claims = new Dictionary<string, object>
            {
                ["iss"] = id,
                ["sub"] = id,
                ["aud"] = app.Issuer,
                ["jti"] = Guid.CreateVersion7().ToString(),
                ["iat"] = now.ToUnixTimeSeconds(),
                ["exp"] = now.AddMinutes(1).ToUnixTimeSeconds(),
            },
            TokenType = "client-authentication+jwt",
            SigningCredentials = new(new RsaSecurityKey(ClientKey), SecurityAlgorithms.RsaSha256),
        };
        change?.Invoke(token);
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(token);
    }

    private static string KeysOf(AsymmetricAlgorithm key) => ClientKeys.Read(key.ExportSubjectPublicKeyInfoPem());

    private static OAuthClient Full(string id) => New(id) with
    {
        Grants = [OAuthClient.Code, OAuthClient.Credentials, OAuthClient.Exchange],
        RedirectUri = FullUri,
        PostLogoutRedirectUri = AfterUri,
    };

    private static OAuthClient New(string id) => new(id, id)
    {
        Secret = OtherSecret,
        Grants = [OAuthClient.Code, OAuthClient.Credentials],
        Scopes = ["openid", "profile", "email", "offline_access", "scheduling"],
        RedirectUri = OtherUri,
    };
}

/// <summary>An answer for machines, read.</summary>
public sealed record Answer(int Status, JsonElement? Json, string Text, HttpResponseMessage Response)
{
    public string? this[string name] =>
        Json is { ValueKind: JsonValueKind.Object } json && json.TryGetProperty(name, out var value)
            ? value.ToString()
            : null;

    public string AccessToken => this["access_token"] ?? throw new InvalidOperationException($"{Status}: {Text}");

    public string RefreshToken => this["refresh_token"] ?? throw new InvalidOperationException($"{Status}: {Text}");

    public string IdToken => this["id_token"] ?? throw new InvalidOperationException($"{Status}: {Text}");

    public static async Task<Answer> OfAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        var isJson = response.Content.Headers.ContentType?.MediaType == "application/json" && text.Length > 0;
        return new((int)response.StatusCode, isJson ? JsonDocument.Parse(text).RootElement : null, text, response);
    }

    /// <summary>
    /// A refusal with one of the codes. The real package answers some with 400 where the standard says 401.
    /// </summary>
    public void IsRefused(params string[] codes)
    {
        Assert.True(Status is 400 or 401, $"{Status}: {Text}");
        Assert.Contains(this["error"], codes);
        Assert.Null(this["access_token"]);
    }

    public void IsGranted() => Assert.True(Status == 200, $"{Status}: {Text}");
}
