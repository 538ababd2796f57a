using Platform.Contracts;
using Platform.Contracts.ApiKeys;
using Platform.Contracts.People;
using Platform.Tests.Licensing;
using Platform.Tests.People;
using Platform.Tests.Support;
using Platform.Tests.Tenants;

namespace Platform.Tests.ApiKeys;

public sealed class ApiKeyTests(PlatformFixture platform)
{
    [Fact]
    public async Task A_key_opens_what_its_scopes_and_roles_permit_and_is_shown_once()
    {
        var tenant = await platform.NewTenantAsync();
        var account = await tenant.ServiceAccountAsync("manager");
        var made = await tenant.KeyAsync(account.Id, Scopes.Scheduling);
        using var client = platform.Client().With(made.Secret, tenant.Id);

        var booked = await client.AnswerAsync("POST", "/api/v1/clients", """{ "name": "By a robot" }""");
        var services = await client.AnswerAsync("GET", "/api/v1/services");
        var users = await client.AnswerAsync("GET", "/api/v1/users");
        var me = await client.AnswerAsync("GET", "/api/v1/me");
        using var listed = await tenant.SendAsync("GET", $"/service-accounts/{account.Id}/keys");

        Assert.Matches($"^plk_{tenant.Id}_[0-9a-f]{{72}}$", made.Secret);
        Assert.StartsWith(made.Key.Prefix, made.Secret, StringComparison.Ordinal);
        Assert.Equal(((201, null), (200, null)), (booked, services));
        Assert.Equal((403, Codes.Forbidden), users); // another scope
        Assert.Equal((404, Codes.NotFound), me); // a service account is not a person
        var text = await listed.Content.ReadAsStringAsync();
        Assert.Contains(made.Key.Prefix, text, StringComparison.Ordinal);
        Assert.DoesNotContain(made.Secret, text, StringComparison.Ordinal);
        Assert.Equal(0, await platform.PlatformValueAsync<long>($"""
            select (select count(*) from api_keys k where k::text like '%{made.Secret[^40..]}%')
                + (select count(*) from platform.idempotency_keys i where i.body::text like '%{made.Secret[^40..]}%')
                + (select count(*) from audit_log l where l::text like '%{made.Secret[^40..]}%')
            """));
    }

    [Fact]
    public async Task A_key_has_the_permissions_of_its_roles_and_none_of_those_that_every_member_has()
    {
        var tenant = await platform.NewTenantAsync();
        var reads = await tenant.RoleAsync("Reads", Permissions.BookingsRead, Permissions.UsersRead);
        var account = await tenant.ServiceAccountAsync(reads.Slug);
        var made = await tenant.KeyAsync(account.Id, Scopes.Scheduling, Scopes.Licensing);
        using var client = platform.Client().With(made.Secret, tenant.Id);
        var slots = $"/api/v1/slots?serviceId={tenant.ServiceId}&from=2026-03-02&to=2026-03-03";

        Assert.Equal(200, (await client.AnswerAsync("GET", slots)).Status);
        Assert.Equal(200, (await client.AnswerAsync("GET", "/api/v1/users")).Status);
        Assert.Equal((403, Codes.Forbidden), await client.AnswerAsync("POST", "/api/v1/bookings", "{}"));
        Assert.Equal((403, Codes.Forbidden), await client.AnswerAsync("GET", "/api/v1/clients"));
        Assert.Equal((403, Codes.Forbidden), await client.AnswerAsync("GET", "/api/v1/reports/no-shows?from=2026-03-02&to=2026-03-03"));
        Assert.Equal((403, Codes.Forbidden), await client.AnswerAsync(
            "POST", "/api/v1/users", """{ "email": "x@example.com", "name": "X", "userType": "operations" }"""));

        // A change of the role applies to the key at once.
        await tenant.SentAsync<RoleResponse>("PATCH", $"/roles/{reads.Id}", """{ "permissions": ["clients.read"] }""");

        Assert.Equal(200, (await client.AnswerAsync("GET", "/api/v1/clients")).Status);
        Assert.Equal((403, Codes.Forbidden), await client.AnswerAsync("GET", slots));
        using var fhir = await client.GetAsync("/fhir/r4/Schedule");
        Assert.Equal(403, (int)fhir.StatusCode);
        Assert.Equal((409, Codes.RoleInUse), await tenant.Client.AnswerAsync("DELETE", $"/api/v1/roles/{reads.Id}"));
    }

