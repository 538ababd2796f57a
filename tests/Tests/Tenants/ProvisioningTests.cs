using Npgsql;
using Platform.Contracts;
using Platform.Contracts.Catalogue;
using Platform.Contracts.Tenants;
using Platform.Tests.Bookings;
using Platform.Tests.Licensing;
using Platform.Tests.Support;

namespace Platform.Tests.Tenants;

/// <summary>With databases of their own: some of them foresee the number of the next tenant.</summary>
[Collection(typeof(WithClock))]
public sealed class ProvisioningTests(ClockedPlatform world)
{
    private PlatformFixture Platform => world.Platform;

    [Fact]
    public async Task A_new_tenant_can_be_used_at_once()
    {
        var slug = TenantCalls.NewSlug();
        using var response = await Platform.StaffAsync("POST", "/tenants", TenantCalls.Body(slug, """
            , "locale": "en", "currency": "EUR", "customDomain": "Agenda.Example.COM",
            "branding": { "primaryColor": "#102030" }, "labels": { "client": { "singular": "Guest", "plural": "Guests" } }
            """));
        var tenant = await response.DataAsync<TenantResponse>();
        using var staff = Platform.Staff();
        staff.DefaultRequestHeaders.Add(Headers.TenantId, $"{tenant.Id}");

        Assert.Equal((201, Codes.TenantCreated), ((int)response.StatusCode, await response.SuccessAsync()));
        Assert.Equal(
            ($"/internal/api/v1/tenants/{tenant.Id}", $"\"{tenant.Version}\""),
            ($"{response.Headers.Location}", $"{response.Headers.ETag}"));
        Assert.Equal(
            ("active", "America/Sao_Paulo", "en", "EUR", "agenda.example.com"),
            (tenant.Status, tenant.TimeZone, tenant.Locale, tenant.Currency, tenant.CustomDomain));
        Assert.Equal("#102030", tenant.Branding.GetProperty("primaryColor").GetString());
        Assert.Equal((200, 200), (await Platform.LookedUpAsync($"slug={slug}"), await Platform.LookedUpAsync("host=agenda.example.com")));
        Assert.Equal(1, await Platform.TenantValueAsync<long>($"select count(*) from tenant_{tenant.Id}.organisation_settings"));
        Assert.Equal("tenant.registered,tenant.created", await Platform.ActionsAsync(tenant.Id));
        Assert.Equal($"tenant.created {tenant.Version}", await Platform.EventsAsync(tenant.Id));
    }

    [Fact]
    public async Task Omitted_members_have_the_platform_defaults()
    {
        var tenant = await Platform.MadeTenantAsync();

        Assert.Equal(("pt-BR", "BRL", (string?)null), (tenant.Locale, tenant.Currency, tenant.CustomDomain));
        Assert.Equal(new Branding(), System.Text.Json.JsonSerializer.Deserialize<Branding>(tenant.Branding, PlatformJson.Options));
    }

