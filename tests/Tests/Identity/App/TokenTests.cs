using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Platform.Contracts;
using Platform.Contracts.People;
using Platform.Contracts.Tenants;
using Platform.Tests.Identity.Support;
using Platform.Tests.Support;

namespace Platform.Tests.Identity.App;

public sealed class TokenTests(SignInFixture stack)
{
    [Theory]
    [InlineData("ana@aurora.example", "1", 11, 1, "clinica-aurora", "admin", "tenant_admin")]
    [InlineData("ana@aurora.example", "clinica-aurora", 11, 1, "clinica-aurora", "admin", "tenant_admin")]
    [InlineData("duarte@porto.example", null, 22, 2, "porto-cowork", "manager", "manager")]
    public async Task The_script_prints_a_token_with_the_claims_of_the_person_that_the_API_accepts(
        string email, string? tenant, long id, long tenantId, string slug, string userType, string role)
    {
        await stack.ReadyAsync();

        var (exitCode, output, errors) = await RunScriptAsync(["--user", email, .. tenant is null ? [] : new[] { "--tenant", tenant }]);

        Assert.True(exitCode == 0, errors);
        var token = new JsonWebToken(output.Trim());
        string Claim(string type) => token.GetClaim(type).Value;
        Assert.Equal(($"{id}", email), (token.Subject, Claim("email")));
        Assert.Equal(($"{tenantId}", slug), (Claim(ClaimNames.TenantId), Claim(ClaimNames.TenantSlug)));
        Assert.Equal((userType, role), (Claim(ClaimNames.UserType), Claim(ClaimNames.Roles)));
        Assert.Contains(token.Claims, claim => claim.Type == ClaimNames.AllowedApps);
        Assert.DoesNotContain(token.Claims, claim => claim.Type == ClaimNames.PlatformRole);

        var me = await AskApiAsync<MeResponse>("/api/v1/me", output.Trim(), tenantId);
        Assert.Equal((id, slug), (me.UserId, me.TenantSlug));
    }

