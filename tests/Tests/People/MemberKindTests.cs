using System.Net.Http.Json;
using Platform.Contracts;
using Platform.Contracts.Audit;
using Platform.Contracts.Bookings;
using Platform.Contracts.Catalogue;
using Platform.Contracts.Clients;
using Platform.Contracts.People;
using Platform.Tests.Licensing;
using Platform.Tests.Support;

namespace Platform.Tests.People;

/// <summary>
/// Professionals and clients, who see what is their own, and the fields that an organisation adds to its users.
/// </summary>
public sealed class MemberKindTests(PlatformFixture platform)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_professional_sees_the_calendar_and_the_bookings_of_their_resource()
    {
        var tenant = await platform.NewTenantAsync();
        var (own, others) = await TwoDoctorsAsync(tenant);
        var (id, client) = await platform.PersonAsync(tenant);
        var user = await tenant.SentAsync<UserResponse>(
            "PATCH", $"/users/{id}", $$"""{ "kind": "professional", "resourceId": {{tenant.DoctorId}} }""");

        var listed = await ListAsync(client, "/api/v1/bookings");
        using var one = await client.GetAsync($"/api/v1/bookings/{own.Id}", Ct);
        var calendar = await client.GetStringAsync("/api/v1/bookings/calendar.ics?from=2026-03-01&to=2026-04-01", Ct);
        using var me = await client.GetAsync("/api/v1/me", Ct);

        Assert.Equal((MemberKinds.Professional, (long?)tenant.DoctorId), (user.Kind, user.ResourceId));
        Assert.Equal([own.Id], listed.Select(b => b.Id));
        Assert.Equal(own.Id, (await one.DataAsync<BookingResponse>()).Id);
        Assert.Equal(2, calendar.Split("BEGIN:VEVENT").Length);
        var mine = await me.DataAsync<MeResponse>();
        Assert.Equal([Permissions.BookingsOwn], mine.Permissions);
        Assert.Equal((MemberKinds.Professional, (long?)tenant.DoctorId), (mine.Kind, mine.ResourceId));
        Assert.Equal((404, Codes.NotFound), await client.AnswerAsync("GET", $"/api/v1/bookings/{others.Id}"));
        Assert.Equal((404, Codes.NotFound), await client.AnswerAsync("GET", $"/api/v1/bookings/{others.Id}/calendar.ics"));
        Assert.Equal((200, null), await client.AnswerAsync("GET", $"/api/v1/resources/{tenant.DoctorId}/schedule"));
        Assert.Equal((403, Codes.Forbidden), await client.AnswerAsync("GET", $"/api/v1/resources/{others.Resources[0].Id}"));
        Assert.Equal((403, Codes.Forbidden), await client.AnswerAsync("POST", $"/api/v1/bookings/{own.Id}/cancel"));
    }

    [Fact]
    public async Task A_client_sees_their_own_bookings_also_after_a_merge()
    {
        var tenant = await platform.NewTenantAsync();
        var own = await tenant.BookedAsync(tenant.AtNoon());
        var other = await tenant.BookedAsync(tenant.AtNoon("eve@example.com") with { Start = PlatformFixture.Monday9am });
        var (id, client) = await platform.PersonAsync(tenant);
        var user = await tenant.SentAsync<UserResponse>(
            "PATCH", $"/users/{id}", $$"""{ "kind": "client", "clientId": {{own.Client!.Id}} }""");

        var before = await ListAsync(client, "/api/v1/bookings");
        Assert.Equal((404, Codes.NotFound), await client.AnswerAsync("GET", $"/api/v1/bookings/{other.Id}"));
        var kept = await tenant.SentAsync<ClientResponse>("POST", "/clients", """{ "name": "Ada Lovelace" }""");
        await tenant.SentAsync<ClientResponse>("POST", $"/clients/{kept.Id}/merge", $$"""{ "otherId": {{own.Client.Id}} }""");
        var after = await ListAsync(client, "/api/v1/bookings");

        Assert.Equal((MemberKinds.Client, (long?)own.Client.Id), (user.Kind, user.ClientId));
        Assert.Equal([own.Id], before.Select(b => b.Id));
        Assert.Equal([own.Id], after.Select(b => b.Id));
    }

    /// <summary>Each permission, and a route that asks for it.</summary>
    private static readonly (string Permission, string Method, string Path)[] Asked =
    [
        (Permissions.ApiKeysManage, "GET", "/service-accounts"), (Permissions.AuditRead, "GET", "/audit"),
        (Permissions.BillingRead, "GET", "/billing/summary?month=2026-02"), (Permissions.BookingsRead, "GET", "/waitlist"),
        (Permissions.BookingsRead, "GET", "/slots?serviceId=1&from=2026-03-02&to=2026-03-03"),
        (Permissions.BookingsRead, "GET", "/blackouts"), (Permissions.BookingsRead, "GET", "/settings"),
        (Permissions.BookingsRead, "GET", "/bookings/attention"), (Permissions.BookingsWrite, "POST", "/bookings"),
        (Permissions.BookingsWrite, "POST", "/holds"), (Permissions.BookingsWrite, "DELETE", "/waitlist/1"),
        (Permissions.CatalogueWrite, "DELETE", "/resources/1"),
        (Permissions.ClientsRead, "GET", "/clients"), (Permissions.ClientsWrite, "POST", "/clients"),
        (Permissions.ReportsRead, "GET", "/reports/bookings?from=2026-02-01&to=2026-03-01"),
        (Permissions.RolesWrite, "DELETE", "/roles/1"), (Permissions.SeatsWrite, "GET", "/users/1/apps"),
        (Permissions.SettingsWrite, "PATCH", "/settings"), (Permissions.UsersRead, "GET", "/users"),
        (Permissions.WebhooksManage, "GET", "/webhooks"),
        (Permissions.UsersWrite, "PATCH", "/users/1"),
    ];

    /// <summary>Those that ask for one more.</summary>
    private static readonly (string Permission, string Method, string Path)[] AskedOfWriters =
        [(Permissions.BookingsImport, "POST", "/bookings/import"), (Permissions.ClientsManage, "POST", "/clients/1/erase")];

    [Fact]
    public async Task Every_listed_permission_is_required_by_a_route()
    {
        var tenant = await platform.NewTenantAsync();
        var booked = await tenant.BookedAsync(tenant.AtNoon());
        var (id, client) = await platform.PersonAsync(tenant);
        Assert.Equal((200, null), await client.AnswerAsync("GET", "/api/v1/waitlist"));
        await tenant.SentAsync<UserResponse>(
            "PATCH", $"/users/{id}", $$"""{ "kind": "client", "clientId": {{booked.Client!.Id}} }""");

        await AskAsync(client, Asked);
        var role = await tenant.RoleAsync("Writer", Permissions.BookingsWrite, Permissions.ClientsWrite);
        await tenant.SentAsync<UserResponse>("PATCH", $"/users/{id}", $$"""{ "roles": ["{{role.Slug}}"] }""");
        await AskAsync(client, AskedOfWriters);

        Assert.Equal((200, null), await client.AnswerAsync("GET", "/api/v1/bookings"));
        Assert.Equal(
            Permissions.All,
            Asked.Concat(AskedOfWriters).Select(a => a.Permission).Append(Permissions.BookingsOwn)
                .Append(Permissions.BookingsCorrect).Distinct()
                .Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Roles_give_professionals_more_and_the_kind_goes_with_its_link()
    {
        var tenant = await platform.NewTenantAsync();
        var (own, others) = await TwoDoctorsAsync(tenant);
        var (id, client) = await platform.PersonAsync(tenant, "operations", Permissions.BookingsRead);
        await tenant.SentAsync<UserResponse>(
            "PATCH", $"/users/{id}", $$"""{ "kind": "professional", "resourceId": {{tenant.DoctorId}} }""");

        var listed = await ListAsync(client, "/api/v1/bookings");
        var back = await tenant.SentAsync<UserResponse>("PATCH", $"/users/{id}", """{ "kind": "member", "userType": "manager" }""");

        Assert.Equal([own.Id, others.Id], listed.Select(b => b.Id).Order());
        Assert.Equal((MemberKinds.Member, null, "manager"), (back.Kind, back.ResourceId, back.UserType));
    }

    [Theory]
    [InlineData("""{ "kind": "professional" }""", 422, Codes.InvalidMemberKind, "kind")]
    [InlineData("""{ "kind": "client", "resourceId": DOCTOR }""", 422, Codes.InvalidMemberKind, "kind")]
    [InlineData("""{ "resourceId": DOCTOR }""", 422, Codes.InvalidMemberKind, "kind")]
    [InlineData("""{ "kind": "professional", "resourceId": 1, "userType": "manager" }""", 422, Codes.InvalidMemberKind, "kind")]
    [InlineData("""{ "kind": "professional", "resourceId": 999999999 }""", 404, Codes.NotFound, "resourceId")]
    [InlineData("""{ "kind": "client", "clientId": 999999999 }""", 404, Codes.NotFound, "clientId")]
    [InlineData("""{ "kind": "boss" }""", 400, Codes.ValidationFailed, "kind")]
    [InlineData("""{ "kind": "client", "clientId": 0 }""", 400, Codes.ValidationFailed, "clientId")]
    [InlineData("""{ "metadata": { "shoes": 42 } }""", 422, Codes.InvalidMetadata, "metadata.shoes")]
    [InlineData("""{ "metadata": [] }""", 400, Codes.ValidationFailed, "metadata")]
    public async Task A_kind_without_its_link_and_an_unknown_field_are_refused(
        string json, int status, string code, string field)
    {
        var tenant = await platform.UntouchedTenantAsync();
        var member = await platform.MemberAsync(tenant);

        var body = json.Replace("DOCTOR", $"{tenant.DoctorId}", StringComparison.Ordinal);
        Assert.Equal((status, code, field), await tenant.RefusedAsync("PATCH", $"/users/{member}", body));
    }

    [Fact]
    public async Task Custom_fields_of_users_are_checked_shown_and_left_out_of_the_trail()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.SentAsync<CustomFieldResponse>("POST", "/custom-fields", """
            { "appliesTo": "user", "key": "licence", "label": "Licence", "type": "text", "required": true }
            """);
        var member = await platform.MemberAsync(tenant);

        var set = await tenant.SentAsync<UserResponse>("PATCH", $"/users/{member}", """{ "metadata": { "licence": "CRM-123" } }""");
        var same = await tenant.SentAsync<UserResponse>("PATCH", $"/users/{member}", """{ "metadata": { "licence": "CRM-123" } }""");
        var missing = await tenant.RefusedAsync("PATCH", $"/users/{member}", """{ "metadata": {} }""");
        var listed = (await tenant.SentAsync<List<UserResponse>>("GET", "/users")).Single(u => u.Id == member);
        var rows = await tenant.SentAsync<List<AuditEntryResponse>>("GET", "/audit?action=membership.");

        Assert.Equal("CRM-123", set.Metadata!.Value.GetProperty("licence").GetString());
        Assert.Equal(set.Version, same.Version);
        Assert.Equal("CRM-123", listed.Metadata!.Value.GetProperty("licence").GetString());
        Assert.Equal((422, Codes.InvalidMetadata, "metadata.licence"), missing);
        var row = Assert.Single(rows);
        Assert.Equal(
            (AuditActions.MembershipProfileChanged, """{"personal":["metadata"]}"""), (row.Action, row.After.ToString()));
    }

    [Fact]
    public async Task A_permission_that_a_role_gives_counts_at_once()
    {
        var tenant = await platform.NewTenantAsync();
        var (id, client) = await platform.PersonAsync(tenant);
        await tenant.SentAsync<UserResponse>(
            "PATCH", $"/users/{id}", $$"""{ "kind": "professional", "resourceId": {{tenant.DoctorId}} }""");
        var before = await client.AnswerAsync("GET", "/api/v1/clients");

        var role = await tenant.RoleAsync("Desk", Permissions.ClientsRead);
        await tenant.SentAsync<UserResponse>("PATCH", $"/users/{id}", $$"""{ "roles": ["{{role.Slug}}"] }""");

        Assert.Equal((403, Codes.Forbidden), before);
        Assert.Equal((200, null), await client.AnswerAsync("GET", "/api/v1/clients"));
    }

    private static async Task AskAsync(HttpClient client, (string Permission, string Method, string Path)[] routes)
    {
        foreach (var (permission, method, path) in routes)
        {
            using var request = new HttpRequestMessage(new(method), $"/api/v1{path}");
            if (path == "/bookings/import") request.Content = new StringContent("start", null, "text/csv");
            else if (method != "GET") request.Content = JsonContent.Create(new { });
            using var response = await client.SendAsync(request, Ct);

            var detail = (await response.DocumentAsync()).GetProperty("detail").GetString();
            Assert.Equal(
                (path, 403, $"The permission {permission} is required."), (path, (int)response.StatusCode, detail));
        }
    }

    private static async Task<List<BookingResponse>> ListAsync(HttpClient client, string path)
    {
        using var response = await client.GetAsync(path, Ct);
        return await response.DataAsync<List<BookingResponse>>();
    }

    /// <summary>A booking of the tenant's doctor, and one of another doctor for another client.</summary>
    private static async Task<(BookingResponse Own, BookingResponse Others)> TwoDoctorsAsync(TestTenant tenant)
    {
        var own = await tenant.BookedAsync(tenant.AtNoon());
        var second = await tenant.SentAsync<ResourceResponse>(
            "POST", "/resources", $$"""{ "name": "Dr No", "categoryId": {{tenant.CategoryId}} }""");
        await tenant.SentAsync<ScheduleResponse>("PUT", $"/resources/{second.Id}/schedule", """
            { "rules": [{ "days": ["monday"], "start": "09:00", "end": "17:00" }] }
            """);
        var service = await tenant.SentAsync<ServiceResponse>("POST", "/services", $$"""
            { "name": "Other", "durationsMinutes": [60], "requirements": [{ "resourceIds": [{{second.Id}}] }] }
            """);
        var others = await tenant.BookedAsync(tenant.AtNoon("eve@example.com") with { ServiceId = service.Id });
        return (own, others);
    }
}