    [Theory]
    [InlineData("""{ "slug": "Upper", "name": "N", "timeZone": "Etc/UTC" }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "slug": "a b", "name": "N", "timeZone": "Etc/UTC" }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "slug": "-a", "name": "N", "timeZone": "Etc/UTC" }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "slug": "a\n", "name": "N", "timeZone": "Etc/UTC" }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "slug": "a\u0000", "name": "N", "timeZone": "Etc/UTC" }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "slug": "é", "name": "N", "timeZone": "Etc/UTC" }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "slug": "ok-1", "name": " ", "timeZone": "Etc/UTC" }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "slug": "ok-1", "name": null, "timeZone": "Etc/UTC" }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "slug": "ok-1", "name": 1, "timeZone": "Etc/UTC" }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "slug": "ok-1", "name": "N" }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "slug": "ok-1", "name": "N", "timeZone": "Etc/UTC", "status": "active" }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "slug": "ok-1", "name": "N", "timeZone": "Etc/UTC", "id": 5 }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "slug": "ok-1", "name": "N", "timeZone": "Etc/UTC", "locale": "fr" }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "slug": "ok-1", "name": "N", "timeZone": "Etc/UTC", "locale": null }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "slug": "ok-1", "name": "N", "timeZone": "Etc/UTC", "customDomain": "https://a.b" }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "slug": "ok-1", "name": "N", "timeZone": "Etc/UTC", "customDomain": "10.0.0.10" }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "slug": "ok-1", "name": "N", "timeZone": "Etc/UTC", "branding": { "primaryColor": "red" } }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "slug": "ok-1", "name": "N", "timeZone": "Etc/UTC", "branding": { "css": "x" } }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "slug": "ok-1", "name": "N", "timeZone": "Etc/UTC", "labels": { "client": { "singular": "" } } }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "slug": "www", "name": "N", "timeZone": "Etc/UTC" }""", 422, Codes.ReservedSlug)]
    [InlineData("""{ "slug": "tenants", "name": "N", "timeZone": "Etc/UTC" }""", 422, Codes.ReservedSlug)]
    [InlineData("""{ "slug": "purged-7", "name": "N", "timeZone": "Etc/UTC" }""", 422, Codes.ReservedSlug)]
    [InlineData("""{ "slug": "ok-1", "name": "N", "timeZone": "Mars/Olympus" }""", 422, Codes.UnknownTimeZone)]
    [InlineData("""{ "slug": "ok-1", "name": "N", "timeZone": "BRT-3" }""", 422, Codes.UnknownTimeZone)]
    [InlineData("""{ "slug": "ok-1", "name": "N", "timeZone": "Etc/UTC", "currency": "JPY" }""", 422, Codes.UnknownCurrency)]
    [InlineData("""{ "slug": "ok-1", "name": "N", "timeZone": "Etc/UTC", "currency": "brl" }""", 422, Codes.UnknownCurrency)]
    [InlineData("""{ "slug": "porto-cowork", "name": "N", "timeZone": "Etc/UTC" }""", 409, Codes.AlreadyExists)]
    [InlineData("[]", 400, Codes.ValidationFailed)]
    [InlineData("nothing", 400, Codes.MalformedRequest)]
    public async Task An_invalid_tenant_is_refused_and_leaves_nothing(string json, int status, string code)
    {
        Assert.Equal((status, code), await Platform.StaffRefusedAsync("POST", "/tenants", json));
        Assert.Equal(0, await Platform.PlatformValueAsync<long>("select count(*) from tenants where slug = 'ok-1'"));
    }

    [Fact]
    public async Task Names_may_be_long_and_in_any_script_but_not_longer()
    {
        var emoji = string.Concat(Enumerable.Repeat("🗓", 100));
        var tenant = await Platform.StaffAsync<TenantResponse>(
            "POST", "/tenants", $$"""{ "slug": "{{TenantCalls.NewSlug()}}", "name": "{{emoji}}", "timeZone": "Etc/UTC" }""");

        Assert.Equal(emoji, tenant.Name);
        Assert.Equal((400, Codes.ValidationFailed), await Platform.StaffRefusedAsync(
            "POST", "/tenants", $$"""{ "slug": "too-long", "name": "{{new string('x', 10_000)}}", "timeZone": "Etc/UTC" }"""));
        Assert.Equal((400, Codes.ValidationFailed), await Platform.StaffRefusedAsync(
            "POST", "/tenants", $$"""{ "slug": "{{new string('x', 64)}}", "name": "N", "timeZone": "Etc/UTC" }"""));
    }

    [Fact]
    public async Task Concurrent_tenants_with_one_slug_or_domain_create_one()
    {
        var slug = TenantCalls.NewSlug();
        var ofSlug = await SchedulingAnswers.AtOnceAsync(
            6, _ => Platform.StaffAsync("POST", "/tenants", TenantCalls.Body(slug)));
        var ofDomain = await SchedulingAnswers.AtOnceAsync(4, n => Platform.StaffAsync(
            "POST", "/tenants", TenantCalls.Body($"{slug}-{n}", """, "customDomain": "one.example.org" """)));

        Assert.Single(ofSlug, o => o.Status == 201);
        Assert.Equal(5, ofSlug.Count(o => o == (409, Codes.AlreadyExists)));
        Assert.Single(ofDomain, o => o.Status == 201);
        Assert.Equal(3, ofDomain.Count(o => o == (409, Codes.AlreadyExists)));
        Assert.Equal(2, await Platform.PlatformValueAsync<long>($"select count(*) from tenants where slug like '{slug}%'"));
    }

