using System.Text.Json;
using Platform.Tests.Identity.Support;
using Platform.Tests.Support;

namespace Platform.Tests.Identity;

/// <summary>Metadata and keys (rules D1, D2, C1, C7).</summary>
[Trait(Sets.Name, Sets.Protocol)]
public sealed class DiscoveryTests(IdentityFixture fixture)
{
    [Theory]
    [InlineData("/.well-known/openid-configuration")]
    [InlineData("/.well-known/oauth-authorization-server")]
    public async Task The_metadata_name_the_issuer_and_only_what_works(string path)
    {
        var app = await fixture.SharedAsync();

        var metadata = await GetAsync(app, path);

        Assert.Equal(app.Issuer, metadata["issuer"]);
        string[] endpoints =
        [
            "authorization", "token", "userinfo", "end_session", "revocation", "introspection", "pushed_authorization_request",
        ];
        foreach (var endpoint in endpoints)
        {
            Assert.StartsWith(app.Issuer + "/connect/", metadata[$"{endpoint}_endpoint"], StringComparison.Ordinal);
        }

        Assert.Contains("code", Values(metadata, "response_types_supported"));
        Assert.Contains("public", Values(metadata, "subject_types_supported"));
        Assert.Contains("RS256", Values(metadata, "id_token_signing_alg_values_supported"));
        Assert.DoesNotContain("none", Values(metadata, "id_token_signing_alg_values_supported"));
        Assert.Contains("S256", Values(metadata, "code_challenge_methods_supported"));
        Assert.Contains("openid", Values(metadata, "scopes_supported"));
        Assert.Contains("authorization_code", Values(metadata, "grant_types_supported"));
        Assert.Contains("client_secret_basic", Values(metadata, "token_endpoint_auth_methods_supported"));
        Assert.Equal("True", metadata["authorization_response_iss_parameter_supported"]);
        Assert.Equal("True", metadata["backchannel_logout_supported"]);
        Assert.Equal("True", metadata["backchannel_logout_session_supported"]);
    }

    [Fact]
    public async Task The_issuer_does_not_follow_the_host_of_the_request()
    {
        var app = await fixture.SharedAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{app.Issuer}/.well-known/openid-configuration");
        request.Headers.Host = "evil.example";

        var metadata = await RelyingParty.SendAsync(request);

        Assert.Equal(app.Issuer, metadata["issuer"]);
        Assert.DoesNotContain("evil.example", metadata.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_are_public_complete_and_distinct()
    {
        var app = await fixture.SharedAsync();
        var metadata = await GetAsync(app, "/.well-known/openid-configuration");

        var answer = await GetAsync(app, new Uri(metadata["jwks_uri"]!).AbsolutePath);
        var keys = answer.Json!.Value.GetProperty("keys").EnumerateArray().ToList();

        Assert.NotEmpty(keys);
        Assert.Equal(keys.Count, keys.Select(key => key.GetProperty("kid").GetString()).Distinct().Count());
        Assert.All(keys, key =>
        {
            Assert.Equal("RSA", key.GetProperty("kty").GetString());
            Assert.Equal("sig", key.GetProperty("use").GetString());
            Assert.Equal("RS256", key.GetProperty("alg").GetString());
            Assert.True(key.GetProperty("n").GetString()!.Length >= 342); // 2048 bits
            foreach (var secret in (string[])["d", "p", "q", "dp", "dq", "qi"])
            {
                Assert.False(key.TryGetProperty(secret, out _));
            }
        });
    }

    [Fact]
    public async Task Other_origins_may_not_call_the_token_endpoint()
    {
        var app = await fixture.SharedAsync();

        var answer = await app.Client().SendAsync(
            "/connect/token", [], request => request.Headers.Add("Origin", "https://evil.example"));

        Assert.False(answer.Response.Headers.Contains("Access-Control-Allow-Origin"));
    }

    private static async Task<Answer> GetAsync(IdentityApp app, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, app.Issuer + path);
        var answer = await RelyingParty.SendAsync(request);
        answer.IsGranted();
        return answer;
    }

    private static IEnumerable<string> Values(Answer metadata, string name) =>
        JsonSerializer.Deserialize<string[]>(metadata[name] ?? "[]")!;
}
