using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Platform.Contracts;
using Platform.Contracts.Audit;
using Platform.Contracts.Licensing;
using Platform.Contracts.Tenants;
using Platform.Tests.Identity.App;
using Platform.Tests.Support;

namespace Platform.Tests.Proxies;

/// <summary>
/// Where a request comes from, and by which URL: through the proxy what it saw, past the proxy what the connection
/// says. Every request here claims something else.
/// </summary>
[Collection(typeof(BehindProxy))]
public sealed class OriginTests(ProxiedPlatform platform)
{
    private const string Liar = "203.0.113.9";

    private static readonly DemoUser Ana = DemoTenants.Clinic.Users[0];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Links_of_fhir_have_the_scheme_and_host_that_the_caller_used(bool throughProxy)
    {
        using var api = await ApiAsync(throughProxy, "127.0.0.21");

        var bundle = await api.GetFromJsonAsync<JsonElement>("fhir/r4/Schedule", Ct);

        string[] links =
        [
            bundle.GetProperty("link")[0].GetProperty("url").GetString()!,
            bundle.GetProperty("entry")[0].GetProperty("fullUrl").GetString()!,
        ];
        var root = $"{UrlOf("api", throughProxy)}/fhir/r4/";
        Assert.All(links, link => Assert.StartsWith(root, link, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_server_of_an_OpenAPI_document_is_the_one_that_was_asked(bool throughProxy)
    {
        using var api = Client("api", throughProxy, "127.0.0.22");

        var document = await api.GetFromJsonAsync<JsonElement>("openapi/public.json", Ct);

        var server = document.GetProperty("servers")[0].GetProperty("url").GetString()!;
        Assert.Equal(UrlOf("api", throughProxy), server.TrimEnd('/'));
    }

    [Theory]
    [InlineData(true, "127.0.0.23")]
    [InlineData(false, "127.0.0.24")]
    public async Task The_audit_names_the_address_of_the_caller(bool throughProxy, string from)
    {
        using var api = await ApiAsync(throughProxy, from);
        var application = $"app-{from.Replace('.', '-')}";

        using var check = await api.PostAsJsonAsync("api/v1/access/check", new AccessCheckRequest(application), Ct);
        check.EnsureSuccessStatusCode();
        using var audit = await api.GetAsync($"api/v1/audit/access?application={application}", Ct);

        var row = Assert.Single(await audit.DataAsync<List<AccessLogResponse>>());
        Assert.Equal(from, row.IpAddress);
    }

    [Fact]
    public async Task The_login_audit_names_the_address_that_the_proxy_saw()
    {
        var clara = DemoTenants.Coworking.Users[0];
        await platform.SignInAsync(clara, "127.0.0.25");

        var addresses = await SignInFixture.QueryAsync(platform.IdentityDatabase, $"""
            select distinct remote_address as "Value" from login_audit where account_id = {clara.Id}
            """);
        Assert.Equal(["127.0.0.25"], addresses);
    }

    [Fact]
    public async Task Cookies_of_the_sign_in_page_are_bound_to_its_host()
    {
        using var client = Client("id", throughProxy: true, "127.0.0.30");

        using var page = await client.GetAsync("Account/Login", Ct);

        var cookie = Assert.Single(page.Headers.GetValues("Set-Cookie"));
        Assert.StartsWith("__Host-id.antiforgery=", cookie, StringComparison.Ordinal);
        Assert.Contains("; path=/; secure; samesite=lax; httponly", cookie, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "127.0.0.26", "127.0.0.27")]
    [InlineData(false, "127.0.0.28", "127.0.0.29")]
    public async Task Sign_ins_are_counted_by_the_address_of_the_caller(
        bool throughProxy, string from, string neighbour)
    {
        using var client = Client("id", throughProxy, from);
        using var other = Client("id", throughProxy, neighbour);

        // One more than the limit of a minute, and as many again in case a new minute begins.
        var isLimited = false;
        for (var i = 0; i <= 2 * ProxiedPlatform.SignIns && !isLimited; i++)
        {
            client.DefaultRequestHeaders.Remove("X-Forwarded-For");
            client.DefaultRequestHeaders.Add("X-Forwarded-For", $"203.0.113.{i}");
            isLimited = await TryAsync(client) == HttpStatusCode.TooManyRequests;
        }

        Assert.True(isLimited, "Another address in a header opens no other bucket.");
        Assert.NotEqual(HttpStatusCode.TooManyRequests, await TryAsync(other));
    }

    private static async Task<HttpStatusCode> TryAsync(HttpClient client)
    {
        using var form = new FormUrlEncodedContent([]);
        using var answer = await client.PostAsync("Account/Login", form, Ct);
        return answer.StatusCode;
    }

    private async Task<HttpClient> ApiAsync(bool throughProxy, string from)
    {
        var client = Client("api", throughProxy, from);
        client.DefaultRequestHeaders.Authorization = new("Bearer", await platform.SignInAsync(Ana, from));
        client.DefaultRequestHeaders.Add(Headers.TenantId, $"{DemoTenants.Clinic.Id}");
        return client;
    }

    private HttpClient Client(string process, bool throughProxy, string from)
    {
        var client = new HttpClient(platform.Proxy.NewHandler(from));
        client.BaseAddress = new(UrlOf(process, throughProxy));
        client.DefaultRequestHeaders.Add("X-Forwarded-For", Liar);
        client.DefaultRequestHeaders.Add("X-Forwarded-Proto", throughProxy ? "http" : "https");
        client.DefaultRequestHeaders.Add("X-Forwarded-Host", "evil.example");
        return client;
    }

    private string UrlOf(string process, bool throughProxy) =>
        throughProxy ? platform.Proxy.UrlOf(process) : platform.Direct[process];
}
