using Platform.Contracts;
using Platform.Contracts.Tenants;
using Platform.Tests.Bookings;
using Platform.Tests.Licensing;
using Platform.Tests.Support;

namespace Platform.Tests.Tenants;

/// <summary>Addresses and contacts.</summary>
public sealed class RecordTests(PlatformFixture platform)
{
    [Fact]
    public async Task The_first_of_a_type_is_primary_and_later_ones_only_on_request()
    {
        var path = await PathAsync("addresses");

        var first = await AddressAsync(path, "HQ");
        var second = await AddressAsync(path, "HQ");
        var other = await AddressAsync(path, "BILLING");
        var third = await AddressAsync(path, "HQ", """, "primary": true""");

        Assert.Equal((true, false, true, true), (first.Primary, second.Primary, other.Primary, third.Primary));
        Assert.Equal([third.Id, other.Id], await PrimariesAsync(path));
        using var one = await platform.StaffAsync("GET", $"{path}/{first.Id}");
        Assert.Equal($"\"{first.Version + 1}\"", $"{one.Headers.ETag}"); // it is no longer primary
    }

    [Fact]
    public async Task When_the_primary_is_deleted_or_changes_its_type_the_oldest_becomes_primary()
    {
        var path = await PathAsync("addresses");
        var (a, b, c) = (await AddressAsync(path, "HQ"), await AddressAsync(path, "HQ"), await AddressAsync(path, "HQ"));

        var moved = await platform.StaffAsync<AddressResponse>("PATCH", $"{path}/{a.Id}", """{ "type": "SHIPPING" }""");
        var afterMove = await PrimariesAsync(path);
        using var deleted = await platform.StaffAsync("DELETE", $"{path}/{b.Id}");
        var afterDelete = await PrimariesAsync(path);
        var back = await platform.StaffAsync<AddressResponse>("PATCH", $"{path}/{a.Id}", """{ "type": "HQ" }""");

        Assert.Equal(("SHIPPING", true), (moved.Type, moved.Primary));
        Assert.Equal([b.Id, a.Id], afterMove);
        Assert.Equal(204, (int)deleted.StatusCode);
        Assert.Equal([c.Id, a.Id], afterDelete);
        Assert.Equal(("HQ", false), (back.Type, back.Primary)); // there is one
        Assert.Equal([c.Id], await PrimariesAsync(path));
        Assert.Equal((404, Codes.NotFound), await platform.StaffRefusedAsync("DELETE", $"{path}/{b.Id}"));
    }

    [Fact]
    public async Task Setting_primary_replaces_the_old_one_and_unsetting_it_returns_422()
    {
        var path = await PathAsync("contacts");
        var (a, b) = (await ContactAsync(path), await ContactAsync(path));

        var refused = await platform.StaffRefusedAsync("PATCH", $"{path}/{a.Id}", """{ "primary": false }""");
        var now = await platform.StaffAsync<ContactResponse>("PATCH", $"{path}/{b.Id}", """{ "primary": true }""");
        var same = await platform.StaffAsync<ContactResponse>("PATCH", $"{path}/{b.Id}", """{ "primary": true }""");
        var stale = await platform.StaffRefusedAsync("PATCH", $"{path}/{a.Id}", """{ "name": "N" }""", a.Version);

        Assert.Equal((422, Codes.PrimaryRequired), refused);
        Assert.True(now.Primary);
        Assert.Equal(now.Version, same.Version);
        Assert.Equal((412, Codes.VersionMismatch), stale);
        Assert.False((await platform.StaffAsync<ContactResponse>("GET", $"{path}/{a.Id}")).Primary);
    }

