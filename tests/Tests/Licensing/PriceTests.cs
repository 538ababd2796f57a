using System.Globalization;
using System.Net.Http.Json;
using Platform.Contracts;
using Platform.Contracts.Licensing;
using Platform.Tests.Bookings;
using Platform.Tests.Support;

namespace Platform.Tests.Licensing;

public sealed class PriceTests(PlatformFixture platform)
{
    private const string Now = "2026-03-02T09:00:00Z";
    private const string June = "2026-06-01T00:00:00Z";

    [Fact]
    public async Task The_matrix_of_the_source_is_in_force()
    {
        var prices = await platform.StaffAsync<List<PriceResponse>>("GET", "/applications/1/pricing?asOf=2026-03-02T09:00:00Z");

        Assert.Equal(
            ["operations 35.00 BRL monthly", "manager 55.00 BRL monthly", "admin 80.00 BRL monthly"],
            prices.Select(p => string.Create(
                CultureInfo.InvariantCulture, $"{p.UserType} {p.Price} {p.Currency} {p.BillingCycle}")));
    }

    [Fact]
    public async Task Ranges_that_touch_are_fine_and_ranges_that_overlap_are_refused_with_both()
    {
        var application = await platform.NewApplicationAsync();
        var first = await PricedAsync(application, 10, Now, June);
        var second = await PricedAsync(application, 12, June);

        using var overlapping = await ScheduleAsync(application, Body(11, "2026-05-31T23:59:59.999999Z", June));

        Assert.Equal(first.ValidTo, second.ValidFrom);
        Assert.Equal((422, Codes.PricingOverlap), await overlapping.ProblemAsync());
        var problem = await overlapping.DocumentAsync();
        Assert.Equal(first.Id, problem.GetProperty("existingRange").GetProperty("id").GetInt64());
        Assert.Equal(June, problem.GetProperty("existingRange").GetProperty("validTo").GetString());
        Assert.Equal("2026-05-31T23:59:59.999999Z", problem.GetProperty("newRange").GetProperty("validFrom").GetString());
    }

    [Fact]
    public async Task Concurrent_prices_for_the_same_range_create_one()
    {
        var application = await platform.NewApplicationAsync();

        var outcomes = await SchedulingAnswers.AtOnceAsync(8, i => ScheduleAsync(application, Body(i, June)));

        Assert.Single(outcomes, o => o.Status == 201);
        Assert.Equal(7, outcomes.Count(o => o == (422, Codes.PricingOverlap)));
    }

    [Fact]
    public async Task Superseding_ends_the_current_price_where_the_next_begins()
    {
        var application = await platform.NewApplicationAsync();
        var current = await PricedAsync(application, 10, "2026-01-01T00:00:00Z");

        var next = await PricedAsync(application, 15, June, more: """, "supersede": true""");

        var all = await platform.StaffAsync<List<PriceResponse>>("GET", $"/applications/{application.Id}/pricing?history=true");
        var inForce = await platform.StaffAsync<List<PriceResponse>>("GET", $"/applications/{application.Id}/pricing");
        Assert.Equal([(current.Id, "active"), (next.Id, "pending")], all.Select(p => (p.Id, p.Status)));
        Assert.Equal(next.ValidFrom, all[0].ValidTo);
        Assert.Equal(current.Id, Assert.Single(inForce).Id);
    }

