using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using Platform.Tests.Support;
using Platform.Tests.Tenants;
using Platform.Worker;
using Platform.Worker.Timers;

namespace Platform.Tests.Worker;

/// <summary>
/// An API and two workers on databases of their own, by one clock. Its tests run one after the other.
/// </summary>
public sealed class JobsWorld : IAsyncDisposable
{
    private readonly List<IHost> _workers = [];

    public FakeTimeProvider Clock { get; } = new(PlatformFixture.Monday9am);
    public PlatformFixture Platform { get; }

    public JobsWorld()
    {
        Platform = new() { Clock = Clock };
        for (var n = 0; n < 2; n++) _workers.Add(Build());
    }

    public async Task<TestTenant> NewTenantAsync()
    {
        Clock.AdjustTime(PlatformFixture.Monday9am);
        return await Platform.NewTenantAsync();
    }

    /// <summary>Runs the jobs that are due at this time of the fixture's Monday, with one worker.</summary>
    public Task RunAsync(string time, int worker = 0)
    {
        Clock.AdjustTime(PlatformFixture.Monday9am.AddHours(-9) + TimeSpan.Parse(time, CultureInfo.InvariantCulture));
        return _workers[worker].Services.GetRequiredService<DueJobs>().RunDueAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Runs the jobs that are due this many days after the fixture's Monday, at the same time.</summary>
    public async Task RunOnAsync(int day)
    {
        Clock.AdjustTime(PlatformFixture.Monday9am.AddDays(day));
        var jobs = _workers[0].Services.GetRequiredService<DueJobs>();
        for (var done = 1; done > 0;) done = await jobs.RunDueAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>The loop of one worker, for as long as this lasts.</summary>
    public async Task RunningAsync(Func<Task> until)
    {
        var jobs = _workers[0].Services.GetRequiredService<DueJobs>();
        await jobs.StartAsync(TestContext.Current.CancellationToken);
        await until();
        await jobs.StopAsync(TestContext.Current.CancellationToken);
    }

    public Task<long> JobsAsync(TestTenant tenant, string kind, string where = "true") => Platform.TenantValueAsync<long>(
        $"select count(*) from platform.due_jobs where tenant_id = {tenant.Id} and kind = '{kind}' and {where}");

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _workers) worker.Dispose();
        await Platform.DisposeAsync();
    }

    private IHost Build()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:platformdb"] = Platform.Databases.PlatformDb.As(Logins.Worker),
            ["ConnectionStrings:tenantdb"] = Platform.Databases.TenantDb.As(Logins.Worker),
        });
        builder.Services.AddSingleton<TimeProvider>(Clock);
        builder.AddTimers();
        return builder.Build();
    }
}
