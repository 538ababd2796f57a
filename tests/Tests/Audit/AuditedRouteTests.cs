using System.Text.Json;
using Platform.Tests.Http;
using Platform.Tests.Licensing;
using Platform.Tests.Support;

namespace Platform.Tests.Audit;

/// <summary>
/// Every route that writes leaves a row in a trail. The routes come from the running API: one that is new fails here
/// until it is tried or has a reason.
/// </summary>
public sealed class AuditedRouteTests(PlatformFixture platform)
{
    [Fact]
    public async Task Every_route_that_writes_leaves_one_row_and_a_request_without_effect_leaves_no_row()
    {
        var tenant = await platform.NewTenantAsync();
        var walk = new RouteWalk(platform, tenant);

        await SettingsAsync(walk);
        await CatalogueAsync(walk);
        await SchedulesAsync(walk, tenant);
        await ClientsAsync(walk, tenant);
        await PeopleAsync(walk, tenant);
        await KeysAsync(walk);
        await WebhooksAsync(walk);
        await LicensesAsync(walk, tenant);
        await PricesAsync(walk);
        await StaffAsync(walk, tenant);
        await RecordsAsync(walk, tenant);

        string[] methods = ["POST", "PUT", "PATCH", "DELETE"];
        var routes = platform.Endpoints()
            .SelectMany(e => e.Methods.Intersect(methods), (e, method) => $"{method} {e.Path}")
            .Distinct().Order(StringComparer.Ordinal);
        Assert.Equal(routes, walk.Tried.Concat(AuditedPeopleTests.Routes).Concat(OtherRoutes.NotAudited.Keys)
            .Concat(OtherRoutes.TriedElsewhere.Keys).Concat(OtherRoutes.Untried.Keys).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Each_test_that_tries_a_route_elsewhere_asserts_its_row()
    {
        var silent = OtherRoutes.TriedElsewhere.Where(route =>
        {
            var source = File.ReadAllText(Assert.Single(Repository.Files("tests/Tests", $"{route.Value.Test}.cs")));
            return !source.Contains(route.Value.Action, StringComparison.Ordinal);
        });

        Assert.Empty(silent);
    }

    private static async Task SettingsAsync(RouteWalk walk)
    {
        await walk.TwiceAsync("PATCH", "/settings", "/settings", "settings.changed", """
            { "holdMinutes": 7, "openingHours": [{ "days": ["monday"], "start": "09:00", "end": "12:00" }] }
            """);
        await walk.TwiceAsync(
            "PUT", "/settings/branding", "/settings/branding", "branding.changed", """{ "primaryColor": "#336699" }""");
        await walk.TwiceAsync(
            "PUT", "/settings/labels", "/settings/labels", "labels.changed",
            """{ "service": { "singular": "Visit", "plural": "Visits" } }""");
        await walk.TwiceAsync(
            "PUT", "/settings/booking-page", "/settings/booking-page", "booking_page.changed", """{ "legalName": "Aurora Ltda" }""");
        const string template = "/message-templates/{kind}/{locale}", message = "/message-templates/booking.moved/en";
        await walk.TwiceAsync(
            "PUT", template, message, "message_template.changed", """{ "subject": "Moved", "text": "{{ links }}" }""");
        await walk.AsMemberAsync("POST", $"{template}/test", $"{message}/test", "message_template.tested", "{}");
        await walk.TwiceAsync("DELETE", template, message, "message_template.deleted");
        await walk.TwiceAsync(
            "POST", "/settings/holidays", "/settings/holidays", "holidays.created", """{ "country": "BR", "years": [2027] }""");
        await walk.AsMemberAsync(
            "DELETE", "/settings/holidays/{country}/{year:int}", "/settings/holidays/BR/2027", "holidays.deleted");
        await WithIdAsync(walk, "custom-fields", "custom_field",
            """{ "appliesTo": "resource", "key": "floor", "label": "Floor", "type": "number" }""", """{ "label": "Level" }""");
    }

    private static async Task CatalogueAsync(RouteWalk walk)
    {
        await WithIdAsync(walk, "categories", "category", """{ "name": "Rooms" }""", """{ "name": "Halls" }""");
        var category = await walk.AsMemberAsync(
            "POST", "/categories", "/categories", "category.created", """{ "name": "Tools" }""");
        await WithIdAsync(
            walk, "resources", "resource", $$"""{ "name": "Drill", "categoryId": {{Id(category)}} }""", """{ "capacity": 2 }""");
        await WithIdAsync(
            walk, "services", "service", """{ "name": "Talk", "durationsMinutes": [30] }""",
            """{ "price": { "amount": 12.50, "currency": "EUR" } }""");
    }

    private static async Task SchedulesAsync(RouteWalk walk, TestTenant tenant)
    {
        var (route, path) = ("/resources/{id:long}", $"/resources/{tenant.DoctorId}");
        await walk.TwiceAsync("PUT", $"{route}/schedule", $"{path}/schedule", "schedule.changed", """
            { "rules": [{ "days": ["tuesday"], "start": "10:00", "end": "12:00" }] }
            """);
        await walk.TwiceAsync("DELETE", $"{route}/schedule", $"{path}/schedule", "schedule.deleted");
        await walk.TwiceAsync(
            "PUT", $"{route}/overrides/{{date}}", $"{path}/overrides/2026-12-24", "schedule_override.changed",
            """{ "intervals": [] }""");
        await walk.AsMemberAsync(
            "DELETE", $"{route}/overrides/{{date}}", $"{path}/overrides/2026-12-24", "schedule_override.deleted");
        await walk.AsMemberAsync("POST", $"{route}/feed", $"{path}/feed", "calendar_feed.created", "{}");
        await walk.TwiceAsync("DELETE", $"{route}/feed", $"{path}/feed", "calendar_feed.deleted");
        await walk.AsMemberAsync("POST", "/me/feed", "/me/feed", "person_feed.created", "{}");
        await walk.TwiceAsync("DELETE", "/me/feed", "/me/feed", "person_feed.deleted");
        var calendar = (await walk.AsMemberAsync(
            "POST", $"{route}/calendars", $"{path}/calendars", "outside_calendar.created",
            """{ "name": "Private", "url": "https://calendars.example/private.ics" }""")).GetProperty("id").GetInt64();
        await walk.AsMemberAsync(
            "POST", $"{route}/calendars/{{calendarId:long}}/poll", $"{path}/calendars/{calendar}/poll", "outside_calendar.polled");
        await walk.AsMemberAsync(
            "DELETE", $"{route}/calendars/{{calendarId:long}}", $"{path}/calendars/{calendar}", "outside_calendar.deleted");

        var blackout = await walk.AsMemberAsync("POST", "/blackouts", "/blackouts", "blackout.created", """
            { "start": "2026-05-01T00:00:00Z", "end": "2026-05-02T00:00:00Z", "reason": "Bia is ill" }
            """);
        await walk.AsMemberAsync("DELETE", "/blackouts/{id:long}", $"/blackouts/{Id(blackout)}", "blackout.deleted");
    }

    private static async Task ClientsAsync(RouteWalk walk, TestTenant tenant)
    {
        const string route = "/clients/{id:long}";
        var client = Id(await walk.AsMemberAsync(
            "POST", "/clients", "/clients", "client.created", """{ "name": "Zoe", "email": "zoe@example.com" }"""));
        var other = Id(await walk.AsMemberAsync("POST", "/clients", "/clients", "client.created", """{ "name": "Zoé" }"""));
        await walk.TwiceAsync("PATCH", route, $"/clients/{client}", "client.changed", """{ "phone": "+351912345678" }""");
        await walk.TwiceAsync(
            "POST", $"{route}/merge", $"/clients/{client}/merge", "client.merged", $$"""{ "otherId": {{other}} }""");
        await walk.AsMemberAsync("GET", $"{route}/export", $"/clients/{client}/export", "client.exported");
        walk.Tried.Remove($"GET /api/v1{route}/export"); // it writes nothing else
        await walk.TwiceAsync("POST", $"{route}/erase", $"/clients/{client}/erase", "client.erased");

        var import = $"/bookings/import?serviceId={tenant.ServiceId}";
        var file = "externalId,start,durationMinutes\nx1,2026-02-02T10:00:00Z,60\n";
        await walk.AsMemberAsync("POST", "/bookings/import", import, "booking.imported", file, "text/csv");
        await walk.AsMemberAsync("POST", "/bookings/import", import, "", file, "text/csv");
    }

    private async Task PeopleAsync(RouteWalk walk, TestTenant tenant)
    {
        await WithIdAsync(
            walk, "roles", "role", """{ "name": "Desk", "permissions": ["users.read"] }""", """{ "permissions": [] }""");
        var member = await platform.MemberAsync(tenant);
        var group = Id(await walk.AsMemberAsync("POST", "/groups", "/groups", "role.created", """{ "name": "Night" }"""));
        var (seat, place) = ("/groups/{id:long}/members/{userId:long}", $"/groups/{group}/members/{member}");
        await walk.TwiceAsync("PUT", seat, place, "membership.changed");
        await walk.TwiceAsync("DELETE", seat, place, "membership.changed");
        var both = $$"""{ "userIds": [{{member}}] }""";
        await walk.TwiceAsync("POST", "/groups/{id:long}/members", $"/groups/{group}/members", "membership.changed", both);
        await walk.TwiceAsync(
            "POST", "/groups/{id:long}/members/leave", $"/groups/{group}/members/leave", "membership.changed", both);
        await walk.AsMemberAsync("DELETE", "/groups/{id:long}", $"/groups/{group}", "role.deleted");
        var (route, path) = ("/users/{id:long}", $"/users/{member}");
        await walk.TwiceAsync("PATCH", route, path, "membership.changed", """{ "userType": "manager" }""");
        await walk.TwiceAsync("POST", $"{route}/deactivate", $"{path}/deactivate", "membership.deactivated", "{}");
        await walk.TwiceAsync("POST", $"{route}/activate", $"{path}/activate", "membership.activated");
    }

    private static async Task KeysAsync(RouteWalk walk)
    {
        await WithIdAsync(
            walk, "service-accounts", "service_account", """{ "name": "Mill", "roles": [] }""", """{ "name": "Miller" }""");
        var account = Id(await walk.AsMemberAsync(
            "POST", "/service-accounts", "/service-accounts", "service_account.created", """{ "name": "Wheel", "roles": [] }"""));
        var (route, path) = ("/service-accounts/{id:long}/keys", $"/service-accounts/{account}/keys");
        var made = await walk.AsMemberAsync("POST", route, path, "api_key.created", """{ "scopes": ["scheduling"] }""");
        var key = Id(made.GetProperty("key"));
        var next = await walk.AsMemberAsync(
            "POST", $"{route}/{{keyId:long}}/rotate", $"{path}/{key}/rotate", "api_key.rotated,api_key.created");
        await walk.TwiceAsync(
            "POST", $"{route}/{{keyId:long}}/revoke", $"{path}/{Id(next.GetProperty("key"))}/revoke", "api_key.revoked");
    }

    private static async Task WebhooksAsync(RouteWalk walk)
    {
        const string body = """{ "url": "https://hooks.example/a" }""";
        await WithIdAsync(walk, "webhooks", "webhook", body, """{ "eventTypes": ["booking.*"] }""");
        var id = Id(await walk.AsMemberAsync("POST", "/webhooks", "/webhooks", "webhook.created", body));
        var (route, path) = ("/webhooks/{id:long}", $"/webhooks/{id}");
        await walk.AsMemberAsync("POST", $"{route}/rotate-secret", $"{path}/rotate-secret", "webhook.secret_rotated");
        await walk.AsMemberAsync(
            "POST", $"{route}/recover", $"{path}/recover", "webhook.recovered", """{ "since": "2026-03-01T00:00:00Z" }""");
        var delivery = Id(await walk.AsMemberAsync("POST", $"{route}/test", $"{path}/test", "webhook.tested"));
        await walk.AsMemberAsync(
            "POST", "/webhooks/deliveries/{id:long}/resend", $"/webhooks/deliveries/{delivery}/resend", "webhook.resent");
    }

    private async Task LicensesAsync(RouteWalk walk, TestTenant tenant)
    {
        var (route, path) = ("/tenants/{id:long}/licenses", $"/tenants/{tenant.Id}/licenses");
        var license = Id(await walk.AsStaffAsync(
            "POST", route, path, "license.created", """{ "application": "tq", "userLimit": 3 }"""));
        (route, path) = ($"{route}/{{licenseId:long}}", $"{path}/{license}");
        await walk.TwiceAsStaffAsync("PATCH", route, path, "license.changed", """{ "userLimit": 4 }""");

        var group = Id(await walk.AsMemberAsync("POST", "/groups", "/groups", "role.created", """{ "name": "Day" }"""));
        foreach (var (act, action) in ((string, string)[])[("grant", "granted"), ("revoke", "revoked")])
        {
            await walk.TwiceAsync(
                "POST", $"/groups/{{id:long}}/apps/{{application}}/{act}", $"/groups/{group}/apps/tq/{act}",
                $"group.application_{action}");
        }

        var user = await platform.MemberAsync(tenant);
        const string grants = "/users/{id:long}/apps";
        await walk.TwiceAsStaffAsync(
            "POST", "/tenants/{id:long}/apps/{application}/grants", $"/tenants/{tenant.Id}/apps/tq/grants", "grant.created",
            $$"""{ "userIds": [{{await platform.MemberAsync(tenant)}}] }""");
        await walk.TwiceAsync(
            "POST", $"{grants}/{{application}}/grant", $"/users/{user}/apps/tq/grant", "grant.created", "{}");
        await walk.TwiceAsync(
            "PATCH", $"{grants}/{{application}}", $"/users/{user}/apps/tq", "grant.changed", """{ "role": "admin" }""");
        await walk.TwiceAsync("POST", $"{grants}/{{application}}/revoke", $"/users/{user}/apps/tq/revoke", "grant.revoked");
        await walk.TwiceAsync(
            "POST", $"{grants}/{{application}}/reactivate", $"/users/{user}/apps/tq/reactivate", "grant.created");
        await walk.TwiceAsync(
            "POST", "/apps/{application}/grants", "/apps/tq/grants", "grant.created",
            $$"""{ "userIds": [{{await platform.MemberAsync(tenant)}}] }""");
        var whose = $$"""{ "tenantId": {{tenant.Id}}, "application": "tq" }""";
        await walk.TwiceAsStaffAsync("POST", $"{grants}/revoke", $"/users/{user}/apps/revoke", "grant.revoked", whose);
        await walk.TwiceAsStaffAsync("POST", $"{grants}/reactivate", $"/users/{user}/apps/reactivate", "grant.created", whose);
        await walk.AsStaffAsync(
            "POST", $"{grants}/grant", $"/users/{await platform.MemberAsync(tenant)}/apps/grant", "grant.created", whose);

        await platform.ExecutePlatformAsync($"update tenant_applications set seats_used = 1 where id = {license}");
        await walk.TwiceAsStaffAsync(
            "POST", "/reconcile/seats", "/reconcile/seats", "license.seats_reconciled", $$"""{ "tenantId": {{tenant.Id}} }""");
        await walk.TwiceAsStaffAsync("POST", $"{route}/suspend", $"{path}/suspend", "license.suspended");
        await walk.TwiceAsStaffAsync("POST", $"{route}/resume", $"{path}/resume", "license.resumed");
        await walk.TwiceAsStaffAsync("POST", $"{route}/cancel", $"{path}/cancel", "license.cancelled");
    }

    private static async Task PricesAsync(RouteWalk walk)
    {
        var slug = $"walk-{Guid.CreateVersion7():n}"[..30];
        var application = Id(await walk.AsStaffAsync(
            "POST", "/applications", "/applications", "application.created", $$"""{ "slug": "{{slug}}", "name": "Walk" }"""));
        var (route, path) = ("/applications/{id:long}", $"/applications/{application}");
        await walk.TwiceAsStaffAsync("PATCH", route, path, "application.changed", """{ "name": "Walked" }""");
        await walk.TwiceAsStaffAsync("POST", $"{route}/retire", $"{path}/retire", "application.retired");
        await walk.AsStaffAsync("PATCH", route, path, "application.changed", """{ "active": true }""");

        const string price = """{ "userType": "manager", "price": 10, "validFrom": "2026-06-01T00:00:00Z" }""";
        var first = Id(await walk.AsStaffAsync("POST", $"{route}/pricing", $"{path}/pricing", "price.scheduled", price));
        await walk.TwiceAsStaffAsync(
            "PATCH", $"{route}/pricing/{{pricingId:long}}", $"{path}/pricing/{first}", "price.changed", """{ "price": 11 }""");
        await walk.AsStaffAsync(
            "POST", $"{route}/pricing/{{pricingId:long}}/end", $"{path}/pricing/{first}/end", "price.ended",
            """{ "at": "2026-07-01T00:00:00Z" }""");
        await walk.AsStaffAsync(
            "DELETE", $"{route}/pricing/{{pricingId:long}}", $"{path}/pricing/{first}", "price.deleted");
        await walk.AsStaffAsync("DELETE", route, path, "application.deleted");
    }

    private async Task StaffAsync(RouteWalk walk, TestTenant tenant)
    {
        var (route, path) = ("/users/{id:long}/tenants/{tenantId:long}", $"/users/{tenant.UserId}/tenants");
        var other = await platform.NewCustomerAsync();
        path = $"{path}/{other.Id}";
        await walk.TwiceAsStaffAsync("POST", route, path, "membership.created", """{ "userType": "manager" }""");
        await walk.TwiceAsStaffAsync("PATCH", route, path, "membership.changed", """{ "userType": "operations" }""");
        await walk.TwiceAsStaffAsync(
            "POST", "/users/{id:long}/roles/{roleId:long}", $"/users/{tenant.UserId}/roles/{other.RoleId}", "membership.changed",
            $$"""{ "tenantId": {{other.Id}} }""");
        await walk.TwiceAsStaffAsync("DELETE", route, path, "membership.deactivated");
        await walk.AsStaffAsync("POST", "/roles", "/roles", "role.created", $$"""
            { "name": "Of staff", "permissions": [], "tenantId": {{other.Id}} }
            """);

        // Once only: other tests create tenants, whose month a repetition closes.
        await walk.AsStaffAsync(
            "POST", "/billing/months/{month}/close", "/billing/months/2025-01/close", "billing.month_closed");
        await walk.AsStaffAsync("POST", "/billing/adjustments", "/billing/adjustments", "billing.adjusted", $$"""
            {
                "tenantId": {{tenant.Id}}, "correctsMonth": "2025-01", "reason": "Goodwill",
                "amount": { "amount": -5, "currency": "BRL" }
            }
            """);
    }

    private static async Task RecordsAsync(RouteWalk walk, TestTenant tenant)
    {
        var (route, path) = ("/tenants/{id:long}", $"/tenants/{tenant.Id}");
        await walk.TwiceAsStaffAsync("PATCH", route, path, "tenant.changed", """{ "name": "Walked" }""");
        await walk.TwiceAsStaffAsync("POST", $"{route}/deactivate", $"{path}/deactivate", "tenant.deactivated");
        await walk.TwiceAsStaffAsync("POST", $"{route}/activate", $"{path}/activate", "tenant.activated");

        var address = Id(await walk.AsStaffAsync("POST", $"{route}/addresses", $"{path}/addresses", "tenant_address.created", """
            { "type": "HQ", "line1": "Rua A, 1", "city": "Lisboa", "country": "PT" }
            """));
        await walk.TwiceAsStaffAsync(
            "PATCH", $"{route}/addresses/{{addressId:long}}", $"{path}/addresses/{address}", "tenant_address.changed",
            """{ "city": "Porto" }""");
        await walk.AsStaffAsync(
            "DELETE", $"{route}/addresses/{{addressId:long}}", $"{path}/addresses/{address}", "tenant_address.deleted");
        var contact = Id(await walk.AsStaffAsync("POST", $"{route}/contacts", $"{path}/contacts", "tenant_contact.created", """
            { "type": "TECH", "name": "Tess", "email": "tess@example.com" }
            """));
        await walk.TwiceAsStaffAsync(
            "PATCH", $"{route}/contacts/{{contactId:long}}", $"{path}/contacts/{contact}", "tenant_contact.changed",
            """{ "name": "Theo" }""");
        await walk.AsStaffAsync(
            "DELETE", $"{route}/contacts/{{contactId:long}}", $"{path}/contacts/{contact}", "tenant_contact.deleted");

        await walk.AsStaffAsync("POST", $"{route}/export", $"{path}/export", "tenant.exported");
        await walk.AsStaffAsync(
            "POST", $"{route}/offboard", $"{path}/offboard", "tenant.offboarded", """{ "reason": "They close" }""");
        await walk.AsStaffAsync("POST", $"{route}/view", $"{path}/view", "tenant.viewed", """{ "reason": "They asked for help" }""");
        await walk.AsStaffAsync("POST", $"{route}/offboard/cancel", $"{path}/offboard/cancel", "tenant.kept");
    }

    /// <summary>Makes one of a collection, changes it and deletes it.</summary>
    private static async Task WithIdAsync(RouteWalk walk, string collection, string name, string body, string change)
    {
        var id = Id(await walk.AsMemberAsync("POST", $"/{collection}", $"/{collection}", $"{name}.created", body));
        var (route, path) = ($"/{collection}/{{id:long}}", $"/{collection}/{id}");
        await walk.TwiceAsync("PATCH", route, path, $"{name}.changed", change);
        await walk.AsMemberAsync("DELETE", route, path, $"{name}.deleted");
    }

    private static long Id(JsonElement made) => made.GetProperty("id").GetInt64();
}