    [Fact]
    public async Task Pages_of_the_matrix_are_in_order_and_complete_when_a_price_is_deleted_concurrently()
    {
        var application = await platform.NewApplicationAsync();
        await platform.ExecutePlatformAsync($"""
            insert into application_pricing (application_id_fk, user_type_id_fk, price, currency, valid_from, valid_to)
            select {application.Id}, type, 1, currency, at, at + interval '1 month'
            from unnest(array[3, 1, 2]) type, unnest(array['USD', 'BRL', 'EUR']) currency,
                unnest(array[timestamptz '2026-07-01Z', '2026-03-01Z', '2026-05-01Z']) at
            """);
        var path = $"/applications/{application.Id}/pricing?history=true";
        var whole = await platform.StaffAsync<List<PriceResponse>>("GET", $"{path}&limit=200");

        var (first, page) = await PageAsync($"{path}&limit=5"); // the second of three in a cell
        await platform.StaffAsync("DELETE", $"/applications/{application.Id}/pricing/{first[^1].Id}");
        var (second, _) = await PageAsync($"{path}&limit=5&cursor={page.Next}");
        var (numbered, last) = await PageAsync($"{path}&page=4&size=8");
        var (inForce, now) = await PageAsync($"/applications/{application.Id}/pricing?page=2&size=4");

        string[] types = ["operations", "manager", "admin"];
        Assert.Equal(
            whole.OrderBy(p => Array.IndexOf(types, p.UserType)).ThenBy(p => p.Currency).ThenBy(p => p.ValidFrom), whole);
        Assert.Equal(whole[..10], [.. first, .. second]);
        Assert.Equal(whole[25..], numbered);
        Assert.Equal((26, null), (last.Total, last.Next));
        Assert.Equal((9, 4, "manager EUR"), (now.Total, inForce.Count, $"{inForce[0].UserType} {inForce[0].Currency}"));

        async Task<(List<PriceResponse> Prices, PageInfo Page)> PageAsync(string from)
        {
            using var response = await platform.StaffAsync("GET", from);
            var answer = await response.Content.ReadFromJsonAsync<Envelope<List<PriceResponse>>>(PlatformJson.Options);
            return (answer!.Data, answer.Meta.Page!);
        }
    }

    [Theory]
    [InlineData("QlJM")] // letters
    [InlineData("MS4xLjMuMQ")] // 1.1.3.1: there is no fourth currency
    [InlineData("MjE0NzQ4MzY0OC4xLjEuMQ")] // 2147483648.1.1.1
    [InlineData("MS4xLjEuOTIyMzM3MjAzNjg1NDc3NTgwNw")] // 1.1.1.9223372036854775807
    public async Task An_invalid_cursor_is_refused(string cursor) =>
        Assert.Equal(
            (400, Codes.ValidationFailed),
            await platform.StaffRefusedAsync("GET", $"/applications/1/pricing?cursor={cursor}"));

    [Theory]
    [InlineData("2026-05-31T23:59:59.999999Z", 10)]
    [InlineData("2026-06-01T00:00:00Z", 12)]
    public async Task At_the_end_of_one_price_the_next_is_in_force(string asOf, int price)
    {
        var application = await platform.NewApplicationAsync();
        await PricedAsync(application, 10, Now, June);
        await PricedAsync(application, 12, June);

        var prices = await platform.StaffAsync<List<PriceResponse>>("GET", $"/applications/{application.Id}/pricing?asOf={asOf}");

        Assert.Equal(price, Assert.Single(prices).Price);
    }

    [Theory]
    [InlineData("""{ "userType": "manager", "price": -0.01, "validFrom": "2026-06-01T00:00:00Z" }""", 422, Codes.InvalidAmount)]
    [InlineData("""{ "userType": "manager", "price": 1.005, "validFrom": "2026-06-01T00:00:00Z" }""", 422, Codes.InvalidAmount)]
    [InlineData("""{ "userType": "manager", "price": 100000000, "validFrom": "2026-06-01T00:00:00Z" }""", 422, Codes.InvalidAmount)]
    [InlineData("""{ "userType": "manager", "price": 1e40, "validFrom": "2026-06-01T00:00:00Z" }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "userType": "manager", "price": "1", "validFrom": "2026-06-01T00:00:00Z" }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "userType": "manager", "price": 1, "currency": "JPY", "validFrom": "2026-06-01T00:00:00Z" }""", 422, Codes.UnknownCurrency)]
    [InlineData("""{ "userType": "manager", "price": 1, "billingCycle": "daily", "validFrom": "2026-06-01T00:00:00Z" }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "userType": "boss", "price": 1, "validFrom": "2026-06-01T00:00:00Z" }""", 422, Codes.UnknownUserType)]
    [InlineData("""{ "userType": "manager", "price": 1, "validFrom": "2026-06-01T00:00:00Z", "validTo": "2026-06-01T00:00:00Z" }""", 422, Codes.InvalidRange)]
    [InlineData("""{ "userType": "manager", "price": 1, "validFrom": "2026-06-01T00:00:00Z", "validTo": "2026-05-01T00:00:00Z" }""", 422, Codes.InvalidRange)]
    [InlineData("""{ "userType": "manager", "price": 1, "validFrom": "0001-01-01T00:00:00Z" }""", 422, Codes.InvalidDate)]
    [InlineData("""{ "userType": "manager", "price": 1, "validFrom": "2026-06-01T00:00:00" }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "userType": "manager", "price": 1, "validFrom": "2026-06-01T00:00:00Z", "active": false }""", 400, Codes.ValidationFailed)]
    public async Task An_invalid_price_is_refused(string json, int status, string code)
    {
        var application = await platform.NewApplicationAsync();

        Assert.Equal((status, code), await platform.StaffRefusedAsync("POST", $"/applications/{application.Id}/pricing", json));
    }