    [Fact]
    public async Task An_idempotency_key_creates_one_tenant()
    {
        var (body, key) = (TenantCalls.Body(TenantCalls.NewSlug()), $"{Guid.CreateVersion7()}");

        var atOnce = await SchedulingAnswers.AtOnceAsync(4, _ => Platform.StaffAsync("POST", "/tenants", body, key: key));
        using var again = await Platform.StaffAsync("POST", "/tenants", body, key: key);
        using var other = await Platform.StaffAsync("POST", "/tenants", TenantCalls.Body("another-one"), key: key);

        Assert.Contains(atOnce, o => o.Status == 201);
        Assert.All(atOnce, o => Assert.True(o.Status == 201 || o is (409, Codes.IdempotencyInProgress or Codes.ProvisioningInProgress), $"{o}"));
        Assert.Equal((201, "true"), ((int)again.StatusCode, again.Headers.GetValues("Idempotency-Replayed").Single()));
        var tenant = await again.DataAsync<TenantResponse>();
        Assert.Equal("tenant.registered,tenant.created", await Platform.ActionsAsync(tenant.Id));
        Assert.Equal((422, Codes.IdempotencyKeyReused), await other.ProblemAsync());
    }

    [Fact]
    public async Task A_failed_provisioning_names_its_reason_and_completes_once_it_is_removed()
    {
        var (slug, key) = (TenantCalls.NewSlug(), $"{Guid.CreateVersion7()}");
        var id = await Platform.PlatformValueAsync<long>(
            "select last_value + is_called::int from tenants_id_seq");
        await OwnerSql.ExecuteAsync(
            Platform.Databases.TenantDb.As(Logins.TenantOwner),
            $"create schema tenant_{id}; create table tenant_{id}.services (mine int)");

        using var failed = await Platform.StaffAsync("POST", "/tenants", TenantCalls.Body(slug), key: key);
        var half = await Platform.TenantAsync(id);
        using var retried = await Platform.StaffAsync("POST", $"/tenants/{id}/retry-provisioning");
        var lookedUp = await Platform.LookedUpAsync($"slug={slug}");
        await Platform.ExecuteTenantAsync($"drop table tenant_{id}.services");
        using var finished = await Platform.StaffAsync("POST", "/tenants", TenantCalls.Body(slug), key: key);

        Assert.Equal((503, Codes.ProvisioningFailed), await failed.ProblemAsync());
        var problem = await failed.DocumentAsync();
        Assert.Equal(
            (id, ProvisioningErrors.SchemaConflict),
            (problem.GetProperty("tenantId").GetInt64(), problem.GetProperty("reason").GetString()));
        Assert.DoesNotContain("services", problem.ToString());
        Assert.Equal(("provisioning_failed", ProvisioningErrors.SchemaConflict), (half.Status, half.ProvisioningError));
        Assert.Equal((503, Codes.ProvisioningFailed), await retried.ProblemAsync());
        Assert.Equal(404, lookedUp);
        var tenant = await finished.DataAsync<TenantResponse>();
        Assert.Equal((id, "active", null), (tenant.Id, tenant.Status, tenant.ProvisioningError));
        Assert.Equal(200, await Platform.LookedUpAsync($"slug={slug}"));
        Assert.Equal(
            "tenant.registered,tenant.provisioning_failed,tenant.provisioning_failed,tenant.created",
            await Platform.ActionsAsync(id));
    }

    [Fact]
    public async Task An_interrupted_provisioning_is_continued_by_one_process_at_a_time()
    {
        var tenant = await Platform.MadeTenantAsync();
        await Platform.ExecutePlatformAsync($"update tenants set status = 'provisioning' where id = {tenant.Id}");
        await Platform.ExecuteTenantAsync($"drop table tenant_{tenant.Id}.calendar_feeds; delete from tenant_{tenant.Id}.migrations where \"MigrationId\" like '0004%'");
        var path = $"/tenants/{tenant.Id}/retry-provisioning";

        (int, string?) whileAtIt;
        TenantTaskResponse open;
        await using (await Platform.Databases.Migrator.Tenants.TryLockAsync(tenant.Id, TestContext.Current.CancellationToken))
        {
            using var asynchronous = Platform.ClientWith(1, staff: true, Scopes.Platform);
            asynchronous.DefaultRequestHeaders.Add("Prefer", "respond-async");
            using var accepted = await asynchronous.PostAsync($"/internal/api/v1{path}", null);
            open = await accepted.DataAsync<TenantTaskResponse>();
            whileAtIt = await Platform.StaffRefusedAsync("POST", path);
            Assert.Equal((202, Codes.TenantTaskAccepted), ((int)accepted.StatusCode, await accepted.SuccessAsync()));
            Assert.Equal($"/internal/api/v1/tenant-tasks/{open.Id}", $"{accepted.Headers.Location}");
        }

        var finished = await FinishedAsync(open.Id);
        var outcomes = await SchedulingAnswers.AtOnceAsync(4, _ => Platform.StaffAsync("POST", path));
        var again = await Platform.StaffAsync<TenantResponse>("POST", path);

        Assert.Equal((tenant.Id, TenantTaskKinds.Build, TenantTaskStatuses.Open), (open.TenantId, open.Kind, open.Status));
        Assert.Equal((409, Codes.ProvisioningInProgress), whileAtIt);
        Assert.Equal((TenantTaskStatuses.Done, null), (finished.Status, finished.Error));
        Assert.Contains(outcomes, o => o.Status == 200);
        Assert.All(outcomes, o => Assert.True(o.Status == 200 || o == (409, Codes.ProvisioningInProgress), $"{o}"));
        Assert.Equal("active", again.Status);
        Assert.Equal(0, await Platform.TenantValueAsync<long>($"select count(*) from tenant_{tenant.Id}.calendar_feeds"));
        Assert.Equal("tenant.registered,tenant.created,tenant.created", await Platform.ActionsAsync(tenant.Id));
    }