    [Fact]
    public async Task A_key_belongs_to_one_tenant_and_gets_404_for_any_other()
    {
        var (mine, other) = (await platform.NewTenantAsync(), await platform.NewTenantAsync());
        var made = await mine.MightyKeyAsync(Scopes.Scheduling, Scopes.Licensing);
        using var elsewhere = platform.Client().With(made.Secret, other.Id);
        using var nowhere = platform.Client().With(made.Secret, 999999999);
        using var unsaid = platform.Client().With(made.Secret);
        using var staff = platform.Client().With(made.Secret, mine.Id);
        var account = await other.ServiceAccountAsync();

        Assert.Equal((404, Codes.NotFound), await elsewhere.AnswerAsync("GET", "/api/v1/services"));
        Assert.Equal((404, Codes.NotFound), await nowhere.AnswerAsync("GET", "/api/v1/services"));
        Assert.Equal((400, Codes.TenantHeaderMissing), await unsaid.AnswerAsync("GET", "/api/v1/services"));
        Assert.Equal((403, Codes.Forbidden), await staff.AnswerAsync("GET", "/internal/api/v1/tenants"));
        Assert.Equal((404, Codes.NotFound), await mine.Client.AnswerAsync("GET", $"/api/v1/service-accounts/{account.Id}"));
        Assert.Equal((404, Codes.NotFound), await mine.Client.AnswerAsync(
            "POST", $"/api/v1/service-accounts/{account.Id}/keys", """{ "scopes": ["scim"] }"""));

    }

    [Fact]
    public async Task A_key_of_a_deactivated_tenant_is_refused()
    {
        var tenant = await platform.NewCustomerAsync();
        var made = await tenant.MightyKeyAsync(Scopes.Licensing);
        using var client = platform.Client().With(made.Secret, tenant.Id);
        Assert.Equal(204, (await client.AnswerAsync("GET", "/api/v1/ping")).Status);

        await platform.StaffAsync("POST", $"/tenants/{tenant.Id}/deactivate", "{}");

        Assert.Equal((403, Codes.TenantInactive), await client.AnswerAsync("GET", "/api/v1/ping"));
    }

    [Theory]
    [InlineData("a wrong checksum")]
    [InlineData("another random part")]
    [InlineData("another tenant")]
    [InlineData("a revoked key")]
    [InlineData("an expired key")]
    [InlineData("a key of a deleted account")]
    [InlineData("too short")]
    [InlineData("too long")]
    [InlineData("nothing but the mark")]
    [InlineData("a huge tenant")]
    public async Task Every_invalid_key_gets_the_same_401(string flaw)
    {
        var (tenant, other) = (await platform.NewCustomerAsync(), await platform.UntouchedTenantAsync(1));
        var account = await tenant.ServiceAccountAsync();
        var made = await tenant.KeyAsync(account.Id, Scopes.Licensing);
        var digit = made.Secret[^10] == '0' ? '1' : '0';
        var text = flaw switch
        {
            "a wrong checksum" => made.Secret[..^1] + (made.Secret[^1] == '0' ? '1' : '0'),
            "another random part" => Core.ApiKeys.ApiKeyText.New(tenant.Id).Text,
            "another tenant" => made.Secret.Replace($"_{tenant.Id}_", $"_{other.Id}_", StringComparison.Ordinal),
            "too short" => made.Secret[..^1],
            "too long" => made.Secret + digit,
            "nothing but the mark" => "plk_",
            "a huge tenant" => $"plk_{new string('9', 22)}_{made.Secret[^72..]}",
            _ => made.Secret,
        };
        if (flaw == "a revoked key") await tenant.SentAsync<ApiKeyResponse>("POST", $"/service-accounts/{account.Id}/keys/{made.Key.Id}/revoke");
        if (flaw == "an expired key") await platform.ExecutePlatformAsync($"update api_keys set expires_at = '2026-03-02T09:00Z' where id = {made.Key.Id}");
        if (flaw == "a key of a deleted account")
        {
            using var deleted = await tenant.SendAsync("DELETE", $"/service-accounts/{account.Id}");
            Assert.Equal(204, (int)deleted.StatusCode);
        }

        using var client = platform.Client().With(text, tenant.Id);
        using var response = await client.GetAsync("/api/v1/me");

        Assert.Equal((401, Codes.Unauthenticated), await response.ProblemAsync());
        Assert.Equal("Bearer", Assert.Single(response.Headers.WwwAuthenticate).Scheme);
    }

