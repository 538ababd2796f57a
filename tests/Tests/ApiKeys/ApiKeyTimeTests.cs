using System.Diagnostics;
using Platform.Contracts;
using Platform.Contracts.ApiKeys;
using Platform.Tests.Licensing;
using Platform.Tests.People;
using Platform.Tests.Support;
using Platform.Tests.Worker;

namespace Platform.Tests.ApiKeys;

/// <summary>Keys on several nodes, and what the clock does to them.</summary>
[Collection(typeof(WithClock))]
public sealed class ApiKeyTimeTests(ClockedPlatform world) : IDisposable
{
    private const string NoRedis = "127.0.0.1:1,abortConnect=false,connectTimeout=200,syncTimeout=200,connectRetry=0";

    private static readonly (int, string?) Open = (204, null), Refused = (401, Codes.Unauthenticated);

    public void Dispose() => world.Clock.AdjustTime(PlatformFixture.Monday9am);

    [Theory]
    [InlineData("the key is revoked")]
    [InlineData("the account is deleted")]
    public async Task A_key_that_ends_on_one_node_is_refused_on_another(string how)
    {
        var tenant = await world.NewCustomerAsync();
        var account = await tenant.ServiceAccountAsync();
        var key = await tenant.KeyAsync(account.Id, Scopes.Licensing);
        await using var other = Node(await Servers.RedisAsync());
        using var here = world.Platform.Client().With(key.Secret, tenant.Id);
        using var there = other.CreateClient().With(key.Secret, tenant.Id);
        Assert.Equal((Open, Open), (await AskAsync(here), await AskAsync(there)));

        using var ended = how == "the key is revoked"
            ? await tenant.SendAsync("POST", $"/service-accounts/{account.Id}/keys/{key.Key.Id}/revoke")
            : await tenant.SendAsync("DELETE", $"/service-accounts/{account.Id}");

        Assert.True(ended.IsSuccessStatusCode);
        Assert.Equal(Refused, await AskAsync(here));
        await UntilRefusedAsync(there, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Without_Redis_a_revocation_applies_at_once_on_its_node_and_within_two_seconds_on_others()
    {
        var tenant = await world.NewCustomerAsync();
        var account = await tenant.ServiceAccountAsync();
        var key = await tenant.KeyAsync(account.Id, Scopes.Licensing);
        await using var first = Node(NoRedis);
        await using var second = Node(NoRedis);
        using var admin = first.CreateClient().With(tenant.Token, tenant.Id);
        using var here = first.CreateClient().With(key.Secret, tenant.Id);
        using var there = second.CreateClient().With(key.Secret, tenant.Id);
        Assert.Equal((Open, Open), (await AskAsync(here), await AskAsync(there)));

        var revoked = await admin.AnswerAsync("POST", $"/api/v1/service-accounts/{account.Id}/keys/{key.Key.Id}/revoke");
        var afterwards = await AskAsync(here);
        world.Clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal((200, null), revoked);
        Assert.Equal((Refused, Refused), (afterwards, await AskAsync(there)));
    }

    [Fact]
    public async Task A_rotated_key_stays_valid_for_the_overlap_and_no_longer()
    {
        var tenant = await world.NewCustomerAsync();
        var account = await tenant.ServiceAccountAsync();
        var old = await tenant.KeyAsync(account.Id, Scopes.Licensing);
        var keys = $"/service-accounts/{account.Id}/keys";

        var rotated = await tenant.SentAsync<NewApiKeyResponse>(
            "POST", $"{keys}/{old.Key.Id}/rotate", """{ "overlapMinutes": 60 }""");
        using var byOld = world.Platform.Client().With(old.Secret, tenant.Id);
        using var byNew = world.Platform.Client().With(rotated.Secret, tenant.Id);
        var during = (await AskAsync(byOld), await AskAsync(byNew));
        var again = await tenant.RefusedAsync("POST", $"{keys}/{old.Key.Id}/rotate", "{}");
        world.Clock.Advance(TimeSpan.FromMinutes(60) - TimeSpan.FromTicks(10));
        var atLast = await AskAsync(byOld);
        world.Clock.Advance(TimeSpan.FromTicks(10));
        var after = (await AskAsync(byOld), await AskAsync(byNew));
        var listed = await tenant.SentAsync<List<ApiKeyResponse>>("GET", keys);
        var tooLong = await tenant.RefusedAsync("POST", $"{keys}/{rotated.Key.Id}/rotate", """{ "overlapMinutes": 10081 }""");

        Assert.Equal((Open, Open), during);
        Assert.Equal((409, Codes.ApiKeyEnded), (again.Status, again.Code));
        Assert.Equal(Open, atLast);
        Assert.Equal((Refused, Open), after);
        Assert.Equal(
            [(ApiKeyStatuses.Expired, (long?)rotated.Key.Id), (ApiKeyStatuses.Active, null)],
            listed.Select(k => (k.Status, k.ReplacedById)));
        Assert.Equal((400, Codes.ValidationFailed), (tooLong.Status, tooLong.Code));
        Assert.Equal(
            "api_key.created,api_key.rotated,api_key.created", await world.Platform.AuditAsync(tenant, "api_key"));
    }

    [Fact]
    public async Task Without_an_overlap_the_old_key_ends_at_once_and_an_overlap_never_makes_it_live_longer()
    {
        var tenant = await world.NewCustomerAsync();
        var account = await tenant.ServiceAccountAsync();
        var keys = $"/service-accounts/{account.Id}/keys";
        var end = PlatformFixture.Monday9am.AddMinutes(10);
        var first = await tenant.KeyAsync(account.Id, Scopes.Licensing);
        var second = await tenant.SentAsync<NewApiKeyResponse>(
            "POST", keys, $$"""{ "scopes": ["licensing"], "expiresAt": "{{end:O}}" }""");

        await tenant.SentAsync<NewApiKeyResponse>("POST", $"{keys}/{first.Key.Id}/rotate", "{}");
        await tenant.SentAsync<NewApiKeyResponse>("POST", $"{keys}/{second.Key.Id}/rotate", """{ "overlapMinutes": 600 }""");
        using var client = world.Platform.Client().With(first.Secret, tenant.Id);
        var listed = await tenant.SentAsync<List<ApiKeyResponse>>("GET", keys);

        Assert.Equal(Refused, await AskAsync(client));
        Assert.Equal(end, listed.Single(k => k.Id == second.Key.Id).ExpiresAt);
    }

    [Fact]
    public async Task The_last_use_is_written_once_a_minute()
    {
        var tenant = await world.NewCustomerAsync();
        var key = await tenant.MightyKeyAsync(Scopes.Licensing);
        using var client = world.Platform.Client().With(key.Secret, tenant.Id);

        await AskAsync(client);
        await UsedAtAsync("2026-03-02 09:00:00");
        world.Clock.Advance(TimeSpan.FromSeconds(59));
        using var soon = new HttpRequestMessage(HttpMethod.Get, "/api/v1/ping");
        var trace = world.Platform.Api.Statements.Watch(soon);
        using var answer = await client.SendAsync(soon);
        world.Clock.Advance(TimeSpan.FromSeconds(1));
        await AskAsync(client);
        await UsedAtAsync("2026-03-02 09:01:00");

        Assert.DoesNotContain(
            world.Platform.Api.Statements.RoundTripsOf(trace).SelectMany(trip => trip),
            sql => sql.Contains("last_used_at", StringComparison.Ordinal));

        Task UsedAtAsync(string expected) => Eventually.EqualAsync(
            expected,
            async () => await OwnerSql.ScalarAsync(
                world.Platform.Databases.PlatformDb,
                $"select to_char(last_used_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS') from api_keys where id = {key.Key.Id}"));
    }

    private ApiFactory Node(string redis)
    {
        var node = new ApiFactory(world.Platform.Databases, redis, world.Clock);
        node.UseKestrel(0);
        node.StartServer();
        return node;
    }

    private static Task<(int, string?)> AskAsync(HttpClient client) => client.AnswerAsync("GET", "/api/v1/ping");

    /// <summary>No request that begins later than this after the end may be let in.</summary>
    private static async Task UntilRefusedAsync(HttpClient client, TimeSpan atMost)
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            var begun = Stopwatch.GetElapsedTime(start);
            if (await AskAsync(client) == Refused) return;

            Assert.True(begun < atMost, $"It was let in {begun} after the end.");
        }
    }
}