    [Fact]
    public async Task Only_a_pending_price_is_edited_or_deleted()
    {
        var application = await platform.NewApplicationAsync();
        var current = await PricedAsync(application, 10, Now, June);
        var pending = await PricedAsync(application, 12, June);
        var path = $"/applications/{application.Id}/pricing";

        var edited = await platform.StaffAsync<PriceResponse>("PATCH", $"{path}/{pending.Id}", """{ "price": 13 }""");
        var stale = await platform.StaffRefusedAsync("PATCH", $"{path}/{pending.Id}", """{ "price": 14 }""", pending.Version);
        var onto = await platform.StaffRefusedAsync("PATCH", $"{path}/{pending.Id}", """{ "validFrom": "2026-05-01T00:00:00Z" }""");
        var inForce = await platform.StaffRefusedAsync("PATCH", $"{path}/{current.Id}", """{ "price": 9 }""");
        var deleted = await platform.StaffRefusedAsync("DELETE", $"{path}/{current.Id}");
        using var gone = await platform.StaffAsync("DELETE", $"{path}/{pending.Id}");

        Assert.Equal(13, edited.Price);
        Assert.Equal((412, Codes.VersionMismatch), stale);
        Assert.Equal((422, Codes.PricingOverlap), onto);
        Assert.Equal((409, Codes.PriceInUse), inForce);
        Assert.Equal((409, Codes.PriceInUse), deleted);
        Assert.Equal(204, (int)gone.StatusCode);
    }

    [Fact]
    public async Task A_price_ends_now_or_later_but_not_before_grants_that_rely_on_it()
    {
        var tenant = await platform.NewCustomerAsync();
        var application = await platform.NewApplicationAsync();
        var price = await PricedAsync(application, 10, "2026-01-01T00:00:00Z", userType: "admin");
        await platform.LicenseAsync(tenant, application: application.Slug);
        await tenant.GrantedAsync(tenant.UserId, application.Slug);
        var path = $"/applications/{application.Id}/pricing/{price.Id}/end";

        var before = await platform.StaffRefusedAsync("POST", path, """{ "at": "2026-02-01T00:00:00Z" }""");
        var atGrant = await platform.StaffRefusedAsync("POST", path, """{ "at": "2026-03-02T09:00:00Z" }""");
        var beforeStart = await platform.StaffRefusedAsync("POST", path, """{ "at": "2026-01-01T00:00:00Z" }""");
        var after = await platform.StaffAsync<PriceResponse>("POST", path, """{ "at": "2026-03-02T09:00:00.000001Z" }""");

        Assert.Equal((409, Codes.PriceInUse), before);
        Assert.Equal((409, Codes.PriceInUse), atGrant);
        Assert.Equal((422, Codes.InvalidRange), beforeStart);
        Assert.Equal("active", after.Status);
    }

