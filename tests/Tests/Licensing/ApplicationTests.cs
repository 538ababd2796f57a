using Platform.Contracts;
using Platform.Contracts.Licensing;
using Platform.Tests.Support;

namespace Platform.Tests.Licensing;

public sealed class ApplicationTests(PlatformFixture platform)
{
    [Fact]
    public async Task An_application_is_made_read_changed_and_deleted()
    {
        var made = await platform.NewApplicationAsync();
        var path = $"/applications/{made.Id}";

        var changed = await platform.StaffAsync<ApplicationResponse>("PATCH", path, """{ "name": "New", "description": null }""");
        var stale = await platform.StaffRefusedAsync("PATCH", path, """{ "name": "Old" }""", made.Version);
        using var read = await platform.StaffAsync("GET", path);
        using var deleted = await platform.StaffAsync("DELETE", path, version: changed.Version);

        Assert.Equal(("New", true, 2), (changed.Name, changed.Active, changed.Version));
        Assert.Equal((412, Codes.VersionMismatch), stale);
        Assert.Equal("\"2\"", read.Headers.ETag!.ToString());
        Assert.Equal(204, (int)deleted.StatusCode);
        Assert.Equal((404, Codes.NotFound), await platform.StaffRefusedAsync("GET", path));
    }

    [Fact]
    public async Task The_applications_of_a_member_name_where_they_open()
    {
        var tenant = await platform.NewCustomerAsync();
        var application = await platform.NewApplicationAsync();
        await platform.StaffAsync(
            "POST", $"/applications/{application.Id}/pricing", """{ "userType": "admin", "price": 1, "validFrom": "2026-01-01T00:00:00Z" }""");
        await platform.LicenseAsync(tenant, application: application.Slug);
        await tenant.GrantedAsync(tenant.UserId, application.Slug);

        var changed = await platform.StaffAsync<ApplicationResponse>(
            "PATCH", $"/applications/{application.Id}", """{ "launchUrl": "https://surveys.example/start" }""");
        using var apps = await tenant.Client.GetAsync("/api/v1/me/apps");

        Assert.Equal("https://surveys.example/start", changed.LaunchUrl);
        Assert.Equal(changed.LaunchUrl, Assert.Single(await apps.DataAsync<List<MyApplication>>()).LaunchUrl);
        foreach (var url in (string[])["", "javascript:alert(1)", "http://surveys.example/", "/start"])
        {
            Assert.Equal(
                (400, Codes.ValidationFailed),
                await platform.StaffRefusedAsync("PATCH", $"/applications/{application.Id}", $$"""{ "launchUrl": "{{url}}" }"""));
        }
    }

    [Theory]
    [InlineData("""{ "slug": "tq", "name": "Again" }""", 409, Codes.AlreadyExists)]
    [InlineData("""{ "slug": "Has Space", "name": "x" }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "slug": "", "name": "x" }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "slug": "fine", "name": "" }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "slug": "fine", "name": "x", "version": 7 }""", 400, Codes.ValidationFailed)]
    public async Task An_invalid_application_is_refused(string json, int status, string code) =>
        Assert.Equal((status, code), await platform.StaffRefusedAsync("POST", "/applications", json));

    [Fact]
    public async Task A_licensed_application_is_retired_and_cannot_be_deleted()
    {
        var tenant = await platform.NewCustomerAsync();
        var application = await platform.NewApplicationAsync();
        await platform.LicenseAsync(tenant, application: application.Slug);

        var deleted = await platform.StaffRefusedAsync("DELETE", $"/applications/{application.Id}");
        var retired = await platform.StaffAsync<ApplicationResponse>("POST", $"/applications/{application.Id}/retire");
        using var granted = await tenant.GrantAsync(tenant.UserId, application.Slug);
        var decision = await tenant.CheckAsync(tenant.UserId, application.Slug);

        Assert.Equal((409, Codes.InUse), deleted);
        Assert.False(retired.Active);
        Assert.Equal((409, Codes.ApplicationInactive), await granted.ProblemAsync());
        Assert.Equal((false, 1, Codes.ApplicationInactive), (decision.Allowed, decision.Layer, decision.Reason));
    }

    [Fact]
    public async Task A_change_is_in_the_audit_of_the_platform()
    {
        var application = await platform.NewApplicationAsync();

        await platform.StaffAsync<ApplicationResponse>("POST", $"/applications/{application.Id}/retire");

        Assert.Equal("application.created,application.retired", await platform.PlatformValueAsync<string>($"""
            select string_agg(action, ',' order by sequence) from audit_log
            where tenant_id_fk is null and target_type = 'application' and target_id = {application.Id} and actor = 'user:1'
            """));
    }
}