    [Fact]
    public async Task A_task_of_a_tenant_is_shown_to_staff_alone()
    {
        var tenant = await Platform.NewCustomerAsync();

        using var member = await tenant.Client.GetAsync("/internal/api/v1/tenant-tasks/1");

        Assert.Equal(403, (int)member.StatusCode);
        Assert.Equal((404, Codes.NotFound), await Platform.StaffRefusedAsync("GET", "/tenant-tasks/999999999"));
    }

    private async Task<TenantTaskResponse> FinishedAsync(long taskId)
    {
        while (true)
        {
            var task = await Platform.StaffAsync<TenantTaskResponse>("GET", $"/tenant-tasks/{taskId}");
            if (task.Status != TenantTaskStatuses.Open) return task;

            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task Retry_right_after_an_answer_finds_the_tenant_unlocked()
    {
        var tenant = await Platform.MadeTenantAsync();
        await using var source = NpgsqlDataSource.Create($"{Platform.Databases.PlatformDb};Maximum Pool Size=1");
        await using var locks = source.CreateCommand(
            $"""
            select count(*) from pg_locks
            where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())
                and (classid::bigint << 32 | objid::bigint) = hashtextextended('tenant_{tenant.Id}', 0)
            """);
        await locks.ExecuteScalarAsync(TestContext.Current.CancellationToken); // opens the connection

        var left = new List<object?>();
        for (var i = 0; i < 50; i++)
        {
            await Platform.StaffAsync<TenantResponse>("POST", $"/tenants/{tenant.Id}/retry-provisioning");
            left.Add(await locks.ExecuteScalarAsync(TestContext.Current.CancellationToken));
        }

        Assert.All(left, count => Assert.Equal(0L, count));
    }

    [Fact]
    public async Task A_schema_that_contains_clients_is_not_given_to_another_tenant()
    {
        var tenant = await Platform.MadeTenantAsync();
        await Platform.ExecuteTenantAsync($"insert into tenant_{tenant.Id}.clients (name, locale) values ('Ada', 'en')");
        await Platform.ExecutePlatformAsync($"update tenants set status = 'provisioning_failed' where id = {tenant.Id}");

        using var retried = await Platform.StaffAsync("POST", $"/tenants/{tenant.Id}/retry-provisioning");

        Assert.Equal((503, Codes.ProvisioningFailed), await retried.ProblemAsync());
        Assert.Equal(ProvisioningErrors.SchemaConflict, (await Platform.TenantAsync(tenant.Id)).ProvisioningError);
    }

    [Fact]
    public async Task Only_unfinished_tenants_are_provisioned()
    {
        var tenant = await Platform.MadeTenantAsync();
        await Platform.StaffAsync<TenantResponse>("POST", $"/tenants/{tenant.Id}/deactivate");

        Assert.Equal((409, Codes.InvalidTenantStatus), await Platform.StaffRefusedAsync("POST", $"/tenants/{tenant.Id}/retry-provisioning"));
        Assert.Equal((404, Codes.NotFound), await Platform.StaffRefusedAsync("POST", "/tenants/999999999/retry-provisioning"));
        Assert.Equal((404, Codes.NotFound), await Platform.StaffRefusedAsync("POST", "/tenants/-1/retry-provisioning"));
    }
}