    [Fact]
    public async Task Without_a_body_a_price_ends_now()
    {
        var application = await platform.NewApplicationAsync();
        var price = await PricedAsync(application, 10, "2026-01-01T00:00:00Z");

        var ended = await platform.StaffAsync<PriceResponse>("POST", $"/applications/{application.Id}/pricing/{price.Id}/end");

        Assert.Equal((PlatformFixture.Monday9am, "ended"), (ended.ValidTo!.Value, ended.Status));
        Assert.Equal((409, Codes.PriceInUse), await platform.StaffRefusedAsync(
            "POST", $"/applications/{application.Id}/pricing/{price.Id}/end"));
    }

    [Fact]
    public async Task A_price_from_now_begins_after_the_last_grant_and_a_past_price_requires_no_later_grant()
    {
        var tenant = await platform.NewCustomerAsync(); // its currency is EUR
        var application = await platform.NewApplicationAsync();
        await PricedAsync(application, 10, "2026-01-01T00:00:00Z", userType: "admin");
        await platform.LicenseAsync(tenant, application: application.Slug);
        await tenant.GrantedAsync(tenant.UserId, application.Slug);
        const string New = """{ "userType": "admin", "price": 12, "supersede": true""";

        using var late = await ScheduleAsync(application, $$"""{{New}}, "validFrom": "{{Now}}" }""");
        using var other = await ScheduleAsync(application, $$"""{{New}}, "currency": "EUR", "validFrom": "2026-02-01T00:00:00Z" }""");
        using var unchosen = await ScheduleAsync(application, $$"""{{New}}, "currency": "USD", "validFrom": "2026-02-01T00:00:00Z" }""");
        using var next = await ScheduleAsync(application, New + " }");

        Assert.Equal((409, Codes.PriceInUse), await late.ProblemAsync());
        Assert.Equal((409, Codes.PriceInUse), await other.ProblemAsync());
        Assert.Equal(201, (int)unchosen.StatusCode);
        Assert.Equal(PlatformFixture.Monday9am.AddMicroseconds(1), (await next.DataAsync<PriceResponse>()).ValidFrom);
    }

    [Fact]
    public async Task The_same_request_under_the_same_key_makes_one_price()
    {
        var application = await platform.NewApplicationAsync();
        var path = $"/applications/{application.Id}/pricing";

        using var first = await platform.StaffAsync("POST", path, Body(10, June), key: $"price-{application.Id}");
        using var second = await platform.StaffAsync("POST", path, Body(10, June), key: $"price-{application.Id}");
        using var other = await platform.StaffAsync("POST", path, Body(11, June), key: $"price-{application.Id}");

        Assert.Equal((201, 201), ((int)first.StatusCode, (int)second.StatusCode));
        Assert.Equal((await first.DataAsync<PriceResponse>()).Id, (await second.DataAsync<PriceResponse>()).Id);
        Assert.Equal((422, Codes.IdempotencyKeyReused), await other.ProblemAsync());
    }

    [Fact]
    public async Task A_price_of_another_application_returns_404()
    {
        var (mine, other) = (await platform.NewApplicationAsync(), await platform.NewApplicationAsync());
        var price = await PricedAsync(other, 10, June);

        Assert.Equal((404, Codes.NotFound), await platform.StaffRefusedAsync("GET", $"/applications/{mine.Id}/pricing/{price.Id}"));
        Assert.Equal((404, Codes.NotFound), await platform.StaffRefusedAsync("DELETE", $"/applications/{mine.Id}/pricing/{price.Id}"));
    }

    private async Task<PriceResponse> PricedAsync(
        ApplicationResponse application, int price, string from, string? to = null, string more = "", string userType = "manager")
    {
        using var response = await ScheduleAsync(application, Body(price, from, to, more, userType));
        return await response.DataAsync<PriceResponse>();
    }

    private Task<HttpResponseMessage> ScheduleAsync(ApplicationResponse application, string json) =>
        platform.StaffAsync("POST", $"/applications/{application.Id}/pricing", json);

    private static string Body(int price, string from, string? to = null, string more = "", string userType = "manager") =>
        $$"""
        { "userType": "{{userType}}", "price": {{price}}, "validFrom": "{{from}}"{{(to is null ? "" : $", \"validTo\": \"{to}\"")}}{{more}} }
        """;
}
