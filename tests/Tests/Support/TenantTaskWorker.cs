using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Platform.Worker;

namespace Platform.Tests.Support;

/// <summary>The part of the Worker that builds, fills and drops the schemas of tenants.</summary>
internal static class TenantTaskWorker
{
    public static async Task<IHost> StartAsync(PlatformDatabases databases, string redis, TimeProvider clock)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new() { EnvironmentName = Environments.Development });
        builder.Configuration.AddInMemoryCollection(databases.OfWorker
            .Append(("ConnectionStrings:redis", redis))
            .Select(setting => KeyValuePair.Create(setting.Item1, (string?)setting.Item2)));
        builder.Services.AddSingleton(clock);
        builder.AddStreams();
        builder.AddTenantTasks();
        var worker = builder.Build();
        await worker.StartAsync();
        return worker;
    }
}
