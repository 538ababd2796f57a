using System.Net;
using System.Text;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Platform.Contracts;
using Platform.Contracts.Tenants;
using Platform.Tests.Support;
using Platform.Tests.Tenants;

namespace Platform.Tests.Http;

/// <summary>PostgreSQL freezes: it keeps its connections, and answers nothing.</summary>
public sealed class DatabaseAwayTests
{
    private const string Tenants = "/internal/api/v1/tenants?limit=1";

    /// <summary>
    /// Far below the sixty seconds after which Npgsql would give up, and far above what a busy machine takes.
    /// </summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task While_PostgreSQL_is_frozen_requests_return_503_and_succeed_again_afterwards()
    {
        await using var world = await FrozenWorld.StartAsync();
        using var staff = world.Staff();
        Assert.Equal(HttpStatusCode.OK, (await staff.GetAsync(Tenants)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await staff.GetAsync("/health")).StatusCode);

        world.Relay.Freeze();
        using var waiting = await staff.GetAsync(Tenants); // sent before the API can detect it
        using var later = await staff.GetAsync(Tenants);
        using var health = await staff.GetAsync("/health");
        using var alive = await staff.GetAsync("/alive");

        Assert.Equal((503, Codes.Unavailable), await waiting.ProblemAsync());
        Assert.Equal((503, Codes.Unavailable), await later.ProblemAsync());
        Assert.All([waiting, later], refused => Assert.NotNull(refused.Headers.RetryAfter));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK), (health.StatusCode, alive.StatusCode));

        world.Relay.Thaw();
        await FrozenWorld.AnswersAsync(staff, Tenants);
    }

    [Fact]
    public async Task A_tenant_is_created_after_PostgreSQL_has_closed_all_connections()
    {
        await using var world = await FrozenWorld.StartAsync();
        using var staff = world.Staff();
        using var first = await NewTenantAsync(staff);

        await world.EndConnectionsAsync();
        await FrozenWorld.AnswersAsync(staff, Tenants);
        using var second = await NewTenantAsync(staff);

        Assert.True(
            second.StatusCode is HttpStatusCode.Created or HttpStatusCode.Accepted, await second.Content.ReadAsStringAsync());
        if (second.Headers.Location is { } task) await FrozenWorld.DoneAsync(staff, task);
    }

    private static Task<HttpResponseMessage> NewTenantAsync(HttpClient staff) => staff.PostAsync(
        "/internal/api/v1/tenants", new StringContent(TenantCalls.Body(TenantCalls.NewSlug()), Encoding.UTF8, "application/json"));

    private sealed class FrozenWorld(PlatformDatabases databases, ApiFactory api, IHost worker, FreezingRelay relay)
        : IAsyncDisposable
    {
        public FreezingRelay Relay => relay;

        public static async Task<FrozenWorld> StartAsync()
        {
            var databases = await PlatformDatabases.NewAsync();
            var server = new NpgsqlConnectionStringBuilder(databases.PlatformDb);
            var relay = new FreezingRelay(server.Host!, server.Port);
            var redis = await Servers.RedisAsync();
            var behind = new PlatformDatabases(Behind(databases.PlatformDb), Behind(databases.TenantDb));
            var api = new ApiFactory(behind, redis, TimeProvider.System);
            api.UseKestrel(0);
            api.StartServer();
            return new(databases, api, await TenantTaskWorker.StartAsync(behind, redis, TimeProvider.System), relay);

            string Behind(string connectionString) => new NpgsqlConnectionStringBuilder(connectionString)
            {
                Host = "127.0.0.1",
                Port = relay.Port,
            }.ConnectionString;
        }

        public HttpClient Staff()
        {
            var client = new HttpClient { BaseAddress = api.ClientOptions.BaseAddress, Timeout = Soon };
            client.DefaultRequestHeaders.Authorization = new("Bearer", TestTokens.For(1, null, true, [Scopes.Platform]));
            client.DefaultRequestHeaders.Add("Prefer", "wait=30");
            return client;
        }

        public static async Task AnswersAsync(HttpClient client, string path)
        {
            using var limit = new CancellationTokenSource(Soon);
            while ((await client.GetAsync(path, limit.Token)).StatusCode != HttpStatusCode.OK) await Task.Yield();
        }

        public static async Task DoneAsync(HttpClient staff, Uri path)
        {
            using var limit = new CancellationTokenSource(Soon);
            while (true)
            {
                using var response = await staff.GetAsync(path, limit.Token);
                if (!path.ToString().Contains("tenant-tasks", StringComparison.Ordinal)) return;
                var task = await response.DataAsync<TenantTaskResponse>();
                Assert.NotEqual(TenantTaskStatuses.Failed, task.Status);
                if (task.Status == TenantTaskStatuses.Done) return;
            }
        }

        public async Task EndConnectionsAsync()
        {
            foreach (var database in (string[])[databases.PlatformDb, databases.TenantDb])
            {
                await OwnerSql.ExecuteAsync(
                    database,
                    "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()");
            }
        }

        public async ValueTask DisposeAsync()
        {
            await worker.StopAsync();
            worker.Dispose();
            await api.DisposeAsync();
            await relay.DisposeAsync();
            await databases.ReleaseAsync();
        }
    }
}
