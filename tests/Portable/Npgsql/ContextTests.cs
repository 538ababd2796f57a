using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Npgsql.EntityFrameworkCore.PostgreSQL;
using Platform.Tests.Support;

namespace Platform.Portable.Npgsql;

public sealed class ContextTests
{
    [Fact]
    public async Task A_context_reads_its_connection_string_and_is_healthy()
    {
        using var host = await Host(builder => builder.AddNpgsqlDbContext<Things>("things", s => s.CommandTimeout = 7));

        await using var scope = host.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<Things>();

        Assert.Equal(2, await db.Database.SqlQuery<int>($"select 1 + 1 as \"Value\"").SingleAsync());
        Assert.Equal(7, db.Database.GetCommandTimeout());
        Assert.True(db.Database.CreateExecutionStrategy().RetriesOnFailure);
        Assert.Equal(HealthStatus.Healthy, await Health(host));
    }

    [Fact]
    public async Task A_database_that_is_away_is_unhealthy()
    {
        using var host = await Host(builder => builder.AddNpgsqlDbContext<Things>(
            "things",
            settings =>
            {
                settings.ConnectionString = "Host=127.0.0.1;Port=1;Timeout=1";
                settings.DisableRetry = true; // else it asks for a minute before it gives up, as the package does
            }));

        Assert.Equal(HealthStatus.Unhealthy, await Health(host));
    }

    [Fact]
    public async Task Enriching_adds_retries_unless_disabled()
    {
        Assert.True(await Retries(builder => builder.EnrichNpgsqlDbContext<Things>()));
        Assert.False(await Retries(builder => builder.EnrichNpgsqlDbContext<Things>(s => s.DisableRetry = true)));
    }

    [Fact]
    public async Task Enriching_what_is_not_there_is_refused()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => Host(builder => builder.EnrichNpgsqlDbContext<Things>()));
    }

    private static async Task<bool> Retries(Action<IHostApplicationBuilder> enrich)
    {
        using var host = await Host(builder =>
        {
            builder.Services.AddDbContext<Things>(o => o.UseNpgsql(builder.Configuration.GetConnectionString("things")));
            enrich(builder);
        });
        await using var scope = host.Services.CreateAsyncScope();
        Assert.Equal(HealthStatus.Healthy, await Health(host));
        return scope.ServiceProvider.GetRequiredService<Things>().Database.CreateExecutionStrategy() is NpgsqlRetryingExecutionStrategy;
    }

    private static async Task<IHost> Host(Action<IHostApplicationBuilder> configure)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(
            [new("ConnectionStrings:things", $"{await Servers.PostgresAsync()};Database=postgres")]);
        configure(builder);
        return builder.Build();
    }

    private static async Task<HealthStatus> Health(IHost host) =>
        (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries[nameof(Things)].Status;

    private sealed class Things(DbContextOptions<Things> options) : DbContext(options);
}
