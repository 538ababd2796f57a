using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Time.Testing;
using Platform.Contracts;
using Platform.Contracts.Catalogue;
using Platform.Contracts.Licensing;
using Platform.Contracts.Operations;
using Platform.Contracts.Tenants;
using Platform.Core.Storage;
using Platform.Tests.Licensing;
using Platform.Tests.Support;

namespace Platform.Tests.Tenants;

public sealed partial class StaffTests(PlatformFixture platform)
{
    private const string Internal = "/internal/api/v1";

    [Fact]
    public async Task Staff_see_every_tenant_and_one_of_them()
    {
        using var staff = platform.Staff();

        using var list = await staff.GetAsync($"{Internal}/tenants");
        using var one = await staff.GetAsync($"{Internal}/tenants/2");
        using var none = await staff.GetAsync($"{Internal}/tenants/999999");

        var tenants = await list.DataAsync<List<TenantResponse>>();
        Assert.Equal(["clinica-aurora", "porto-cowork"], tenants.Take(2).Select(t => t.Slug));
        Assert.Equal(("porto-cowork", "Europe/Lisbon", "EUR", "active"), One(await one.DataAsync<TenantResponse>()));
        Assert.Equal((404, Codes.NotFound), await none.ProblemAsync());

        static (string, string, string, string) One(TenantResponse t) => (t.Slug, t.TimeZone, t.Currency, t.Status);
    }

    [Fact]
    public async Task Lists_are_paged_by_number_and_by_cursor()
    {
        var all = await platform.StaffAsync<List<TenantResponse>>("GET", "/tenants?limit=200");

        using var second = await platform.StaffAsync("GET", "/tenants?page=2&size=1");
        var rows = await second.DataAsync<List<TenantResponse>>();
        var info = (await second.DocumentAsync()).GetProperty("meta").GetProperty("page");
        var third = await platform.StaffAsync<List<TenantResponse>>(
            "GET", $"/tenants?cursor={info.GetProperty("next").GetString()}&size=1");

        Assert.Equal([all[1].Id, all[2].Id], [rows[0].Id, third[0].Id]);
        Assert.Equal(1, info.GetProperty("size").GetInt32());
        Assert.True(info.GetProperty("total").GetInt64() >= all.Count);
    }

    [Theory]
    [InlineData("/tenants?page=0")]
    [InlineData("/tenants?page=-3&size=10")]
    [InlineData("/tenants?page=51&size=200")]
    [InlineData("/tenants?page=2147483647&size=200")]
    [InlineData("/users?size=201")]
    [InlineData("/users?limit=0")]
    [InlineData("/applications?page=x")]
    [InlineData("/applications?page=1&cursor=MQ")]
    public async Task Invalid_page_parameters_return_400(string path) =>
        Assert.Equal((400, Codes.ValidationFailed), await platform.StaffRefusedAsync("GET", path));

    [Fact]
    public async Task The_overview_counts_bookings_tenant_by_tenant()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.BookedAsync(tenant.AtNoon());
        await tenant.BookedAsync(tenant.AtNoon() with { Start = PlatformFixture.Monday9am });
        await tenant.CollectFactsAsync();
        using var staff = platform.Staff();

        staff.DefaultRequestHeaders.CacheControl = new() { NoCache = true };
        using var response = await staff.GetAsync($"{Internal}/metrics/overview");

