using System.Net;
using Platform.Contracts;
using Platform.Contracts.People;
using Platform.Contracts.Tenants;
using Platform.Tests.Support;

namespace Platform.Tests.People;

public sealed class PeopleTests(PlatformFixture platform)
{
    [Fact]
    public async Task Identity_gets_the_tenants_types_roles_and_applications_of_a_person()
    {
        using var identity = platform.ClientWith(null, staff: false, Scopes.PersonContext);

        using var response = await identity.GetAsync($"/internal/api/v1/people/{DemoTenants.Clinic.Users[0].Id}/context");

        var context = await response.DataAsync<PersonContext>();
        var tenant = Assert.Single(context.Tenants);
        Assert.Equal((1, "clinica-aurora", "America/Sao_Paulo"), (tenant.TenantId, tenant.Slug, tenant.TimeZone));
        Assert.Equal("admin", tenant.UserType);
        Assert.Equal(["tenant_admin"], tenant.Roles);
        Assert.Equal(["pm", "scheduling", "tq"], tenant.AllowedApps);
    }

    [Fact]
    public async Task A_person_of_two_tenants_has_both_oldest_first_and_loses_those_that_are_not_active()
    {
        var (first, second, third) = (
            await platform.NewTenantAsync(), await platform.NewTenantAsync(), await platform.NewTenantAsync());
        await platform.ExecutePlatformAsync($"""
            insert into memberships (tenant_id_fk, user_id_fk, user_type_id_fk, created_at) values
                ({second.Id}, {first.UserId}, 1, now() + interval '1 minute'),
                ({third.Id}, {first.UserId}, 1, now() + interval '2 minutes');
            update tenants set status = 'inactive' where id = {third.Id};
            """);
        using var identity = platform.ClientWith(null, staff: false, Scopes.PersonContext);

        using var response = await identity.GetAsync($"/internal/api/v1/people/{first.UserId}/context");

        Assert.Equal([first.Id, second.Id], (await response.DataAsync<PersonContext>()).Tenants.Select(t => t.TenantId));
    }

    [Fact]
    public async Task Staff_have_no_tenant_and_an_unknown_person_returns_404()
    {
        using var identity = platform.ClientWith(null, staff: false, Scopes.PersonContext);

        using var staff = await identity.GetAsync($"/internal/api/v1/people/{DemoTenants.Staff.Id}/context");
        using var nobody = await identity.GetAsync("/internal/api/v1/people/987654321/context");

        Assert.Empty((await staff.DataAsync<PersonContext>()).Tenants);
        Assert.Equal((404, Codes.NotFound), await nobody.ProblemAsync());
    }

    [Fact]
    public async Task Me_returns_the_user_and_their_tenant()
    {
        var tenant = await platform.NewTenantAsync("Europe/Lisbon");

        using var response = await tenant.Client.GetAsync("/api/v1/me");

        Assert.Equivalent(
            new MeResponse(
                tenant.UserId, "Uma", $"uma@{tenant.Slug}.example", tenant.Id, tenant.Slug, $"Tenant {tenant.Id}",
                "Europe/Lisbon", "en", "admin", ["tenant_admin"], [], Permissions.All),
            await response.DataAsync<MeResponse>(),
            strict: true);
    }

    [Fact]
    public async Task Staff_may_enter_every_tenant_and_are_named_in_what_they_do()
    {
        var tenant = await platform.NewTenantAsync();
        using var staff = platform.ClientWith(1, staff: true, Scopes.Scheduling);
        staff.DefaultRequestHeaders.Add(Headers.TenantId, $"{tenant.Id}");
        var booking = await tenant.BookedAsync(tenant.AtNoon());

        using var cancelled = await staff.PostAsync($"/api/v1/bookings/{booking.Id}/cancel", null);
        using var missing = await staff.SendAsync(new(HttpMethod.Get, "/api/v1/bookings")
        {
            Headers = { { Headers.TenantId, "" } },
        });

        Assert.Equal(HttpStatusCode.OK, cancelled.StatusCode);
        var actor = await tenant.QueryAsync(db => Task.FromResult(
            db.Set<Core.Bookings.BookingEvent>().Single(e => e.Version == 2).Actor));
        Assert.Equal("user:1", actor);
        Assert.Equal((400, Codes.TenantHeaderInvalid), await missing.ProblemAsync());
    }
}