    [Theory]
    [InlineData("We could not sign you in", "--user", "nobody@aurora.example")]
    [InlineData("no access to the organisation", "--user", "bruno@aurora.example", "--tenant", "2")]
    [InlineData("Say who", "--tenant", "1")]
    public async Task The_script_without_a_token_prints_the_reason(string reason, params string[] arguments)
    {
        await stack.ReadyAsync();

        var (exitCode, output, errors) = await RunScriptAsync(arguments);

        Assert.Equal((1, ""), (exitCode, output));
        Assert.Contains(reason, errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_script_prints_a_token_of_staff_that_opens_the_routes_of_staff()
    {
        await stack.ReadyAsync();
        var (exitCode, output, errors) = await RunScriptAsync(["--user", "staff@platform.example", "--staff"]);
        Assert.True(exitCode == 0, errors);

        using var http = new HttpClient { BaseAddress = new(stack.ApiUrl) };
        http.DefaultRequestHeaders.Authorization = new("Bearer", output.Trim());
        using var answer = await http.GetAsync("internal/api/v1/tenants");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task A_person_of_two_tenants_moves_between_them_by_exchanging_a_token()
    {
        await stack.ReadyAsync();
        await SignInFixture.ExecuteAsync(stack.PlatformDatabase, """
            insert into memberships (tenant_id_fk, user_id_fk, user_type_id_fk)
            select 1, 21, id from user_types where slug = 'operations' on conflict do nothing
            """);
        var token = await TokenOfAsync("clara@porto.example", "2");

        var (status, answer) = await ExchangeAsync(token, "clinica-aurora");

        Assert.Equal(HttpStatusCode.OK, status);
        var (before, after) = (new JsonWebToken(token), new JsonWebToken(answer.GetProperty("access_token").GetString()));
        Assert.Equal("1", after.GetClaim(ClaimNames.TenantId).Value);
        Assert.Equal("operations", after.GetClaim(ClaimNames.UserType).Value);
        Assert.All(["sub", "sid", "auth_time", "amr"], type => Assert.Equal(before.GetClaim(type).Value, after.GetClaim(type).Value));
        Assert.Equal("urn:ietf:params:oauth:token-type:access_token", answer.GetProperty("issued_token_type").GetString());
        Assert.False(answer.TryGetProperty("refresh_token", out _));
        Assert.Contains("tenant_switch cli tenant 1", await stack.AuditOfAsync(21));
    }

    [Fact]
    public async Task A_token_exchange_for_a_foreign_tenant_or_with_a_malformed_request_is_refused()
    {
        await stack.ReadyAsync();
        var token = await TokenOfAsync("bruno@aurora.example", "1");

        Assert.Equal("invalid_target", await RefusalAsync(token, "porto-cowork"));
        Assert.Equal("invalid_target", await RefusalAsync(token, "no-such-tenant"));
        Assert.Equal("invalid_request", await RefusalAsync(token, ""));
        Assert.Equal("invalid_request", await RefusalAsync(token[..^4] + "AAAA", "clinica-aurora"));
        Assert.Equal("invalid_request", await RefusalAsync(token, "clinica-aurora", ("actor_token", "x")));
        Assert.Equal("invalid_request", await RefusalAsync(token, "clinica-aurora", ("requested_token_type", "urn:ietf:params:oauth:token-type:jwt")));
    }

    [Fact]
    public async Task A_token_is_not_exchanged_after_its_session_has_ended()
    {
        await stack.ReadyAsync();
        var token = await TokenOfAsync("ana@aurora.example", "1");
        var session = new JsonWebToken(token).GetClaim("sid").Value;
        await SignInFixture.ExecuteAsync(stack.IdentityDatabase, IdentityApp.HasSystemClock
            ? $"delete from \"ServerSideSessions\" where \"SessionId\" = '{session}'"
            : $"delete from sessions where sid = '{session}'");

        Assert.Equal("invalid_request", await RefusalAsync(token, "clinica-aurora"));
    }

    [Fact]
    public async Task A_request_for_another_tenant_than_that_of_the_session_checks_membership()
    {
        await stack.ReadyAsync();
        using var browser = new PageReader(stack.Issuer);
        var first = PageReader.Request(more: "&acr_values=tenant:clinica-aurora");
        await browser.SignInAsync(await browser.OpenAsync(first), "ana@aurora.example", DemoTenants.Password);

        var same = await browser.OpenAsync(first);
        var other = await browser.OpenAsync(PageReader.Request(more: "&acr_values=tenant:porto-cowork"));

        Assert.NotNull(same["code"]);
        Assert.Equal(HttpStatusCode.Forbidden, other.Status);
        Assert.StartsWith("This account has no access to the organisation", other.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Repeated_requests_create_one_account()
    {
        await stack.ReadyAsync();
        var email = $"a{Guid.CreateVersion7():n}@example.com";

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => CreateAccountAsync(new(email, "Anna Neu"))));
        var later = await CreateAccountAsync(new(email.ToUpperInvariant(), "Anna Neu"));

        Assert.Single(answers, answer => answer.Status == HttpStatusCode.Created);
        Assert.Single(answers.Append(later).Select(answer => answer.Id).Distinct(), id => id >= 1000);
    }

    [Theory]
    [InlineData("""{"email":"no address","name":"N"}""")]
    [InlineData("""{"email":"a\u0000b@example.com","name":"N"}""")]
    [InlineData("""{"email":"a@example.com","name":"N\u0000"}""")]
    [InlineData("""{"email":"a@example.com","name":"\ud800"}""")]
    [InlineData("""{"email":"a@example.com","name":null}""")]
    [InlineData("""{"email":"a@example.com","name":"N","locale":"xx"}""")]
    [InlineData("[]")]
    [InlineData("{")]
    public async Task A_faulty_account_is_refused_with_a_problem(string body)
    {
        await stack.ReadyAsync();

        using var response = await PostAccountAsync(new StringContent(body, null, "application/json"), await ServiceTokenAsync("api", "api-secret-1"));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Only_the_API_can_create_accounts()
    {
        await stack.ReadyAsync();
        var person = await TokenOfAsync("ana@aurora.example", "1");
        var demo = await ServiceTokenAsync("demo", "demo-secret");

        foreach (var token in new[] { null, "nonsense", person, demo })
        {
            using var response = await PostAccountAsync(JsonContent.Create(new CreateAccountRequest("x@example.com", "X")), token);
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        }
    }

    private async Task<(HttpStatusCode Status, long Id)> CreateAccountAsync(CreateAccountRequest request)
    {
        using var response = await PostAccountAsync(JsonContent.Create(request), await ServiceTokenAsync("api", "api-secret-1"));
        return (response.StatusCode, (await response.Content.ReadFromJsonAsync<AccountResponse>())!.Id);
    }

    private async Task<HttpResponseMessage> PostAccountAsync(HttpContent content, string? token)
    {
        using var http = new HttpClient { BaseAddress = new(stack.Issuer) };
        if (token is not null) http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        return await http.PostAsync("/api/accounts", content);
    }

    private async Task<string> ServiceTokenAsync(string client, string secret) =>
        (await TokenRequestAsync(("grant_type", "client_credentials"), ("client_id", client), ("client_secret", secret)))
        .Answer.GetProperty("access_token").GetString()!;

    private async Task<string> RefusalAsync(string token, string tenant, params (string, string)[] more)
    {
        var (status, answer) = await ExchangeAsync(token, tenant, more);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        return answer.GetProperty("error").GetString()!;
    }

    private Task<(HttpStatusCode Status, JsonElement Answer)> ExchangeAsync(string token, string tenant, params (string, string)[] more) =>
        TokenRequestAsync(
        [
            ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"), ("client_id", "cli"),
            ("subject_token", token), ("subject_token_type", "urn:ietf:params:oauth:token-type:access_token"),
            ("tenant", tenant), ("scope", "scheduling"), .. more,
        ]);

    private async Task<(HttpStatusCode Status, JsonElement Answer)> TokenRequestAsync(params (string Name, string Value)[] form)
    {
        using var http = new HttpClient { BaseAddress = new(stack.Issuer) };
        using var content = new FormUrlEncodedContent(form.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        using var response = await http.PostAsync("/connect/token", content);
        return (response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>());
    }

    private async Task<string> TokenOfAsync(string email, string tenant)
    {
        var (exitCode, output, errors) = await RunScriptAsync(["--user", email, "--tenant", tenant]);
        Assert.True(exitCode == 0, errors);
        return output.Trim();
    }

    private async Task<T> AskApiAsync<T>(string path, string token, long tenant)
    {
        using var http = new HttpClient { BaseAddress = new(stack.ApiUrl) };
        http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        http.DefaultRequestHeaders.Add(Headers.TenantId, $"{tenant}");
        return (await http.GetFromJsonAsync<Envelope<T>>(path))!.Data;
    }

    private async Task<(int ExitCode, string Output, string Errors)> RunScriptAsync(string[] arguments)
    {
        using var node = Process.Start(new ProcessStartInfo(
            "node", [Repository.PathOf("Identity/dev/token.mjs"), "--issuer", stack.Issuer, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var (output, errors) = (node.StandardOutput.ReadToEndAsync(), node.StandardError.ReadToEndAsync());
        await node.WaitForExitAsync();
        return (node.ExitCode, await output, await errors);
    }
}