    [Fact]
    public async Task A_change_by_a_key_is_audited_under_the_key()
    {
        var tenant = await platform.NewCustomerAsync();
        var key = await tenant.MightyKeyAsync(Scopes.Licensing);
        using var client = platform.Client().With(key.Secret, tenant.Id);

        Assert.Equal(201, (await client.AnswerAsync("POST", "/api/v1/roles", """{ "name": "Robots", "permissions": [] }""")).Status);

        Assert.Equal($"key:{key.Key.Id}", await platform.PlatformValueAsync<string>(
            $"select actor from audit_log where tenant_id_fk = {tenant.Id} and action = 'role.created'"));
    }

    [Fact]
    public async Task A_warm_key_costs_no_statement_and_its_use_is_shown()
    {
        var tenant = await platform.NewTenantAsync();
        var key = await tenant.MightyKeyAsync(Scopes.Scheduling);
        using var client = platform.Client().With(key.Secret, tenant.Id);
        Assert.Equal(204, (await client.AnswerAsync("GET", "/api/v1/ping")).Status);
        await Worker.Eventually.TrueAsync(async () => await UsedAtAsync(key.Key.Id) is not null);

        // Other platforms of the run share the Redis, and have tenants of the same number that change.
        await Worker.Eventually.TrueAsync(async () => await RoundTripsAsync(client) == 0);
        var listed = await ListedAsync(tenant, key);

        Assert.Equal((PlatformFixture.Monday9am, "127.0.0.1"), (listed.LastUsedAt, listed.LastUsedFrom));
    }

    [Fact]
    public async Task A_key_that_exceeds_its_limit_does_not_limit_another_key()
    {
        await using var api = platform.Api.WithWebHostBuilder(web => web.UseSetting("CallerRates:PrincipalPerMinute", "3"));
        var tenant = await platform.NewCustomerAsync();
        var account = await tenant.ServiceAccountAsync();
        using var one = api.CreateClient().With((await tenant.KeyAsync(account.Id, Scopes.Licensing)).Secret, tenant.Id);
        using var two = api.CreateClient().With((await tenant.KeyAsync(account.Id, Scopes.Licensing)).Secret, tenant.Id);

        List<int> statuses = [];
        for (var i = 0; i < 4; i++) statuses.Add((await one.AnswerAsync("GET", "/api/v1/ping")).Status);

        Assert.Equal([204, 204, 204, 429], statuses);
        Assert.Equal(204, (await two.AnswerAsync("GET", "/api/v1/ping")).Status);
    }

    [Fact]
    public async Task An_export_contains_no_keys_and_an_import_creates_none()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.MightyKeyAsync(Scopes.Licensing);

        var exported = await platform.ExportAsync(tenant.Id);

        Assert.DoesNotContain(exported.Keys, name => name.Contains("key", StringComparison.Ordinal) || name.Contains("service_account", StringComparison.Ordinal));
        using var response = await platform.ImportAsync(TransferCalls.Pack(exported), TenantCalls.NewSlug());
        var imported = await response.DataAsync<Contracts.Tenants.TenantImportResponse>();
        Assert.Equal(0, await platform.PlatformValueAsync<long>(
            $"select count(*) from api_keys where tenant_id_fk = {imported.Tenant.Id}"));
    }

    private async Task<int> RoundTripsAsync(HttpClient client)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/ping");
        var trace = platform.Api.Statements.Watch(request);
        using var response = await client.SendAsync(request);
        Assert.Equal(204, (int)response.StatusCode);
        return platform.Api.Statements.RoundTripsOf(trace).Count;
    }

    private static async Task<ApiKeyResponse> ListedAsync(TestTenant tenant, NewApiKeyResponse key)
    {
        var accounts = await tenant.SentAsync<List<ServiceAccountResponse>>("GET", "/service-accounts");
        foreach (var account in accounts)
        {
            var keys = await tenant.SentAsync<List<ApiKeyResponse>>("GET", $"/service-accounts/{account.Id}/keys");
            if (keys.Find(k => k.Id == key.Key.Id) is { } found) return found;
        }

        throw new InvalidOperationException("The key is not listed.");
    }

    private Task<object?> UsedAtAsync(long key) =>
        OwnerSql.ScalarAsync(platform.Databases.PlatformDb, $"select last_used_at::text from api_keys where id = {key} and last_used_at is not null");
}
