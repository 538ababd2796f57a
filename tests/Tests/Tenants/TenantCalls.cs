using Platform.Contracts.Tenants;
using Platform.Tests.Licensing;
using Platform.Tests.Support;

namespace Platform.Tests.Tenants;

/// <summary>Requests that the tests of tenants share, as staff.</summary>
internal static class TenantCalls
{
    private static int _last;

    public static string NewSlug() => $"org-{Interlocked.Increment(ref _last)}-x";

    public static string Body(string slug, string more = "") =>
        $$"""{ "slug": "{{slug}}", "name": "Ótica Zé {{slug}}", "timeZone": "America/Sao_Paulo"{{more}} }""";

    extension(PlatformFixture platform)
    {
        public Task<TenantResponse> MadeTenantAsync(string? slug = null, string more = "") =>
            platform.StaffAsync<TenantResponse>("POST", "/tenants", Body(slug ?? NewSlug(), more));

        public Task<TenantResponse> TenantAsync(long id) => platform.StaffAsync<TenantResponse>("GET", $"/tenants/{id}");

        /// <summary>The status of a public lookup by <c>slug=</c> or <c>host=</c>.</summary>
        public async Task<int> LookedUpAsync(string question)
        {
            using var anybody = platform.Client();
            using var response = await anybody.GetAsync($"/public/api/v1/tenants/lookup?{question}");
            return (int)response.StatusCode;
        }

        /// <summary>The audited actions on a tenant and its records, oldest first.</summary>
        public Task<string> ActionsAsync(long tenantId) => platform.PlatformValueAsync<string>(
            $"select coalesce(string_agg(action, ',' order by sequence), '') from audit_log where tenant_id_fk = {tenantId}");

        public Task<string> EventsAsync(long tenantId) => platform.PlatformValueAsync<string>($"""
            select coalesce(string_agg(event_type || ' ' || aggregate_version, ',' order by position), '')
            from platform.outbox_messages where tenant_id = {tenantId}
            """);

        /// <summary>One value of tenantdb; as its owner.</summary>
        public async Task<T> TenantValueAsync<T>(string sql) =>
            (T)(await OwnerSql.ScalarAsync(platform.Databases.TenantDb, sql))!;
    }
}
