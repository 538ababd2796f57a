using Platform.Contracts;
using Platform.Tests.Support;

namespace Platform.Tests.Http;

/// <summary>Callers that exceed the limit get 429, and other callers do not.</summary>
public sealed class CallerRatesTests(PlatformFixture platform)
{
    [Theory]
    [InlineData("CallerRates:PrincipalPerMinute", false)]
    [InlineData("CallerRates:TenantPerMinute", true)]
    public async Task A_program_that_exceeds_its_limit_affects_at_most_its_own_tenant(
        string limit, bool stopsColleagues)
    {
        await using var api = platform.Api.WithWebHostBuilder(web => web.UseSetting(limit, "3"));
        var (tenant, other) = (await platform.NewCustomerAsync(), await platform.NewCustomerAsync());

        var answers = new List<int>();
        for (var i = 0; i < 5; i++) answers.Add(await AskAsync(tenant, tenant.UserId));
        var colleague = await AskAsync(tenant, 999_001);
        var stranger = await AskAsync(other, other.UserId);
        using var anonymous = api.CreateClient();

        Assert.Equal([200, 200, 200, 429, 429], answers);
        Assert.Equal(stopsColleagues ? 429 : 403, colleague); // no member, but not held back
        Assert.Equal(200, stranger);
        Assert.Equal("Healthy", await anonymous.GetStringAsync("/alive"));

        async Task<int> AskAsync(TestTenant of, long userId)
        {
            using var client = api.CreateClient();
            client.DefaultRequestHeaders.Authorization =
                new("Bearer", TestTokens.For(userId, of.Id, false, [Scopes.Scheduling]));
            client.DefaultRequestHeaders.Add(Headers.TenantId, $"{of.Id}");
            using var answer = await client.GetAsync("/api/v1/me");
            if ((int)answer.StatusCode == 429)
            {
                Assert.Equal((429, Codes.RateLimited), await answer.ProblemAsync());
                Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
            }

            return (int)answer.StatusCode;
        }
    }

    [Fact]
    public async Task The_header_of_another_tenant_does_not_use_its_limit()
    {
        await using var api = platform.Api.WithWebHostBuilder(web => web.UseSetting("CallerRates:TenantPerMinute", "2"));
        var (tenant, victim) = (await platform.NewCustomerAsync(), await platform.NewCustomerAsync());

        for (var i = 0; i < 4; i++) await AskAsync(tenant, victim.Id);

        Assert.Equal(200, await AskAsync(victim, victim.Id));

        async Task<int> AskAsync(TestTenant who, long header)
        {
            using var client = api.CreateClient();
            client.DefaultRequestHeaders.Authorization =
                new("Bearer", TestTokens.For(who.UserId, who.Id, false, [Scopes.Scheduling]));
            client.DefaultRequestHeaders.Add(Headers.TenantId, $"{header}");
            using var answer = await client.GetAsync("/api/v1/me");
            return (int)answer.StatusCode;
        }
    }
}
