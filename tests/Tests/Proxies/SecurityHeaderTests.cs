namespace Platform.Tests.Proxies;

/// <summary>One policy: every response of every process has the same security headers.</summary>
[Collection(typeof(BehindProxy))]
public sealed class SecurityHeaderTests(ProxiedPlatform platform)
{
    private static readonly Dictionary<string, string> Common = new()
    {
        ["X-Content-Type-Options"] = "nosniff",
        ["X-Frame-Options"] = "DENY",
        ["Cross-Origin-Opener-Policy"] = "same-origin",
        ["Cross-Origin-Resource-Policy"] = "same-origin",
        ["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=()",
        ["Strict-Transport-Security"] = "max-age=31536000",
    };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("hub", "signed-out", 200)]
    [InlineData("hub", "", 302)]
    [InlineData("hub", "nowhere", 404)]
    [InlineData("hub", "ui/icons.svg", 200)]
    [InlineData("hub", "signin-error", 200)]
    [InlineData("admin", "signed-out", 200)]
    [InlineData("admin", "health", 200)]
    [InlineData("id", "", 302)]
    [InlineData("id", "Account/Login", 200)]
    [InlineData("id", "nowhere", 404)]
    [InlineData("id", ".well-known/openid-configuration", 200)]
    [InlineData("id", "connect/userinfo", 401)]
    [InlineData("id", "api/accounts", 405)]
    [InlineData("api", "openapi/public.json", 200)]
    [InlineData("api", "api/v1/bookings", 401)]
    [InlineData("api", "nowhere", 404)]
    [InlineData("api", "public/api/v1/clinica-aurora/services", 200)]
    public async Task Every_answer_has_the_same_headers(string process, string path, int status)
    {
        using var client = platform.Proxy.NewClient(process, "127.0.0.1");

        using var answer = await client.GetAsync(path, Ct);

        var headers = answer.Headers.ToDictionary(header => header.Key, header => string.Join(", ", header.Value));
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.All(Common, expected => Assert.Equal(expected.Value, headers.GetValueOrDefault(expected.Key)));
        Assert.Equal(process is "id" or "api" ? "no-referrer" : "same-origin", headers["Referrer-Policy"]);
        Assert.Equal(PolicyOf(process), headers["Content-Security-Policy"]);
        Assert.False(headers.ContainsKey("Server"));
        var isPage = answer.Content.Headers.ContentType?.MediaType == "text/html";
        if (isPage) Assert.Equal("no-store", headers["Cache-Control"]);
    }

    private string PolicyOf(string process)
    {
        var allowed = process switch
        {
            "api" => "form-action 'none'",
            "id" => "script-src 'self' 'sha256-j7OoGArf6XW6YY4cAyS3riSSvrJRqpSi1fOF9vQ5SrI='; style-src 'self'; "
                + "img-src 'self' data:; connect-src 'self'",
            _ => "script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
                + $"form-action 'self' {platform.Proxy.UrlOf("id")}",
        };
        return $"default-src 'none'; base-uri 'none'; frame-ancestors 'none'; {allowed}";
    }
}
