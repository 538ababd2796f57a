using System.Globalization;
using System.Text;
using System.Text.Json;
using Platform.Contracts;
using Platform.Contracts.Audit;
using Platform.Contracts.Licensing;
using Platform.Tests.Support;

namespace Platform.Tests.Licensing;

/// <summary>Requests that the tests of licensing share, as staff and as members.</summary>
internal static class LicensingCalls
{
    private const string Internal = "/internal/api/v1";

    private static long _lastMember = 7_000_000;
    private static int _lastApplication;

    extension(PlatformFixture platform)
    {
        /// <param name="path">Below <c>/internal/api/v1</c>.</param>
        public async Task<HttpResponseMessage> StaffAsync(
            string method, string path, string? json = null, long? version = null, string? key = null)
        {
            using var staff = platform.Staff();
            using var request = new HttpRequestMessage(new(method), Internal + path);
            if (json is not null) request.Content = new StringContent(json, Encoding.UTF8, "application/json");
            if (version is not null) request.Headers.TryAddWithoutValidation("If-Match", $"\"{version}\"");
            if (key is not null) request.Headers.Add(Headers.IdempotencyKey, key);
            return await staff.SendAsync(request);
        }

        public async Task<T> StaffAsync<T>(string method, string path, string? json = null)
        {
            using var response = await platform.StaffAsync(method, path, json);
            return await response.DataAsync<T>();
        }

        public async Task<(int Status, string? Code)> StaffRefusedAsync(
            string method, string path, string? json = null, long? version = null)
        {
            using var response = await platform.StaffAsync(method, path, json, version);
            return await response.ProblemAsync();
        }

        /// <summary>A new application in the catalogue, without prices.</summary>
        public Task<ApplicationResponse> NewApplicationAsync()
        {
            var slug = $"app-{Interlocked.Increment(ref _lastApplication)}-{Guid.CreateVersion7():n}"[..24].TrimEnd('-');
            return platform.StaffAsync<ApplicationResponse>(
                "POST", "/applications", $$"""{ "slug": "{{slug}}", "name": "App {{slug}}" }""");
        }

        public async Task<LicenseResponse> LicenseAsync(
            TestTenant tenant, int? limit = 5, string application = "tq", string more = "") =>
            await platform.StaffAsync<LicenseResponse>(
                "POST", $"/tenants/{tenant.Id}/licenses",
                $$"""{ "application": "{{application}}", "userLimit": {{(limit is { } seats ? $"{seats}" : "null")}}{{more}} }""");

        /// <summary>A further member of the tenant.</summary>
        public async Task<long> MemberAsync(TestTenant tenant, string userType = "operations")
        {
            var id = Interlocked.Increment(ref _lastMember);
            await platform.ExecutePlatformAsync($"""
                insert into users (id, name, email, locale) values ({id}, 'Member {id}', 'm{id}@{tenant.Slug}.example', 'en');
                insert into memberships (id, tenant_id_fk, user_id_fk, user_type_id_fk)
                select {id}, {tenant.Id}, {id}, id from user_types where slug = '{userType}';
                """);
            return id;
        }

        public async Task<List<long>> MembersAsync(TestTenant tenant, int count)
        {
            List<long> members = [];
            for (var i = 0; i < count; i++) members.Add(await platform.MemberAsync(tenant));
            return members;
        }

        /// <summary>A member's own client.</summary>
        public HttpClient ClientOf(TestTenant tenant, long userId)
        {
            var client = platform.Client(TestTokens.For(userId, tenant.Id, false, Scopes.Licensing));
            client.DefaultRequestHeaders.Add(Headers.TenantId, tenant.Id.ToString(CultureInfo.InvariantCulture));
            return client;
        }

        /// <summary>One value of platformdb; as its owner.</summary>
        public async Task<T> PlatformValueAsync<T>(string sql) =>
            (T)(await OwnerSql.ScalarAsync(platform.Databases.PlatformDb, sql))!;

        /// <summary>Where the audit trails of a tenant are broken, by chain; empty where they are whole.</summary>
        public async Task<Dictionary<string, (long At, string Fault)>> BrokenTrailsAsync(long tenantId)
        {
            var report = await platform.StaffAsync<AuditReport>("POST", "/audit/verify", $$"""{ "tenantId": {{tenantId}} }""");
            Assert.Equal((2, report.Broken.Count == 0), (report.Chains, report.IsWhole));
            return report.Broken.ToDictionary(chain => chain.Chain, chain => (chain.FirstBroken!.Value, chain.Fault!));
        }

        /// <summary>Counter, and active rows that it counts.</summary>
        public async Task<(int Counter, long Rows)> SeatsAsync(TestTenant tenant, string application = "tq") => (
            await platform.PlatformValueAsync<int>($"""
                select seats_used from tenant_applications l join applications a on a.id = l.application_id_fk
                where l.tenant_id_fk = {tenant.Id} and a.slug = '{application}'
                """),
            await platform.PlatformValueAsync<long>($"""
                select count(*) from user_application_access g join applications a on a.id = g.application_id_fk
                where g.tenant_id_fk = {tenant.Id} and a.slug = '{application}' and g.active
                """));
    }

    extension(TestTenant tenant)
    {
        public Task<HttpResponseMessage> GrantAsync(long userId, string application = "tq", string json = "{}") =>
            tenant.SendAsync("POST", $"/users/{userId}/apps/{application}/grant", json);

        public Task<GrantResponse> GrantedAsync(long userId, string application = "tq", string json = "{}") =>
            tenant.SentAsync<GrantResponse>("POST", $"/users/{userId}/apps/{application}/grant", json);

        public Task<GrantResponse> RevokedAsync(long userId, string application = "tq") =>
            tenant.SentAsync<GrantResponse>("POST", $"/users/{userId}/apps/{application}/revoke");

        public Task<AccessCheckResponse> CheckAsync(long userId, string application = "tq", string more = "") =>
            tenant.SentAsync<AccessCheckResponse>(
                "POST", "/access/check", $$"""{ "application": "{{application}}", "userId": {{userId}}{{more}} }""");
    }

    extension(HttpResponseMessage response)
    {
        public async Task<JsonElement> DocumentAsync() =>
            JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
    }
}