    [Fact]
    public async Task Concurrent_changes_of_the_primary_leave_one()
    {
        var path = await PathAsync("contacts");

        var created = await SchedulingAnswers.AtOnceAsync(
            5, n => platform.StaffAsync("POST", path, Contact($"n{n}@example.com", n % 2 == 0 ? """, "primary": true""" : "")));
        var ids = (await platform.StaffAsync<List<ContactResponse>>("GET", path)).Select(c => c.Id).ToList();
        var changed = await SchedulingAnswers.AtOnceAsync(
            5, n => platform.StaffAsync("PATCH", $"{path}/{ids[n]}", """{ "primary": true }"""));
        var deleted = await SchedulingAnswers.AtOnceAsync(4, n => platform.StaffAsync("DELETE", $"{path}/{ids[n]}"));

        Assert.All(created, o => Assert.Equal(201, o.Status));
        Assert.All(changed, o => Assert.Equal(200, o.Status));
        Assert.All(deleted, o => Assert.Equal(204, o.Status));
        var left = Assert.Single(await platform.StaffAsync<List<ContactResponse>>("GET", path));
        Assert.True(left.Primary);
    }

    [Fact]
    public async Task Phones_and_countries_are_stored_in_one_form()
    {
        var path = await PathAsync("contacts");

        var contact = await platform.StaffAsync<ContactResponse>(
            "POST", path, Contact("ana@example.com", """, "phone": "+55 (11) 98765-4321", "department": "Finanças" """));
        var silent = await platform.StaffAsync<ContactResponse>(
            "PATCH", $"{path}/{contact.Id}", """{ "phone": null, "department": null, "email": "b@example.com" }""");
        var address = await AddressAsync(path.Replace("contacts", "addresses", StringComparison.Ordinal), "HQ", """, "line2": "3º" """, "pt");

        Assert.Equal(("+5511987654321", "Finanças"), (contact.Phone, contact.Department));
        Assert.Equal((null, null, "b@example.com"), (silent.Phone, silent.Department, silent.Email));
        Assert.Equal(("PT", "3º"), (address.Country, address.Line2));
    }

    [Theory]
    [InlineData("addresses", """{ "type": "HOME", "line1": "x", "city": "y", "country": "BR" }""", 400, Codes.ValidationFailed)]
    [InlineData("addresses", """{ "type": "HQ", "line1": " ", "city": "y", "country": "BR" }""", 400, Codes.ValidationFailed)]
    [InlineData("addresses", """{ "type": "HQ", "line1": "x", "city": "y" }""", 400, Codes.ValidationFailed)]
    [InlineData("addresses", """{ "type": "HQ", "line1": "x", "city": "y\u0000", "country": "BR" }""", 400, Codes.ValidationFailed)]
    [InlineData("addresses", """{ "type": "HQ", "line1": "x", "city": "y", "country": "BRA" }""", 400, Codes.ValidationFailed)]
    [InlineData("addresses", """{ "type": "HQ", "line1": "x", "city": "y", "country": "BR", "tenantId": 1 }""", 400, Codes.ValidationFailed)]
    [InlineData("addresses", """{ "type": "HQ", "line1": "x", "city": "y", "country": "XX" }""", 422, Codes.UnknownCountry)]
    [InlineData("addresses", """{ "type": "HQ", "line1": "x", "city": "y", "country": "ſs" }""", 400, Codes.ValidationFailed)]
    [InlineData("contacts", """{ "type": "CEO", "name": "N", "email": "a@b" }""", 400, Codes.ValidationFailed)]
    [InlineData("contacts", """{ "type": "LEGAL", "name": "N", "email": "nobody" }""", 400, Codes.ValidationFailed)]
    [InlineData("contacts", """{ "type": "LEGAL", "name": "N", "email": null }""", 400, Codes.ValidationFailed)]
    [InlineData("contacts", """{ "type": "LEGAL", "name": "N", "email": "a@b", "phone": "12345" }""", 422, Codes.InvalidPhone)]
    [InlineData("contacts", """{ "type": "LEGAL", "name": "N", "email": "a@b", "primary": null }""", 400, Codes.ValidationFailed)]
    public async Task An_invalid_record_is_refused(string kind, string json, int status, string code)
    {
        var tenant = await platform.UntouchedTenantAsync();

        Assert.Equal((status, code), await platform.StaffRefusedAsync("POST", $"/tenants/{tenant.Id}/{kind}", json));
    }

