using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Platform.Api;
using Platform.Contracts;
using Platform.ServiceDefaults.RateLimits;
using Platform.Tests.Support;

namespace Platform.Tests.Public;

/// <summary>Rate limits of anonymous callers.</summary>
public sealed class PublicRatesTests(PlatformFixture platform)
{
    [Fact]
    public async Task Requests_to_two_nodes_count_together()
    {
        var tenant = await platform.UntouchedTenantAsync();
        var prefix = $"{Guid.CreateVersion7():n}";
        await using var one = NodeWith(("RateLimits:KeyPrefix", prefix), ("PublicRates:WritesPerMinute", "3"));
        await using var other = NodeWith(("RateLimits:KeyPrefix", prefix), ("PublicRates:WritesPerMinute", "3"));
        HttpClient[] nodes = [one.CreateClient(), other.CreateClient()];

        var statuses = new List<int>();
        for (var i = 0; i < 5; i++)
        {
            using var answer = await nodes[i % 2].DeleteAsync($"/public/api/v1/{tenant.Slug}/holds/none");
            statuses.Add((int)answer.StatusCode);
        }

        using var refused = await nodes[1].DeleteAsync($"/public/api/v1/{tenant.Slug}/holds/none");
        using var read = await nodes[1].GetAsync($"/public/api/v1/{tenant.Slug}/services");

        Assert.Equal([404, 404, 404, 429, 429], statuses);
        Assert.Equal((429, Codes.RateLimited), await refused.ProblemAsync());
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 61);
        Assert.Equal(HttpStatusCode.OK, read.StatusCode);
    }

    [Fact]
    public async Task Invented_tenants_share_the_limit_of_their_address()
    {
        var tenant = await platform.UntouchedTenantAsync();
        await using var node = NodeWith(("RateLimits:KeyPrefix", $"{Guid.CreateVersion7():n}"), ("PublicRates:AddressPerMinute", "3"));
        using var anybody = node.CreateClient();

        var statuses = new List<int>();
        foreach (var slug in (string[])["invented-1", "invented-2", new('x', 100), "invented-4", tenant.Slug])
        {
            using var answer = await anybody.GetAsync($"/public/api/v1/{slug}/services");
            statuses.Add((int)answer.StatusCode);
        }

        Assert.Equal([404, 404, 404, 429, 429], statuses);
    }

    [Fact]
    public async Task Feeds_count_for_the_address_alone()
    {
        await using var node = NodeWith(
            ("RateLimits:KeyPrefix", $"{Guid.CreateVersion7():n}"), ("PublicRates:AddressPerMinute", "3"), ("PublicRates:ReadsPerMinute", "1"));
        using var anybody = node.CreateClient();

        var statuses = new List<int>();
        for (var i = 0; i < 4; i++)
        {
            using var answer = await anybody.GetAsync("/public/api/v1/feeds/none.ics");
            statuses.Add((int)answer.StatusCode);
        }

        Assert.Equal([404, 404, 404, 429], statuses);
    }

    [Fact]
    public async Task An_unresponsive_Redis_does_not_delay_requests()
    {
        var tenant = await platform.UntouchedTenantAsync();
        await using var redis = await OwnRedis.StartAsync();
        await using var node = NodeWith(
            ("ConnectionStrings:redis", redis.Address), ("RateLimits:RedisTimeout", "00:00:00.250"));
        using var anybody = node.CreateClient();
        using var unavailable = new MeterReading(
            node.Services.GetRequiredService<IMeterFactory>(), SharedRateLimits.UnavailableCounter);
        using var warm = await anybody.GetAsync($"/public/api/v1/{tenant.Slug}/services");

        redis.Freeze();
        var watch = Stopwatch.StartNew();
        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 6; i++)
        {
            using var answer = await anybody.GetAsync($"/public/api/v1/{tenant.Slug}/services");
            statuses.Add(answer.StatusCode);
        }

        var elapsed = watch.Elapsed;
        redis.Thaw();

        Assert.All([warm.StatusCode, .. statuses], status => Assert.Equal(HttpStatusCode.OK, status));
        Assert.True(elapsed < TimeSpan.FromSeconds(10), $"{elapsed}"); // each would wait five seconds for the client of Redis
        Assert.True(unavailable.Sum > 0);
    }

    private WebApplicationFactory<IApiAssembly> NodeWith(params IEnumerable<(string Key, string Value)> settings) =>
        platform.Api.WithWebHostBuilder(web =>
        {
            foreach (var (key, value) in settings) web.UseSetting(key, value);
        });
}
