using System.Diagnostics;
using System.Globalization;
using Platform.Contracts;
using Platform.Tests.Support;

namespace Platform.Tests.Licensing;

/// <summary>Several nodes, and the behaviour of one of them while a dependency is unavailable.</summary>
[Collection(typeof(WithClock))]
public sealed class AccessFaultTests(ClockedPlatform world) : IDisposable
{
    private const string NoRedis = "127.0.0.1:1,abortConnect=false,connectTimeout=200,syncTimeout=200,connectRetry=0";

    /// <summary>The maximum delay of a node without Redis, by the architecture.</summary>
    private static readonly TimeSpan Stale = TimeSpan.FromSeconds(2);

    public void Dispose() => world.Clock.AdjustTime(PlatformFixture.Monday9am);

    [Fact]
    public async Task A_revocation_on_one_node_counts_on_another()
    {
        var tenant = await GrantedTenantAsync();
        await using var other = Node(await Servers.RedisAsync());
        using var client = ClientOf(other, tenant);
        Assert.True(await MayAsync(client));
        Assert.True(await MayAsync(client)); // remembered there

        await tenant.RevokedAsync(tenant.UserId);

        await UntilRefusedAsync(client, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Without_Redis_a_revocation_applies_at_once_on_its_node_and_soon_on_others()
    {
        var tenant = await GrantedTenantAsync();
        await using var here = Node(NoRedis);
        await using var elsewhere = Node(NoRedis);
        using var mine = ClientOf(here, tenant);
        using var theirs = ClientOf(elsewhere, tenant);
        Assert.True(await MayAsync(mine));
        Assert.True(await MayAsync(theirs));

        using var revoked = await mine.PostAsync($"/api/v1/users/{tenant.UserId}/apps/tq/revoke", null);

        Assert.True(revoked.IsSuccessStatusCode);
        Assert.False(await MayAsync(mine));
        world.Clock.Advance(Stale);
        Assert.False(await MayAsync(theirs));
    }

    [Fact]
    public async Task A_decision_that_cannot_be_recorded_returns_503()
    {
        var tenant = await GrantedTenantAsync();
        Assert.True(await MayAsync(tenant.Client)); // remembered: only the record is still needed
        await world.Platform.ExecutePlatformAsync("revoke execute on function append_access_logs from platform_app");
        try
        {
            using var door = await tenant.Client.GetAsync("/internal/api/v1/tq/dashboard");
            using var check = await tenant.SendAsync("POST", "/access/check", """{ "application": "tq" }""");

            Assert.Equal((503, Codes.Unavailable), await door.ProblemAsync());
            Assert.Equal((503, Codes.Unavailable), await check.ProblemAsync());
        }
        finally
        {
            await world.Platform.ExecutePlatformAsync("grant execute on function append_access_logs to platform_app");
        }

        Assert.True(await MayAsync(tenant.Client));
    }

    [Fact]
    public async Task Without_the_database_access_returns_503()
    {
        var tenant = await GrantedTenantAsync();
        var away = world.Platform.Databases with { PlatformDb = "Host=127.0.0.1;Port=1;Database=none;Username=none;Timeout=2" };
        await using var node = Node(await Servers.RedisAsync(), away);
        using var client = ClientOf(node, tenant);

        using var door = await client.GetAsync("/internal/api/v1/tq/dashboard");
        using var grant = await client.PostAsync($"/api/v1/users/{tenant.UserId}/apps/tq/grant", null);

        Assert.Equal((503, Codes.Unavailable), await door.ProblemAsync());
        Assert.Equal((503, Codes.Unavailable), await grant.ProblemAsync());
    }

    [Fact]
    public async Task Concurrent_decisions_of_many_tenants_on_two_nodes_make_intact_chains()
    {
        var tenants = new[] { await GrantedTenantAsync(), await GrantedTenantAsync(), await GrantedTenantAsync() };
        await using var other = Node(await Servers.RedisAsync());
        using var there = new DisposableList([.. tenants.Select(tenant => ClientOf(other, tenant))]);

        await Task.WhenAll(Enumerable.Range(0, 150).Select(async i =>
            Assert.True(await MayAsync(i % 2 == 0 ? tenants[i % 3].Client : there.Clients[i % 3]))));

        foreach (var tenant in tenants)
        {
            Assert.Equal(50, await world.Platform.PlatformValueAsync<long>(
                $"select count(*) from application_access_logs where tenant_id_fk = {tenant.Id}"));
            Assert.Empty(await world.Platform.BrokenTrailsAsync(tenant.Id));
        }
    }

    [Fact]
    public async Task Concurrent_appends_that_name_the_same_tenants_in_another_order_do_not_deadlock()
    {
        const int Times = 60;
        long[] tenants = [(await world.NewCustomerAsync()).Id, (await world.NewCustomerAsync()).Id];

        await Task.WhenAll(Enumerable.Range(0, 4).Select(async i =>
        {
            var (first, second) = (tenants[i % 2], tenants[1 - (i % 2)]);
            for (var n = 0; n < Times; n++) await world.Platform.ExecutePlatformAsync(Append(first, second));
        }));

        foreach (var tenant in tenants) Assert.Empty(await world.Platform.BrokenTrailsAsync(tenant));

        static string Append(long first, long second) => $"""
            select set_config('app.staff', 'on', false);
            select append_access_logs(array[{first}, {second}]::bigint[], array[now(), now()], array['x', 'x'],
                array[1, 1]::bigint[], array['tq', 'tq'], array[null, null]::text[], array[true, true],
                array[null, null]::integer[], array[null, null]::text[], array['GET /', 'GET /'], array[null, null]::text[],
                array[null, null]::text[], array[null, null]::text[])
            """;
    }

    private async Task<TestTenant> GrantedTenantAsync()
    {
        var tenant = await world.NewCustomerAsync();
        await world.Platform.LicenseAsync(tenant);
        await tenant.GrantedAsync(tenant.UserId);
        return tenant;
    }

    private ApiFactory Node(string redis, PlatformDatabases? databases = null)
    {
        var node = new ApiFactory(databases ?? world.Platform.Databases, redis, world.Clock);
        node.UseKestrel(0);
        node.StartServer();
        return node;
    }

    private static HttpClient ClientOf(ApiFactory node, TestTenant tenant)
    {
        var client = node.CreateClient();
        client.DefaultRequestHeaders.Authorization = new("Bearer", tenant.Token);
        client.DefaultRequestHeaders.Add(Headers.TenantId, tenant.Id.ToString(CultureInfo.InvariantCulture));
        return client;
    }

    private static async Task<bool> MayAsync(HttpClient client)
    {
        using var response = await client.GetAsync("/internal/api/v1/tq/dashboard");
        if (response.IsSuccessStatusCode) return true;

        Assert.Equal((403, Codes.NoAccess), await response.ProblemAsync());
        return false;
    }

    /// <summary>No request that begins later than this after the revocation may be let in.</summary>
    private static async Task UntilRefusedAsync(HttpClient client, TimeSpan atMost)
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            var begun = Stopwatch.GetElapsedTime(start);
            if (!await MayAsync(client)) return;

            Assert.True(begun < atMost, $"It was let in {begun} after the revocation.");
        }
    }

    private sealed class DisposableList(HttpClient[] clients) : IDisposable
    {
        public HttpClient[] Clients => clients;

        public void Dispose()
        {
            foreach (var client in clients) client.Dispose();
        }
    }
}
