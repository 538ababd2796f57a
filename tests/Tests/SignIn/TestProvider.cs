using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;

namespace Platform.Tests.SignIn;

/// <summary>
/// An identity provider that signs every person in at once, and returns invalid responses on request, which our own
/// and the certified provider never do. Every part of its responses passes through one of the hooks.
/// </summary>
internal sealed class TestProvider : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, IQueryCollection> _codes = [];
    private readonly ConcurrentDictionary<string, byte> _usedRefreshTokens = [];
    private readonly ConcurrentDictionary<string, IReadOnlyDictionary<string, string>> _pushed = [];
    private int _serial;

    private TestProvider(WebApplication app) => _app = app;

    public string Issuer { get; private set; } = "";
    public string Subject { get; set; } = "11";
    public string SessionId { get; set; } = "session-1";
    public SigningKey Key { get; set; } = SigningKey.First;

    /// <summary>The published key set; by default the key in use.</summary>
    public SigningKey? PublishedKey { get; set; }

    public int AccessTokenLifetime { get; set; } = 300; // seconds
    public bool TakesPushedRequests { get; set; }

    public Action<List<KeyValuePair<string, string?>>>? OnCallback { get; set; }
    public Action<Dictionary<string, object?>>? OnMetadata { get; set; }
    public Action<Dictionary<string, object?>, Dictionary<string, object?>>? OnIdToken { get; set; }
    public Action<Dictionary<string, object?>>? OnAccessToken { get; set; }
    public Action<Dictionary<string, object?>>? OnTokenResponse { get; set; }
    public Action<Dictionary<string, object?>>? OnUserInfo { get; set; }

    /// <summary>Makes the token endpoint answer otherwise; given the form, before anything is done with it.</summary>
    public Func<IFormCollection, Task<IResult?>>? OnTokenRequest { get; set; }

    /// <summary>
    /// Replaces the signature: given the first two parts of the token, base64url and joined by a dot.
    /// </summary>
    public Func<string, string>? SignIdToken { get; set; }

    public int Refreshes { get; private set; }
    public int Exchanges { get; private set; }

    /// <summary>The last authorization request, wherever it came in.</summary>
    public IReadOnlyDictionary<string, string> Request { get; private set; } = new Dictionary<string, string>();

    public IQueryCollection? EndSessionRequest { get; private set; }

    public static async Task<TestProvider> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");

        var provider = new TestProvider(builder.Build());
        provider.Map(provider._app);
        await provider._app.StartAsync();
        provider.Issuer = provider._app.Urls.Single();
        return provider;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    /// <summary>A token for any use, signed by the present key.</summary>
    public string Sign(Dictionary<string, object?> payload, string type, Func<string, string>? signature = null)
    {
        Dictionary<string, object?> header = new() { ["alg"] = "RS256", ["kid"] = Key.Id, ["typ"] = type };
        return Sign(header, payload, signature);
    }

    private string Sign(
        Dictionary<string, object?> header, Dictionary<string, object?> payload, Func<string, string>? signature = null)
    {
        var signed = $"{Encode(header)}.{Encode(payload)}";
        return $"{signed}.{(signature ?? Key.Sign)(signed)}";

        static string Encode(Dictionary<string, object?> part) =>
            WebEncoders.Base64UrlEncode(JsonSerializer.SerializeToUtf8Bytes(part));
    }

    private void Map(WebApplication app)
    {
        app.MapGet("/.well-known/openid-configuration", () =>
        {
            Dictionary<string, object?> metadata = new()
            {
                ["issuer"] = Issuer,
                ["authorization_endpoint"] = $"{Issuer}/authorize",
                ["token_endpoint"] = $"{Issuer}/token",
                ["userinfo_endpoint"] = $"{Issuer}/userinfo",
                ["end_session_endpoint"] = $"{Issuer}/endsession",
                ["jwks_uri"] = $"{Issuer}/keys",
                ["authorization_response_iss_parameter_supported"] = true,
            };
            if (TakesPushedRequests) metadata["pushed_authorization_request_endpoint"] = $"{Issuer}/par";
            OnMetadata?.Invoke(metadata);
            return metadata;
        });
        app.MapGet("/keys", () => new { keys = new[] { (PublishedKey ?? Key).Public } });
        app.MapPost("/par", (HttpContext http) =>
        {
            var uri = $"urn:ietf:params:oauth:request_uri:{Interlocked.Increment(ref _serial)}";
            _pushed[uri] = http.Request.Form.ToDictionary(p => p.Key, p => p.Value.ToString());
            return Results.Json(new { request_uri = uri, expires_in = 60 }, statusCode: 201);
        });
        app.MapGet("/authorize", Authorize);
        app.MapPost("/token", (Delegate)TokenAsync);
        app.MapGet("/userinfo", () =>
        {
            Dictionary<string, object?> user = new() { ["sub"] = Subject, ["name"] = "Ana", ["website"] = "https://ana.example" };
            OnUserInfo?.Invoke(user);
            return user;
        });
        app.MapGet("/endsession", (HttpContext http) =>
        {
            EndSessionRequest = http.Request.Query;
            var back = http.Request.Query["post_logout_redirect_uri"].ToString();
            return Results.Redirect(QueryHelpers.AddQueryString(back, "state", http.Request.Query["state"].ToString()));
        });
    }

    private IResult Authorize(HttpContext http)
    {
        var query = http.Request.Query;
        Request = query["request_uri"] is [{ } pushed]
            ? _pushed[pushed]
            : query.ToDictionary(p => p.Key, p => p.Value.ToString());

        var code = $"code-{Interlocked.Increment(ref _serial)}";
        _codes[code] = new QueryCollection(Request.ToDictionary(
            p => p.Key, p => new Microsoft.Extensions.Primitives.StringValues(p.Value)));

        List<KeyValuePair<string, string?>> answer = [new("code", code), new("state", Request["state"]), new("iss", Issuer)];
        OnCallback?.Invoke(answer);

        if (Request.GetValueOrDefault("response_mode") is not "form_post")
        {
            return Results.Redirect(QueryHelpers.AddQueryString(Request["redirect_uri"], answer));
        }

        // The page that a browser would post by itself: its fields, one a line.
        return Results.Text(string.Join('\n', answer.Select(p => $"{p.Key}={p.Value}")));
    }

    private async Task<IResult> TokenAsync(HttpContext http)
    {
        var form = await http.Request.ReadFormAsync();
        if (OnTokenRequest is { } hook && await hook(form) is { } other) return other;

        return form["grant_type"].ToString() switch
        {
            "authorization_code" => Redeem(form),
            "refresh_token" => Refresh(form),
            _ => Exchange(form),
        };
    }

    private IResult Redeem(IFormCollection form)
    {
        if (!_codes.TryRemove(form["code"].ToString(), out var request)) return InvalidGrant();

        var challenge = WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString())));
        return request["code_challenge"] == challenge && request["redirect_uri"] == form["redirect_uri"]
            ? Tokens(request["client_id"].ToString(), request["nonce"].ToString(), "clinica-aurora", withRefresh: true)
            : InvalidGrant();
    }

    private IResult Refresh(IFormCollection form)
    {
        Refreshes++;
        return _usedRefreshTokens.TryAdd(form["refresh_token"].ToString(), 0)
            ? Tokens(form["client_id"].ToString(), null, "clinica-aurora", withRefresh: true)
            : InvalidGrant();
    }

    private IResult Exchange(IFormCollection form)
    {
        Exchanges++;
        return form["tenant"] == "porto-cowork" || form["tenant"] == "clinica-aurora"
            ? Tokens(form["client_id"].ToString(), null, form["tenant"].ToString(), withRefresh: false)
            : Results.Json(new { error = "invalid_target" }, statusCode: 400);
    }

    private static IResult InvalidGrant() => Results.Json(new { error = "invalid_grant" }, statusCode: 400);

    private IResult Tokens(string clientId, string? nonce, string tenant, bool withRefresh)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        Dictionary<string, object?> access = new()
        {
            ["iss"] = Issuer,
            ["aud"] = "api",
            ["sub"] = Subject,
            ["exp"] = now + 3600,
            ["iat"] = now,
            ["jti"] = $"{Interlocked.Increment(ref _serial)}",
            ["client_id"] = clientId,
            ["sid"] = SessionId,
            ["name"] = "Ana Souza",
            ["email"] = "ana@aurora.example",
            ["tenant_id"] = tenant is "porto-cowork" ? 2 : 1,
            ["tenant_slug"] = tenant,
            ["roles"] = (string[])["tenant_admin", "user"],
        };
        OnAccessToken?.Invoke(access);
        var accessToken = Sign(access, "at+jwt");

        Dictionary<string, object?> header = new() { ["alg"] = "RS256", ["kid"] = Key.Id, ["typ"] = "JWT" };
        Dictionary<string, object?> id = new()
        {
            ["iss"] = Issuer,
            ["aud"] = clientId,
            ["sub"] = Subject,
            ["exp"] = now + 300,
            ["iat"] = now,
            ["auth_time"] = now,
            ["sid"] = SessionId,
            ["at_hash"] = WebEncoders.Base64UrlEncode(
                SHA256.HashData(Encoding.ASCII.GetBytes(accessToken)).AsSpan(0, 16)),
        };
        if (nonce is not null) id["nonce"] = nonce;
        OnIdToken?.Invoke(header, id);

        Dictionary<string, object?> response = new()
        {
            ["access_token"] = accessToken,
            ["token_type"] = "Bearer",
            ["expires_in"] = AccessTokenLifetime,
        };
        if (withRefresh)
        {
            response["id_token"] = Sign(header, id, SignIdToken);
            response["refresh_token"] = $"refresh-{Interlocked.Increment(ref _serial)}";
        }

        OnTokenResponse?.Invoke(response);
        return Results.Json(response);
    }
}

/// <summary>An RSA key with its id; making one is slow, so tests share three.</summary>
internal sealed class SigningKey(string id)
{
    private readonly RSA _rsa = RSA.Create(2048);

    public static readonly SigningKey First = new("first");
    public static readonly SigningKey Second = new("second");

    /// <summary>Not the provider's, but claims to be its first.</summary>
    public static readonly SigningKey Forged = new("first");

    public string Id => id;

    public object Public
    {
        get
        {
            var key = _rsa.ExportParameters(includePrivateParameters: false);
            return new
            {
                kty = "RSA",
                use = "sig",
                alg = "RS256",
                kid = id,
                n = WebEncoders.Base64UrlEncode(key.Modulus!),
                e = WebEncoders.Base64UrlEncode(key.Exponent!),
            };
        }
    }

    public byte[] PublicBytes => _rsa.ExportSubjectPublicKeyInfo();

    public string Sign(string text) => WebEncoders.Base64UrlEncode(
        _rsa.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
}
