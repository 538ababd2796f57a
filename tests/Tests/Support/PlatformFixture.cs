using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Platform.Api;
using Platform.Contracts;
using Platform.Tests.Support;

[assembly: AssemblyFixture(typeof(PlatformFixture))]

namespace Platform.Tests.Support;

/// <summary>
/// One API with its databases for the whole run. Tests do not clean up: each makes a tenant of its own, and what keeps
/// customers apart keeps tests apart.
/// </summary>
public sealed class PlatformFixture : IAsyncDisposable
{
    /// <summary>
    /// The fixed time of the API's clock: a Monday, 09:00 UTC, when no zone of the tests changes its clocks.
    /// </summary>
    public static readonly DateTimeOffset Monday9am = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    private readonly Lazy<Task<TestTenant>>[] _untouched;
    private readonly Lazy<Task<(PlatformDatabases Databases, ApiFactory Api, IHost Worker)>> _running;
    private long _lastTenantId = 5000;

    public PlatformFixture()
    {
        _running = new(() => Task.Run(StartAsync));
        _untouched = [new(() => NewTenantAsync()), new(() => NewTenantAsync())];
    }

    /// <summary>The clock of the API.</summary>
    public TimeProvider Clock { get; init; } = new FakeTimeProvider(Monday9am);

    /// <summary>The URL of Identity; by default no process listens there.</summary>
    public string IdentityUrl { get; init; } = ApiFactory.Nowhere;

    // The first test that uses one of these starts both, and blocks until they run: properties cannot be awaited, and
    // a run whose tests need no server starts none.
    public ApiFactory Api => _running.Value.GetAwaiter().GetResult().Api;

    public PlatformDatabases Databases => _running.Value.GetAwaiter().GetResult().Databases;

    /// <summary>A tenant in UTC with one doctor, open on weekdays from 9 to 17, and a service of an hour.</summary>
    public async Task<TestTenant> NewTenantAsync(string timeZone = "Etc/UTC")
    {
        var tenant = new TestTenant(Interlocked.Increment(ref _lastTenantId), this);
        await tenant.CreateAsync(timeZone);
        return tenant;
    }

    /// <summary>
    /// A tenant without a schema: enough for tests of licensing, billing and audit, and twenty times as fast.
    /// </summary>
    public async Task<TestTenant> NewCustomerAsync(string timeZone = "Etc/UTC")
    {
        var tenant = new TestTenant(Interlocked.Increment(ref _lastTenantId), this);
        await tenant.CreateCustomerAsync(timeZone);
        return tenant;
    }

    /// <summary>
    /// One of two such tenants that tests share. All that is asked of them is refused or changes nothing that another
    /// test could notice: making a tenant takes longer than most of those tests.
    /// </summary>
    public Task<TestTenant> UntouchedTenantAsync(int number = 0) => _untouched[number].Value;

    /// <summary>A client with these scopes and no tenant.</summary>
    public HttpClient ClientWith(long? userId, bool staff, params IReadOnlyList<string> scopes) =>
        Client(TestTokens.For(userId, null, staff, scopes));

    /// <summary>Staff who wait for the Worker, however busy the machine is.</summary>
    public HttpClient Staff()
    {
        var client = ClientWith(1, staff: true, Scopes.Platform);
        client.DefaultRequestHeaders.Add("Prefer", "wait=30");
        return client;
    }

    public HttpClient Client(string? token = null)
    {
        // Telemetry of this process must not put a trace of its own into requests that bear one (see StatementLog).
        var client = new HttpClient(new SocketsHttpHandler { ActivityHeadersPropagator = null }) { BaseAddress = Api.ClientOptions.BaseAddress };
        if (token is not null) client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        return client;
    }

    public Task ExecutePlatformAsync(string sql) => OwnerSql.ExecuteAsync(Databases.PlatformDb, sql);

    public Task ExecuteTenantAsync(string sql) => OwnerSql.ExecuteAsync(Databases.TenantDb, sql);

    public async ValueTask DisposeAsync()
    {
        if (!_running.IsValueCreated) return;
        var (databases, api, worker) = await _running.Value;
        await worker.StopAsync();
        worker.Dispose();
        await api.DisposeAsync();
        await databases.ReleaseAsync();
    }

    private async Task<(PlatformDatabases, ApiFactory, IHost)> StartAsync()
    {
        var databases = await PlatformDatabases.NewAsync();
        var redis = await Servers.RedisAsync();
        var api = new ApiFactory(databases, redis, Clock, IdentityUrl);
        api.UseKestrel(0); // a real server, so that tests see what Kestrel refuses
        api.StartServer();
        return (databases, api, await TenantTaskWorker.StartAsync(databases, redis, Clock));
    }
}

/// <summary>The real API; what differs is the key of the tokens, and the clock.</summary>
public sealed class ApiFactory(
    PlatformDatabases databases, string redis, TimeProvider clock, string identityUrl = ApiFactory.Nowhere)
    : WebApplicationFactory<IApiAssembly>
{
    /// <summary>A URL at which no process listens.</summary>
    public const string Nowhere = "http://127.0.0.1:1";

    /// <summary>Addresses of this machine that tenants may name; others of it are refused, as in production.</summary>
    public const string PrivateNetwork = "127.77.0.0/16";

    /// <summary>Records every statement that the API sends.</summary>
    public StatementLog Statements { get; } = new();

    /// <summary>Separates the rate limits of this factory from those of others.</summary>
    private readonly string _keyPrefix = $"{Guid.CreateVersion7():n}";

    protected override void ConfigureWebHost(IWebHostBuilder builder) => databases.OfApi
        .Aggregate(builder, (host, setting) => host.UseSetting(setting.Key, setting.Value))
        .UseSetting("ConnectionStrings:redis", redis)
        .UseSetting("Identity:Issuer", TestTokens.Issuer)
        .UseSetting("services:identity:http:0", identityUrl)
        .UseSetting("Oidc:ClientSecret", "api-secret-1")
        .UseSetting("ManageLinks:Key", "a key that only the tests have, long enough")
        .UseSetting("Audit:CheckpointKey", "another key that only the tests have, long enough")
        .UseSetting("BookingPages:Url", "https://book.test")
        .UseSetting("Outbound:PrivateNetworks:0", PrivateNetwork)
        .UseSetting("SignUps:Enabled", "true")
        .UseSetting("SignUps:TrialApplication", "trial-of-tests")
        .UseSetting("PublicRates:AddressPerMinute", "1000000") // all tests come from one address
        .UseSetting("RateLimits:KeyPrefix", _keyPrefix)
        .UseSetting("RateLimits:RedisTimeout", "00:00:10") // the machine of the tests may be busy
        .UseSetting("Logging:LogLevel:Default", "None")
        .UseSetting("Logging:LogLevel:Npgsql.Command", "Information")
        .UseSetting("Logging:LogLevel:Platform", "Error")
        .ConfigureLogging(logging => logging.ClearProviders().AddProvider(Statements))
        .ConfigureTestServices(services => services
            .AddSingleton(clock)
            .Configure<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme, TestTokens.Trust));
}
