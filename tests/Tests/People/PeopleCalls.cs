using Platform.Contracts;
using Platform.Contracts.People;
using Platform.Tests.Licensing;
using Platform.Tests.Support;

namespace Platform.Tests.People;

/// <summary>Requests that the tests of people share.</summary>
internal static class PeopleCalls
{
    extension(PlatformFixture platform)
    {
        /// <summary>Another member, signed in with every scope.</summary>
        public async Task<(long Id, HttpClient Client)> PersonAsync(
            TestTenant tenant, string userType = "operations", params IReadOnlyList<string> permissions)
        {
            var id = await platform.MemberAsync(tenant, userType);
            if (permissions.Count > 0)
            {
                var role = await tenant.RoleAsync($"Of {id}", [.. permissions]);
                await tenant.SentAsync<UserResponse>("PATCH", $"/users/{id}", $$"""{ "roles": ["{{role.Slug}}"] }""");
            }

            return (id, platform.SignedIn(tenant, id));
        }

        public HttpClient SignedIn(TestTenant tenant, long userId)
        {
            var client = platform.Client(TestTokens.For(userId, tenant.Id, false, Scopes.Licensing, Scopes.Scheduling));
            client.DefaultRequestHeaders.Add(Headers.TenantId, $"{tenant.Id}");
            return client;
        }

        /// <summary>The audited actions of the tenant, in order.</summary>
        public Task<string> AuditAsync(TestTenant tenant, string targetType) => platform.PlatformValueAsync<string>($"""
            select coalesce(string_agg(action, ',' order by sequence), '') from audit_log
            where tenant_id_fk = {tenant.Id} and target_type = '{targetType}'
            """);

        public Task<string> EventsAsync(TestTenant tenant, string aggregateType) => platform.PlatformValueAsync<string>($"""
            select coalesce(string_agg(event_type || ' ' || aggregate_version, ',' order by position), '')
            from platform.outbox_messages where tenant_id = {tenant.Id} and aggregate_type = '{aggregateType}'
            """);
    }

    extension(TestTenant tenant)
    {
        public Task<RoleResponse> RoleAsync(string name, params IReadOnlyList<string> permissions) =>
            tenant.SentAsync<RoleResponse>("POST", "/roles", $$"""
                { "name": "{{name}}", "permissions": [{{string.Join(',', permissions.Select(p => $"\"{p}\""))}}] }
                """);

        public Task<UserResponse> UserAsync(long id) => tenant.SentAsync<UserResponse>("GET", $"/users/{id}");
    }

    extension(HttpClient client)
    {
        /// <summary>Status and code; no code where it went well.</summary>
        public async Task<(int Status, string? Code)> AnswerAsync(string method, string path, string? json = null)
        {
            using var request = new HttpRequestMessage(new(method), path);
            if (json is not null) request.Content = new StringContent(json, System.Text.Encoding.UTF8, "application/json");
            using var response = await client.SendAsync(request);
            return response.IsSuccessStatusCode ? ((int)response.StatusCode, null) : await response.ProblemAsync();
        }
    }
}
