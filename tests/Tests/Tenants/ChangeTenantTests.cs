using System.Diagnostics;
using Platform.Contracts;
using Platform.Contracts.Tenants;
using Platform.Tests.Bookings;
using Platform.Tests.Licensing;
using Platform.Tests.Support;

namespace Platform.Tests.Tenants;

public sealed class ChangeTenantTests(PlatformFixture platform)
{
    [Fact]
    public async Task A_change_is_seen_at_once_on_the_node_that_made_it()
    {
        var tenant = await platform.NewTenantAsync();
        var (slug, domain) = (TenantCalls.NewSlug(), $"{TenantCalls.NewSlug()}.example.net");
        var before = await platform.LookedUpAsync($"slug={tenant.Slug}"); // and remembered

        var changed = await platform.StaffAsync<TenantResponse>("PATCH", $"/tenants/{tenant.Id}", $$"""
            { "slug": "{{slug}}", "name": "Outra", "locale": "pt-BR", "currency": "USD", "customDomain": "{{domain.ToUpperInvariant()}}",
              "branding": { "primaryColor": "#010203" }, "timeZone": "Etc/UTC" }
            """);

        Assert.Equal(200, before);
        Assert.Equal((slug, "Outra", "pt-BR", "USD", domain), (changed.Slug, changed.Name, changed.Locale, changed.Currency, changed.CustomDomain));
        Assert.Equal(404, await platform.LookedUpAsync($"slug={tenant.Slug}"));
        Assert.Equal((200, 200), (await platform.LookedUpAsync($"slug={slug}"), await platform.LookedUpAsync($"host={domain}")));
        var cleared = await platform.StaffAsync<TenantResponse>("PATCH", $"/tenants/{tenant.Id}", """{ "customDomain": null }""");
        Assert.Null(cleared.CustomDomain);
        Assert.Equal(404, await platform.LookedUpAsync($"host={domain}"));
    }

    [Theory]
    [InlineData("""{ "timeZone": "America/Sao_Paulo" }""", 422, Codes.TimeZoneImmutable)]
    [InlineData("""{ "timeZone": null }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "slug": "admin" }""", 422, Codes.ReservedSlug)]
    [InlineData("""{ "slug": null }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "slug": "clinica-aurora" }""", 409, Codes.AlreadyExists)]
    [InlineData("""{ "name": "" }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "currency": "JPY" }""", 422, Codes.UnknownCurrency)]
    [InlineData("""{ "branding": null }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "labels": { "room": { "singular": "a", "plural": "b" } } }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "status": "active" }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "purgeAt": "2026-01-01T00:00:00Z" }""", 400, Codes.ValidationFailed)]
    [InlineData("null", 400, Codes.ValidationFailed)]
    public async Task An_invalid_change_is_refused(string json, int status, string code)
    {
        var tenant = await platform.UntouchedTenantAsync();
        var before = await platform.TenantAsync(tenant.Id);

        var (refused, why) = await platform.StaffRefusedAsync("PATCH", $"/tenants/{tenant.Id}", json);

        Assert.Equal(status, refused);
        Assert.True(why == code || (json == "null" && why == Codes.MalformedRequest), why);
        Assert.Equal(before.Version, (await platform.TenantAsync(tenant.Id)).Version);
    }

    [Fact]
    public async Task A_change_with_stale_version_returns_412_and_one_without_effect_leaves_no_audit_row()
    {
        var tenant = await platform.NewTenantAsync();
        var path = $"/tenants/{tenant.Id}";
        var first = await platform.StaffAsync<TenantResponse>(
            "PATCH", path, """{ "labels": { "client": { "singular": "Guest", "plural": "Guests" } }, "name": "Secret Name" }""");
        var actions = await platform.ActionsAsync(tenant.Id);

        var same = await platform.StaffAsync<TenantResponse>(
            "PATCH", path, """{ "labels": { "client": { "plural": "Guests", "singular": "Guest" } }, "name": "Secret Name" }""");

        Assert.Equal(first.Version, same.Version);
        Assert.Equal(actions, await platform.ActionsAsync(tenant.Id));
        Assert.Equal((412, Codes.VersionMismatch), await platform.StaffRefusedAsync("PATCH", path, """{ "name": "N" }""", first.Version - 1));
        var row = await platform.PlatformValueAsync<string>(
            $"select before::text || after::text from audit_log where tenant_id_fk = {tenant.Id} and action = 'tenant.changed'");
        Assert.DoesNotContain("Secret", row);
        Assert.Contains("\"changed\": [\"name\", \"labels\"]", row);
    }

    [Fact]
    public async Task Concurrent_changes_to_one_slug_give_it_to_one_tenant()
    {
        var tenants = new[] { await platform.NewTenantAsync(), await platform.NewTenantAsync() };
        var slug = TenantCalls.NewSlug();

        var outcomes = await SchedulingAnswers.AtOnceAsync(
            2, n => platform.StaffAsync("PATCH", $"/tenants/{tenants[n].Id}", $$"""{ "slug": "{{slug}}" }"""));

        Assert.Single(outcomes, o => o.Status == 200);
        Assert.Single(outcomes, o => o == (409, Codes.AlreadyExists));
    }

