using Platform.Contracts;
using Platform.Contracts.Licensing;
using Platform.Tests.Support;
using Platform.Tests.Worker;

namespace Platform.Tests.Licensing;

/// <summary>
/// Prices change while seats are granted, on two Api processes whose clocks differ: each grant carries the price in
/// force at its instant, in its answer as in its row.
/// </summary>
public sealed class PriceRaceTests(PlatformFixture platform) : IAsyncLifetime
{
    private const int Grants = 120;

    private readonly List<ApiFactory> _nodes = [];

    public async ValueTask InitializeAsync()
    {
        foreach (var skew in (int[])[0, -40])
        {
            var node = new ApiFactory(
                platform.Databases, await Servers.RedisAsync(), new SkewedTime(TimeSpan.FromMilliseconds(skew)));
            node.UseKestrel(0);
            node.StartServer();
            _nodes.Add(node);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes) await node.DisposeAsync();
    }

    [Fact]
    public async Task Grants_that_cross_changes_as_of_now_carry_the_price_in_force_at_their_instant()
    {
        var (application, tenants) = await PreparedAsync(3 * Grants);
        await PricedAsync(application, 1, "2020-01-01T00:00:00Z");
        var price = 1;

        for (var round = 0; round < 3; round++)
        {
            var granting = GrantAsync(tenants, application, round * Grants, Grants);
            while (!granting.IsCompleted)
            {
                // In turn: the server's now, the caller's now, an end as of now and the next price.
                price++;
                using var change = (price % 3) switch
                {
                    0 => await ScheduleAsync(1, application, price, null),
                    1 => await ScheduleAsync(0, application, price, PlatformJson.WriteInstant(TimeProvider.System.GetUtcNow())),
                    _ => await EndAndScheduleAsync(application, price),
                };
                Assert.True(
                    change.IsSuccessStatusCode || await change.ProblemAsync() == (409, Codes.PriceInUse),
                    await change.Content.ReadAsStringAsync());
            }

            await CheckAnswersAsync(await granting);
        }

        Assert.Equal(0, await WrongAsync(application));
        Assert.True(await platform.PlatformValueAsync<long>($"""
            select count(distinct pricing_id_fk_snapshot) from user_application_access where application_id_fk = {application.Id}
            """) > 3);
    }

    [Fact]
    public async Task A_pending_price_that_is_edited_as_it_begins_never_changes_under_grants()
    {
        var (application, tenants) = await PreparedAsync(2 * Grants);
        await PricedAsync(application, 1, "2020-01-01T00:00:00Z");

        for (var round = 0; round < 2; round++)
        {
            var start = TimeProvider.System.GetUtcNow().AddMilliseconds(400);
            using var scheduled = await ScheduleAsync(0, application, 10, PlatformJson.WriteInstant(start));
            var pending = await scheduled.DataAsync<PriceResponse>();
            await Eventually.TrueAsync(() => TimeProvider.System.GetUtcNow() > start.AddMilliseconds(-150));

            var granting = GrantAsync(tenants, application, round * Grants, Grants);
            var (edits, last) = (0, 10m);
            while (!granting.IsCompleted)
            {
                using var edited = await StaffAsync(
                    edits % 2, "PATCH", $"/applications/{application.Id}/pricing/{pending.Id}", $$"""{ "price": {{11 + edits}} }""");
                if (edited.IsSuccessStatusCode) last = 11 + edits;
                else Assert.Equal((409, Codes.PriceInUse), await edited.ProblemAsync());
                edits++;
            }

            await CheckAnswersAsync(await granting);
            Assert.Equal(last, await platform.PlatformValueAsync<decimal>(
                $"select price from application_pricing where id = {pending.Id}"));
        }

        Assert.Equal(0, await WrongAsync(application));
    }

    /// <summary>An application that a tenant may use without limit, and the members of it.</summary>
    private async Task<(ApplicationResponse, List<(TestTenant Tenant, long User)>)> PreparedAsync(int members)
    {
        var application = await platform.NewApplicationAsync();
        List<(TestTenant, long)> all = [];
        foreach (var tenant in (TestTenant[])[await platform.NewCustomerAsync(), await platform.NewCustomerAsync()])
        {
            await platform.LicenseAsync(tenant, limit: null, application: application.Slug);
            var first = tenant.Id * 10_000;
            await platform.ExecutePlatformAsync($"""
                insert into users (id, name, email, locale)
                select {first} + n, 'M', 'p' || n || '@{tenant.Slug}.example', 'en' from generate_series(1, {members / 2}) n;
                insert into memberships (id, tenant_id_fk, user_id_fk, user_type_id_fk)
                select {first} + n, {tenant.Id}, {first} + n, 1 from generate_series(1, {members / 2}) n;
                """);
            all.AddRange(Enumerable.Range(1, members / 2).Select(n => (tenant, first + n)));
        }

        return (application, [.. all.OrderBy(entry => entry.Item2 % 10_000)]);
    }

