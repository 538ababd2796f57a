using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Platform.Tests.Identity.Support;

namespace Platform.Tests.Identity;

/// <summary><c>POST /api/accounts</c>, by which the Api creates accounts.</summary>
public sealed class AccountApiTests(IdentityFixture fixture)
{
    [Fact]
    public async Task Repeated_requests_create_one_account()
    {
        var app = await fixture.SharedAsync();
        var token = await TokenAsync(app);
        var body =
            $$"""{"email":"new-{{Guid.CreateVersion7():n}}@example.com","name":"Nova Pessoa","locale":"pt-BR"}""";

        var first = await PostAsync(app, body, token);
        var second = await PostAsync(app, body, token);

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (first.StatusCode, second.StatusCode));
        var text = await first.Content.ReadAsStringAsync();
        Assert.Equal(text, await second.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Only_a_client_with_the_scope_may_ask()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        var demo = await app.Client("demo").TokenAsync(("grant_type", "client_credentials"), ("scope", "scheduling"));
        var user = await person.TokensAsync(app.Client());

        foreach (var token in (string?[])[null, "nonsense", demo.AccessToken, user.AccessToken, user.IdToken])
        {
            using var answer = await PostAsync(app, """{"email":"a@example.com","name":"A"}""", token);
            Assert.Contains(
                answer.StatusCode, (HttpStatusCode[])[HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden]);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"email":"no address","name":"A"}""")]
    [InlineData("""{"email":null,"name":"A"}""")]
    [InlineData("""{"email":"a@example.com","name":""}""")]
    [InlineData("""{"email":"a@example.com","name":"A\u0000"}""")]
    [InlineData("""{"email":"a\u0000@example.com","name":"A"}""")]
    public async Task Bad_input_is_refused(string body)
    {
        var app = await fixture.SharedAsync();

        using var answer = await PostAsync(app, body, await TokenAsync(app));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Theory]
    [InlineData("""{"name":"A","locale":"en","active":true}""", HttpStatusCode.OK)]
    [InlineData("""{"name":"","locale":"en","active":true}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"name":"A\u0000","locale":"en","active":true}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"name":"A","locale":"fr","active":true}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"name":"A","active":true}""", HttpStatusCode.BadRequest)]
    public async Task An_account_accepts_only_valid_values(string body, HttpStatusCode status)
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();

        using var answer = await PutAsync(app, person.Id, body, await TokenAsync(app));

        Assert.Equal(status, answer.StatusCode);
    }

    [Fact]
    public async Task Setting_an_account_requires_the_scope_and_an_existing_account()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        var user = await person.TokensAsync(app.Client());
        const string body = """{"name":"A","locale":"en","active":false}""";

        using var anybody = await PutAsync(app, person.Id, body, null);
        using var themselves = await PutAsync(app, person.Id, body, user.AccessToken);
        using var nobody = await PutAsync(app, 999_999_999, body, await TokenAsync(app));

        Assert.Equal(HttpStatusCode.Unauthorized, anybody.StatusCode);
        Assert.Contains(themselves.StatusCode, (HttpStatusCode[])[HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden]);
        Assert.Equal(HttpStatusCode.NotFound, nobody.StatusCode);
    }

    private static async Task<string> TokenAsync(IdentityApp app) =>
        (await app.Client("api").TokenAsync(("grant_type", "client_credentials"), ("scope", "accounts"))).AccessToken;

    private static Task<HttpResponseMessage> PostAsync(IdentityApp app, string body, string? token) =>
        SendAsync(app, HttpMethod.Post, "/api/accounts", body, token);

    private static Task<HttpResponseMessage> PutAsync(IdentityApp app, long id, string body, string? token) =>
        SendAsync(app, HttpMethod.Put, $"/api/accounts/{id}", body, token);

    private static async Task<HttpResponseMessage> SendAsync(
        IdentityApp app, HttpMethod method, string path, string body, string? token)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(method, $"{app.Issuer}{path}");
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await http.SendAsync(request);
    }
}