    [Fact]
    public async Task A_deactivated_tenant_is_denied_everywhere_and_keeps_its_data()
    {
        var tenant = await platform.NewTenantAsync();
        await platform.LicenseAsync(tenant);
        await tenant.GrantedAsync(tenant.UserId);
        Assert.True((await tenant.CheckAsync(tenant.UserId)).Allowed); // and remembered
        var path = $"/tenants/{tenant.Id}";

        var off = await platform.StaffAsync<TenantResponse>("POST", $"{path}/deactivate");
        var again = await platform.StaffAsync<TenantResponse>("POST", $"{path}/deactivate");
        using var route = await tenant.Client.GetAsync("/api/v1/services");
        var decision = await tenant.CheckAsync(tenant.UserId);
        var seats = await platform.SeatsAsync(tenant);
        var lookup = await platform.LookedUpAsync($"slug={tenant.Slug}");
        var on = await platform.StaffAsync<TenantResponse>("POST", $"{path}/activate");

        Assert.Equal(("inactive", off.Version), (off.Status, again.Version));
        Assert.Equal((403, Codes.TenantInactive), await route.ProblemAsync());
        Assert.Equal((false, Codes.TenantInactive), (decision.Allowed, decision.Reason));
        Assert.Equal(((1, 1L), 404), (seats, lookup));
        Assert.Equal("active", on.Status);
        Assert.True((await tenant.CheckAsync(tenant.UserId)).Allowed);
        Assert.Equal(200, await platform.LookedUpAsync($"slug={tenant.Slug}"));
        Assert.EndsWith("tenant.deactivated,tenant.activated", await platform.ActionsAsync(tenant.Id));
    }

    [Fact]
    public async Task Another_node_sees_a_change_within_five_seconds()
    {
        var tenant = await platform.NewTenantAsync();
        await using var other = new ApiFactory(platform.Databases, await Servers.RedisAsync(), TimeProvider.System);
        other.UseKestrel(0);
        other.StartServer();
        using var anybody = other.CreateClient();
        var path = $"/public/api/v1/tenants/lookup?slug={tenant.Slug}";
        using var before = await anybody.GetAsync(path); // and cached there

        await platform.StaffAsync<TenantResponse>("POST", $"/tenants/{tenant.Id}/deactivate");
        var since = Stopwatch.GetTimestamp();
        while ((await anybody.GetAsync(path)).IsSuccessStatusCode)
        {
            Assert.True(Stopwatch.GetElapsedTime(since) < TimeSpan.FromSeconds(6));
        }

        Assert.Equal(200, (int)before.StatusCode);
    }

    [Theory]
    [InlineData("activate")]
    [InlineData("deactivate")]
    public async Task A_tenant_that_is_not_provisioned_cannot_be_activated_or_deactivated(string what)
    {
        var tenant = await platform.NewTenantAsync();
        await platform.ExecutePlatformAsync($"update tenants set status = 'provisioning_failed' where id = {tenant.Id}");

        using var response = await platform.StaffAsync("POST", $"/tenants/{tenant.Id}/{what}");

        Assert.Equal((409, Codes.InvalidTenantStatus), await response.ProblemAsync());
        Assert.Equal("provisioning_failed", (await response.DocumentAsync()).GetProperty("tenantStatus").GetString());
        Assert.Equal((404, Codes.NotFound), await platform.StaffRefusedAsync("POST", $"/tenants/999999999/{what}"));
    }

    [Fact]
    public async Task Tenants_are_found_by_name_and_slug_and_shown_in_pages()
    {
        var mark = TenantCalls.NewSlug();
        List<long> ids = [];
        for (var i = 0; i < 3; i++)
        {
            await platform.ExecutePlatformAsync($"""
                insert into tenants (slug, name, time_zone, locale, currency, status, cell_id_fk)
                values ('{mark}-{i}', 'Estúdio 100%_{mark} {i}', 'Etc/UTC', 'en', 'EUR', '{(i == 2 ? "provisioning" : "provisioning_failed")}', 1)
                """);
            ids.Add(await platform.PlatformValueAsync<long>($"select id from tenants where slug = '{mark}-{i}'"));
        }

        using var page = await platform.StaffAsync("GET", $"/tenants?q={mark}&limit=2");
        var next = (await page.DocumentAsync()).GetProperty("meta").GetProperty("page").GetProperty("next").GetString();
        var rest = await IdsAsync($"q={mark}&limit=2&cursor={next}");

        Assert.Equal(ids[..2], (await page.DataAsync<List<TenantResponse>>()).Select(t => t.Id));
        Assert.Equal(ids[2..], rest);
        Assert.Equal(ids, await IdsAsync($"q={Uri.EscapeDataString($"100%_{mark}").ToLowerInvariant()}"));
        Assert.Equal(ids[2..], await IdsAsync($"q={mark}&status=provisioning"));
        Assert.Empty(await IdsAsync($"q=%25%25{mark}"));
    }

    [Theory]
    [InlineData("status=gone")]
    [InlineData("limit=0")]
    [InlineData("limit=201")]
    [InlineData("cursor=!")]
    [InlineData("q=%00")]
    [InlineData("sort=id")]
    [InlineData("sort=name&cursor=MQ")]
    public async Task An_invalid_list_request_is_refused(string query)
    {
        var (status, _) = await platform.StaffRefusedAsync("GET", $"/tenants?{query}");

        Assert.Equal(400, status);
    }

    private async Task<List<long>> IdsAsync(string query) =>
        [.. (await platform.StaffAsync<List<TenantResponse>>("GET", $"/tenants?{query}")).Select(t => t.Id)];
}