        var overview = await response.DataAsync<MetricsOverview>();
        var figures = Assert.Single(overview.PerTenant, t => t.TenantId == tenant.Id);
        Assert.Equal((2, 1), (figures.Bookings, figures.Users));
        Assert.True(overview.Applications >= 5);
        Assert.Equal(overview.PerTenant.Sum(t => t.Bookings), overview.Bookings);
        Assert.Equal(overview.PerTenant.Count, overview.Tenants);
        Assert.True(overview.BookingsAsOf <= overview.AsOf);
    }

    [Fact]
    public async Task The_overview_is_cached_for_a_minute_and_contains_its_age()
    {
        var clock = new FakeTimeProvider(PlatformFixture.Monday9am);
        await using var api = new ApiFactory(platform.Databases, await Servers.RedisAsync(), clock);
        using var staff = api.CreateClient();
        staff.DefaultRequestHeaders.Authorization = new("Bearer", TestTokens.For(1, null, true, [Scopes.Platform]));

        var first = await OverviewAsync();
        await platform.NewTenantAsync();
        clock.Advance(TimeSpan.FromSeconds(59));
        var remembered = await OverviewAsync();
        clock.Advance(TimeSpan.FromSeconds(1));
        var recomputed = await OverviewAsync();

        Assert.Equal((0, "0"), (first.Overview.AgeSeconds, first.Age));
        Assert.Equal((59, "59", first.Overview.Tenants), (remembered.Overview.AgeSeconds, remembered.Age, remembered.Overview.Tenants));
        Assert.Equal(0, recomputed.Overview.AgeSeconds);
        Assert.True(recomputed.Overview.Tenants > first.Overview.Tenants);
        Assert.True(recomputed.Overview.NewThisWeek.Tenants > first.Overview.NewThisWeek.Tenants);

        async Task<(MetricsOverview Overview, string Age)> OverviewAsync()
        {
            using var response = await staff.GetAsync($"{Internal}/metrics/overview");
            return (await response.DataAsync<MetricsOverview>(), $"{response.Headers.Age!.Value.TotalSeconds}");
        }
    }

    [Fact]
    public async Task The_overview_counts_what_is_new_and_the_seats_of_licenses_in_force()
    {
        using var staff = platform.Staff();
        staff.DefaultRequestHeaders.CacheControl = new() { NoCache = true };
        var tenant = await platform.NewTenantAsync();
        var before = await OverviewAsync();
        await platform.LicenseAsync(tenant, limit: 7);
        await platform.LicenseAsync(tenant, limit: null, "pm");
        var over = await platform.LicenseAsync(tenant, limit: 9, "billing");
        await platform.StaffAsync<LicenseResponse>("POST", $"/tenants/{tenant.Id}/licenses/{over.Id}/suspend");
        await tenant.GrantedAsync(tenant.UserId);

        var after = await OverviewAsync();

        // Other tests make licenses concurrently, so each figure is at least what this one added.
        Assert.True(after.Licenses >= before.Licenses + 2);
        Assert.True(after.Seats.Unlimited >= before.Seats.Unlimited + 1);
        Assert.True(after.Seats.Limit >= 7);
        Assert.True(after.Seats.Used >= after.Seats.UsedOfLimit);

        async Task<MetricsOverview> OverviewAsync()
        {
            using var response = await staff.GetAsync($"{Internal}/metrics/overview");
            return await response.DataAsync<MetricsOverview>();
        }
    }

    [Fact]
    public async Task Published_events_are_shown_newest_first()
    {
        var tenant = await platform.NewTenantAsync();
        await platform.ExecuteTenantAsync($$"""
            insert into platform.event_log (position, event_id, event_type, event_version, tenant_id, aggregate_type,
                aggregate_id, aggregate_version, occurred_at, actor, data, stream, entry_id, published_at)
            select {{tenant.Id}} * 10 + n, gen_random_uuid(), 'booking.created', 1, {{tenant.Id}}, 'booking', n, 1,
                timestamptz '2099-01-01 00:00Z' + n * interval '1 minute', 'system', '{}', 'platform:events:{0}',
                n || '-0', now()
            from generate_series(1, 3) as n
            """);
        using var staff = platform.Staff();

        using var response = await staff.GetAsync($"{Internal}/events/recent?limit=2");

        var events = (await response.DataAsync<List<PublishedEvent>>()).Where(e => e.TenantId == tenant.Id).ToList();
        Assert.Equal([3, 2], events.Select(e => e.AggregateId));
        Assert.Equal("platform:events:{0}/3-0", events[0].StreamEntry);
    }

    [Fact]
    public async Task The_catalogue_of_applications_and_user_types_is_that_of_the_sources()
    {
        using var staff = platform.Staff();

        using var applications = await staff.GetAsync($"{Internal}/applications");
        using var types = await staff.GetAsync($"{Internal}/user-types");

        Assert.Equal(
            ["tq", "pm", "billing", "reports", "scheduling"],
            (await applications.DataAsync<List<ApplicationResponse>>()).Take(5).Select(a => a.Slug));
        Assert.Equal(
            ["operations 1", "manager 2", "admin 3"],
            (await types.DataAsync<List<UserTypeResponse>>()).Select(t => $"{t.Slug} {t.HierarchyLevel}"));
    }

    [Fact]
    public async Task Anonymous_callers_may_look_up_a_tenant_and_its_public_services()
    {
        using var anybody = platform.Client();

        using var lookup = await anybody.GetAsync("/public/api/v1/tenants/lookup?slug=clinica-aurora");
        using var services = await anybody.GetAsync("/public/api/v1/clinica-aurora/services");

        var tenant = await lookup.DataAsync<TenantLookup>();
        Assert.Equal((1, "Clínica Aurora", "pt-BR", "America/Sao_Paulo"), (tenant.TenantId, tenant.Name, tenant.Locale, tenant.TimeZone));
        var consultation = (await services.DataAsync<List<ServiceResponse>>())[0];
        Assert.Equal(("Consulta", 10, new Money(250, "BRL")), (consultation.Name, consultation.AfterBufferMinutes, consultation.Price));
    }

    [Theory]
    [InlineData("global", "/internal/api/v1/")]
    [InlineData("tenant", "/api/v1/")]
    [InlineData("public", "/public/api/v1/")]
    public async Task The_description_of_an_area_names_its_routes_and_their_envelope(string area, string prefix)
    {
        using var anybody = platform.Client();

        var document = await anybody.GetFromJsonAsync<JsonElement>($"/openapi/{area}.json");

        var operations = document.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(o => (Path: path.Name, Operation: o.Value))).ToList();
        Assert.NotEmpty(operations);
        Assert.All(operations, o => Assert.StartsWith(prefix, o.Path));
        Assert.All(operations, o =>
        {
            var success = o.Operation.GetProperty("responses").EnumerateObject().First(r => r.Name[0] == '2');
            if (o.Path.EndsWith(".ics", StringComparison.Ordinal))
            {
                Assert.True(success.Value.GetProperty("content").TryGetProperty("text/calendar", out _), o.Path);
            }
            else if (o.Path.EndsWith("/events/stream", StringComparison.Ordinal))
            {
                Assert.True(success.Value.GetProperty("content").TryGetProperty("text/event-stream", out _), o.Path);
            }
            else if (o.Path.Contains("/fhir/", StringComparison.Ordinal)) // a standard's own shapes, and files of them
            {
                Assert.All(success.Value.GetProperty("content").EnumerateObject(), c => Assert.Contains("json", c.Name, StringComparison.Ordinal));
            }
            else if (area == "global" && o.Path.EndsWith("/export", StringComparison.Ordinal)) // a file
            {
                Assert.True(success.Value.GetProperty("content").TryGetProperty("application/zip", out _), o.Path);
            }
            else if (success.Name != "204") // which has no body
            {
                var schema = success.Value.GetProperty("content").GetProperty("application/json").GetProperty("schema");
                Assert.True(schema.GetProperty("properties").TryGetProperty("data", out _), o.Path);
            }

            var isOfTenant = area == "tenant" || ProductDoor().IsMatch(o.Path);
            var takes = o.Operation.TryGetProperty("parameters", out var all)
                && all.EnumerateArray().Any(p => p.GetProperty("name").GetString() == Headers.TenantId);
            Assert.Equal(isOfTenant, takes);
        });
    }

    [Fact]
    public async Task The_process_is_healthy_while_its_databases_and_redis_are()
    {
        using var anybody = platform.Client();

        Assert.Equal("Healthy", await anybody.GetStringAsync("/health"));
        Assert.Equal("Healthy", await anybody.GetStringAsync("/alive"));
    }

    [Fact]
    public async Task A_tenant_without_its_schema_yet_does_not_stop_the_overview()
    {
        var tenant = await platform.NewTenantAsync();
        await platform.ExecutePlatformAsync($"update tenants set status = 'provisioning_failed' where id = {tenant.Id}");
        await platform.ExecuteTenantAsync($"drop schema {TenantContext.SchemaOf(tenant.Id)} cascade");
        using var staff = platform.Staff();

        staff.DefaultRequestHeaders.CacheControl = new() { NoCache = true };
        using var response = await staff.GetAsync($"{Internal}/metrics/overview");

        var figures = (await response.DataAsync<MetricsOverview>()).PerTenant.Single(t => t.TenantId == tenant.Id);
        Assert.Equal(("provisioning_failed", 0), (figures.Status, figures.Bookings));
    }

    [GeneratedRegex("/(tq|pm|billing|reports)/(dashboard|admin)$")]
    private static partial Regex ProductDoor();
}