    private async Task<List<GrantResponse>> GrantAsync(
        List<(TestTenant Tenant, long User)> members, ApplicationResponse application, int from, int count)
    {
        List<GrantResponse> granted = [];
        await Parallel.ForEachAsync(
            members.Skip(from).Take(count), new ParallelOptions { MaxDegreeOfParallelism = 12 }, async (member, ct) =>
            {
                for (var attempt = 0; ; attempt++)
                {
                    using var response = await StaffAsync(
                        (int)(member.User % 2), "POST", $"/users/{member.User}/apps/grant",
                        $$"""{ "tenantId": {{member.Tenant.Id}}, "application": "{{application.Slug}}" }""");
                    if (response.IsSuccessStatusCode)
                    {
                        var grant = await response.DataAsync<GrantResponse>();
                        lock (granted) granted.Add(grant);
                        return;
                    }

                    // No price is in force between an end and the next price.
                    Assert.Equal((422, Codes.PricingNotConfigured), await response.ProblemAsync());
                    Assert.True(attempt < 1_000);
                }
            });
        return granted;
    }

    private async Task CheckAnswersAsync(List<GrantResponse> granted)
    {
        var rows = await platform.PlatformValueAsync<string>($"""
            select string_agg(id || ' ' || price_snapshot, ',' order by id) from user_application_access
            where id = any(array[{string.Join(',', granted.Select(grant => grant.Id))}])
            """);
        Assert.Equal(
            string.Join(',', granted.OrderBy(grant => grant.Id).Select(grant => FormattableString.Invariant($"{grant.Id} {grant.Price:0.00}"))),
            rows);
    }

    /// <summary>How many grants have another price than that in force at their instant.</summary>
    private Task<long> WrongAsync(ApplicationResponse application) => platform.PlatformValueAsync<long>($"""
        select count(*) from user_application_access g
        where g.application_id_fk = {application.Id} and not exists (
            select from application_pricing p
            where p.id = g.pricing_id_fk_snapshot and p.price = g.price_snapshot and p.valid_from <= g.granted_at
                and (p.valid_to is null or p.valid_to > g.granted_at))
        """);

    private async Task<HttpResponseMessage> EndAndScheduleAsync(ApplicationResponse application, int price)
    {
        var path = $"/applications/{application.Id}/pricing";
        using var listed = await StaffAsync(1, "GET", path, null);
        foreach (var current in await listed.DataAsync<List<PriceResponse>>())
        {
            using var ended = await StaffAsync(1, "POST", $"{path}/{current.Id}/end", null);
            Assert.True( // the other process may have ended it just now
                ended.IsSuccessStatusCode || await ended.ProblemAsync() is (409, Codes.PriceInUse) or (422, Codes.InvalidRange),
                await ended.Content.ReadAsStringAsync());
        }

        return await ScheduleAsync(0, application, price, null);
    }

    private async Task PricedAsync(ApplicationResponse application, int price, string from)
    {
        using var response = await ScheduleAsync(0, application, price, from);
        Assert.Equal(201, (int)response.StatusCode);
    }

    private Task<HttpResponseMessage> ScheduleAsync(int node, ApplicationResponse application, int price, string? from) => StaffAsync(
        node, "POST", $"/applications/{application.Id}/pricing",
        $$"""
        { "userType": "operations", "price": {{price}}, "supersede": true{{(from is null ? "" : $", \"validFrom\": \"{from}\"")}} }
        """);

    private async Task<HttpResponseMessage> StaffAsync(int node, string method, string path, string? json)
    {
        using var client = new HttpClient { BaseAddress = _nodes[node].ClientOptions.BaseAddress };
        client.DefaultRequestHeaders.Authorization = new("Bearer", TestTokens.For(1, null, true, Scopes.Platform));
        using var request = new HttpRequestMessage(new(method), $"/internal/api/v1{path}");
        if (json is not null) request.Content = new StringContent(json, System.Text.Encoding.UTF8, "application/json");
        return await client.SendAsync(request);
    }

    /// <summary>The clock of another machine.</summary>
    private sealed class SkewedTime(TimeSpan skew) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + skew;
    }
}
