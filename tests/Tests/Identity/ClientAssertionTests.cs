using Microsoft.IdentityModel.Tokens;
using Platform.Tests.Identity.Support;
using Platform.Tests.Support;

namespace Platform.Tests.Identity;

/// <summary>Client authentication by a signed JWT (rule T2).</summary>
[Trait(Sets.Name, Sets.Protocol)]
public sealed class ClientAssertionTests(IdentityFixture fixture)
{
    private const string Type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    [Fact]
    public async Task A_client_authenticates_with_its_key_and_each_JWT_works_once()
    {
        var app = await fixture.SharedAsync();
        var assertion = app.Client("signs").Assertion();

        (await SendAsync(app, assertion)).IsGranted();

        (await SendAsync(app, assertion)).IsRefused("invalid_client");
    }

    [Theory]
    [InlineData("JWT")]
    [InlineData("client-authentication+jwt")]
    public async Task A_JWT_may_have_the_type_of_client_assertions_or_a_generic_type(string type)
    {
        var app = await fixture.SharedAsync();

        (await SendAsync(app, app.Client("signs").Assertion(token => token.TokenType = type))).IsGranted();
    }

    public static TheoryData<string, Action<SecurityTokenDescriptor, IdentityApp>> Faults => new()
    {
        { "another issuer", (token, _) => token.Claims["iss"] = "other" },
        { "another subject", (token, _) => token.Claims["sub"] = "other" },
        { "another audience", (token, _) => token.Claims["aud"] = "https://evil.example" },
        { "no jti", (token, _) => token.Claims.Remove("jti") },
        { "no expiry", (token, _) => token.Claims.Remove("exp") },
        { "expired", (token, app) => token.Claims["exp"] = app.Clock.GetUtcNow().AddMinutes(-10).ToUnixTimeSeconds() },
        { "a key of nobody", (token, _) => token.SigningCredentials = new(
            new RsaSecurityKey(System.Security.Cryptography.RSA.Create(2048)), SecurityAlgorithms.RsaSha256) },
        { "no signature", (token, _) => token.SigningCredentials = null },
        { "a token of another kind", (token, _) => token.TokenType = "logout+jwt" },
        { "the shared secret", (token, _) => token.SigningCredentials = new(
            new SymmetricSecurityKey(new byte[32]), SecurityAlgorithms.HmacSha256) },
    };

    [Theory, MemberData(nameof(Faults), DisableDiscoveryEnumeration = true)]
    public async Task An_invalid_JWT_is_refused(string fault, Action<SecurityTokenDescriptor, IdentityApp> change)
    {
        var app = await fixture.SharedAsync();

        var answer = await SendAsync(app, app.Client("signs").Assertion(token => change(token, app)));

        Assert.True(answer.Status is 400 or 401 && answer["access_token"] is null, $"{fault}: {answer.Text}");
    }

    [Theory]
    [InlineData("nonsense", Type)]
    [InlineData("a.b.c", Type)]
    [InlineData("", Type)]
    [InlineData("eyJhbGciOiJub25lIn0.e30.", "nonsense")]
    public async Task A_value_that_is_not_a_JWT_is_refused(string assertion, string type)
    {
        var app = await fixture.SharedAsync();

        (await SendAsync(app, assertion, type)).IsRefused("invalid_client", "invalid_request");
    }

    [Fact]
    public async Task A_JWT_together_with_a_secret_is_refused()
    {
        var app = await fixture.SharedAsync();

        var answer = await SendAsync(
            app, app.Client("signs").Assertion(), Type, ("client_id", "signs"), ("client_secret", "x"));

        answer.IsRefused("invalid_request", "invalid_client");
    }

    private static Task<Answer> SendAsync(
        IdentityApp app, string assertion, string type = Type, params (string Name, string Value)[] more) =>
        app.Client("signs").SendAsync("/connect/token",
        [
            new("grant_type", "client_credentials"), new("scope", "scheduling"),
            new("client_assertion_type", type), new("client_assertion", assertion),
            .. more.Select(pair => KeyValuePair.Create(pair.Name, pair.Value)),
        ]);
}