    [Fact]
    public async Task Records_of_another_tenant_return_404()
    {
        var (mine, other) = (await PathAsync("addresses"), await PathAsync("addresses"));
        var address = await AddressAsync(other, "HQ");

        foreach (var (method, json) in ((string, string?)[])[("GET", null), ("PATCH", """{ "city": "x" }"""), ("DELETE", null)])
        {
            Assert.Equal((404, Codes.NotFound), await platform.StaffRefusedAsync(method, $"{mine}/{address.Id}", json));
        }

        Assert.Empty(await platform.StaffAsync<List<AddressResponse>>("GET", mine));
        Assert.Equal((404, Codes.NotFound), await platform.StaffRefusedAsync("GET", "/tenants/999999999/addresses"));
        Assert.Equal((404, Codes.NotFound), await platform.StaffRefusedAsync(
            "POST", "/tenants/999999999/contacts", Contact("a@example.com")));
        Assert.Equal((404, Codes.NotFound), await platform.StaffRefusedAsync("GET", $"{mine}/-1"));
    }

    [Fact]
    public async Task A_repeated_request_creates_one_record()
    {
        var path = await PathAsync("contacts");
        var key = $"{Guid.CreateVersion7()}";

        using var first = await platform.StaffAsync("POST", path, Contact("a@example.com"), key: key);
        using var second = await platform.StaffAsync("POST", path, Contact("a@example.com"), key: key);

        Assert.Equal((await first.DataAsync<ContactResponse>()).Id, (await second.DataAsync<ContactResponse>()).Id);
        Assert.Single(await platform.StaffAsync<List<ContactResponse>>("GET", path));
    }

    [Fact]
    public async Task The_audit_records_changes_of_contacts_without_personal_data()
    {
        var tenant = await platform.NewTenantAsync();
        var path = $"/tenants/{tenant.Id}/contacts";
        var contact = await platform.StaffAsync<ContactResponse>(
            "POST", path, Contact("verysecret@example.com", """, "phone": "+5511987654321" """));
        await platform.StaffAsync<ContactResponse>("PATCH", $"{path}/{contact.Id}", """{ "name": "Another Secret" }""");
        using var gone = await platform.StaffAsync("DELETE", $"{path}/{contact.Id}");

        Assert.Equal("tenant_contact.created,tenant_contact.changed,tenant_contact.deleted", await platform.ActionsAsync(tenant.Id));
        var kept = await platform.PlatformValueAsync<string>(
            $"select string_agg(concat(before, after), '') from audit_log where tenant_id_fk = {tenant.Id}");
        Assert.Contains("BILLING", kept);
        Assert.DoesNotContain("ecret", kept);
        Assert.DoesNotContain("+55", kept);
    }

    private async Task<string> PathAsync(string kind) => $"/tenants/{(await platform.NewTenantAsync()).Id}/{kind}";

    private Task<AddressResponse> AddressAsync(string path, string type, string more = "", string country = "BR") =>
        platform.StaffAsync<AddressResponse>("POST", path, $$"""
            { "type": "{{type}}", "line1": "Rua A, 1", "city": "São Paulo", "country": "{{country}}"{{more}} }
            """);

    private Task<ContactResponse> ContactAsync(string path) =>
        platform.StaffAsync<ContactResponse>("POST", path, Contact("ada@example.com"));

    private static string Contact(string email, string more = "") =>
        $$"""{ "type": "BILLING", "name": "Somebody Secret", "email": "{{email}}"{{more}} }""";

    /// <summary>By type: HQ, BILLING, SHIPPING as they come; by id within.</summary>
    private async Task<List<long>> PrimariesAsync(string path) =>
    [
        .. (await platform.StaffAsync<List<AddressResponse>>("GET", path)).Where(a => a.Primary)
            .OrderBy(a => a.Type switch { "HQ" => 0, "BILLING" => 1, _ => 2 }).Select(a => a.Id),
    ];
}
