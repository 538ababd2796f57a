using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Contracts.Catalogue;
using Platform.Tests.Support;

namespace Platform.Tests.Catalogue;

public sealed class ServiceTests(PlatformFixture platform)
{
    [Fact]
    public async Task A_service_is_created_with_all_members_and_read_back()
    {
        var tenant = await platform.NewTenantAsync();

        using var created = await tenant.SendAsync("POST", "/services", $$"""
            { "name": "Group class", "description": "With 🎵", "durationsMinutes": [90, 60], "beforeBufferMinutes": 5,
              "afterBufferMinutes": 10, "slotIntervalMinutes": 30, "slotGrid": "packed", "minimumNoticeMinutes": 120,
              "bookingWindowDays": 30, "limits": { "perDay": 4, "perClient": 1, "minutesPerDay": 240 }, "capacity": 12,
              "requiresApproval": true,
              "cancellation": { "deadlineMinutes": 1440, "fee": { "amount": 10.50, "currency": "BRL" } },
              "checkIn": { "opensMinutesBefore": 30, "releaseMinutesAfter": 10 },
              "price": { "amount": 35.00, "currency": "BRL" },
              "questions": [{ "key": "level", "label": "Level", "type": "choice", "choices": ["new", "old"], "required": true }],
              "requirements": [
                { "categoryId": {{tenant.CategoryId}}, "attributes": { "sink": true }, "quantity": 2, "assignment": "any" },
                { "resourceIds": [{{tenant.DoctorId}}], "assignment": "all" }],
              "public": true, "active": true }
            """);

        var service = await created.DataAsync<ServiceResponse>();
        Assert.Equal((HttpStatusCode.Created, Codes.ServiceCreated), (created.StatusCode, await created.SuccessAsync()));
        Assert.Equal($"/api/v1/services/{service.Id}", created.Headers.Location?.OriginalString);
        Assert.Equal("\"1\"", created.Headers.ETag?.Tag);
        Assert.Equal([90, 60], service.DurationsMinutes);
        Assert.Equal(("packed", 12, true, 120), (service.SlotGrid, service.Capacity, service.RequiresApproval, service.MinimumNoticeMinutes));
        Assert.Equal(new ServiceLimits(PerDay: 4, PerClient: 1, MinutesPerDay: 240), service.Limits);
        Assert.Equal(new CancellationPolicy(1440, new(10.50m, "BRL")), service.Cancellation);
        Assert.Equal(new Money(35m, "BRL"), service.Price);
        Assert.Equal([tenant.DoctorId], service.ResourceIds);
        Assert.Equal((tenant.CategoryId, 2, "any"), (service.Requirements[0].CategoryId, service.Requirements[0].Quantity, service.Requirements[0].Assignment));
        Assert.True(service.Requirements[0].Attributes!.Value.GetProperty("sink").GetBoolean());
        Assert.Equal((tenant.DoctorId, "all"), (Assert.Single(service.Requirements[1].ResourceIds!), service.Requirements[1].Assignment));
        var again = await tenant.SentAsync<ServiceResponse>("GET", $"/services/{service.Id}");
        Assert.Equal(Text(service), Text(again));
    }

    [Fact]
    public async Task A_service_that_requires_nothing_is_kept_and_never_offered()
    {
        var tenant = await platform.NewTenantAsync();

        var service = await tenant.SentAsync<ServiceResponse>("POST", "/services", """{ "name": "Idea", "durationsMinutes": [60] }""");

        Assert.Equal((0, 0, "fixed", 1, false), (service.Requirements.Count, service.ResourceIds.Count, service.SlotGrid, service.Capacity, service.Public));
    }

    [Fact]
    public async Task A_patch_keeps_absent_members_and_clears_null_members()
    {
        var tenant = await platform.NewTenantAsync();
        var path = $"/services/{tenant.ServiceId}";
        await tenant.SentAsync<ServiceResponse>("PATCH", path, """
            { "price": { "amount": 9.99, "currency": "EUR" }, "description": "D", "minimumNoticeMinutes": 5 }
            """);

        var renamed = await tenant.SentAsync<ServiceResponse>("PATCH", path, """{ "name": "Longer", "durationsMinutes": [90] }""");
        var cleared = await tenant.SentAsync<ServiceResponse>("PATCH", path, """
            { "price": null, "description": null, "minimumNoticeMinutes": null, "slotIntervalMinutes": null, "bookingWindowDays": null }
            """);

        Assert.Equal(("Longer", 9.99m, "D", 5), (renamed.Name, renamed.Price?.Amount, renamed.Description, renamed.MinimumNoticeMinutes));
        Assert.Equal([tenant.DoctorId], renamed.ResourceIds);
        Assert.Equal(("Longer", null, null, null, null), (cleared.Name, cleared.Price, cleared.Description, cleared.MinimumNoticeMinutes, cleared.BookingWindowDays));
        Assert.Equal(4, cleared.Version);
    }

    [Fact]
    public async Task Requirements_are_replaced_as_a_whole_and_bookings_stay_as_they_are()
    {
        var tenant = await platform.NewTenantAsync();
        var booking = await tenant.BookedAsync(tenant.AtNoon());
        var before = await tenant.SentAsync<ServiceResponse>("GET", $"/services/{tenant.ServiceId}");

        var after = await tenant.SentAsync<ServiceResponse>("PATCH", $"/services/{tenant.ServiceId}", $$"""
            { "requirements": [{ "categoryId": {{tenant.CategoryId}} }], "afterBufferMinutes": 30, "capacity": 5 }
            """);

        Assert.Equal((tenant.DoctorId, 1, "any"), (Assert.Single(before.Requirements[0].ResourceIds!), before.Requirements[0].Quantity, before.Requirements[0].Assignment));
        Assert.Equal((tenant.CategoryId, 0, 0), (after.Requirements[0].CategoryId, after.Requirements[0].ResourceIds!.Count, after.ResourceIds.Count));
        var same = await tenant.SentAsync<BookingResponse>("GET", $"/bookings/{booking.Id}");
        Assert.Equal((booking.Version, booking.Start, booking.End), (same.Version, same.Start, same.End));
    }

    [Fact]
    public async Task A_booked_service_is_deactivated_and_another_deleted()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.BookedAsync(tenant.AtNoon());
        var idea = await tenant.SentAsync<ServiceResponse>("POST", "/services", $$"""
            { "name": "Idea", "durationsMinutes": [60], "requirements": [{ "resourceIds": [{{tenant.DoctorId}}] }] }
            """);

        var booked = await tenant.RefusedAsync("DELETE", $"/services/{tenant.ServiceId}");
        using var deleted = await tenant.SendAsync("DELETE", $"/services/{idea.Id}", version: 1);
        await tenant.SentAsync<ServiceResponse>("PATCH", $"/services/{tenant.ServiceId}", """{ "active": false }""");

        Assert.Equal((409, Codes.InUse, null), booked);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.Empty(await tenant.SentAsync<List<ServiceResponse>>("GET", "/services"));
        Assert.Single(await tenant.SentAsync<List<ServiceResponse>>("GET", "/services?active=false"));
    }

    [Theory]
    [InlineData("durationsMinutes", "[]", 400, Codes.ValidationFailed, "durationsMinutes")]
    [InlineData("durationsMinutes", "null", 400, Codes.ValidationFailed, "durationsMinutes")]
    [InlineData("durationsMinutes", "[0]", 400, Codes.ValidationFailed, "durationsMinutes")]
    [InlineData("durationsMinutes", "[10081]", 400, Codes.ValidationFailed, "durationsMinutes")]
    [InlineData("durationsMinutes", "[60, 60]", 400, Codes.ValidationFailed, "durationsMinutes")]
    [InlineData("durationsMinutes", "[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21]", 400, Codes.ValidationFailed, "durationsMinutes")]
    [InlineData("beforeBufferMinutes", "-1", 400, Codes.ValidationFailed, "beforeBufferMinutes")]
    [InlineData("afterBufferMinutes", "1441", 400, Codes.ValidationFailed, "afterBufferMinutes")]
    [InlineData("slotIntervalMinutes", "0", 400, Codes.ValidationFailed, "slotIntervalMinutes")]
    [InlineData("slotGrid", "\"loose\"", 400, Codes.ValidationFailed, "slotGrid")]
    [InlineData("bookingWindowDays", "0", 400, Codes.ValidationFailed, "bookingWindowDays")]
    [InlineData("capacity", "0", 400, Codes.ValidationFailed, "capacity")]
    [InlineData("limits", """{ "perDay": 0 }""", 400, Codes.ValidationFailed, "limits.perDay")]
    [InlineData("cancellation", """{ "deadlineMinutes": -1 }""", 400, Codes.ValidationFailed, "cancellation.deadlineMinutes")]
    [InlineData("price", """{ "amount": -0.01, "currency": "EUR" }""", 422, Codes.InvalidAmount, "price.amount")]
    [InlineData("price", """{ "amount": 0.001, "currency": "EUR" }""", 422, Codes.InvalidAmount, "price.amount")]
    [InlineData("price", """{ "amount": 0.5, "currency": "JPY" }""", 422, Codes.InvalidAmount, "price.amount")]
    [InlineData("price", """{ "amount": 100000000, "currency": "EUR" }""", 422, Codes.InvalidAmount, "price.amount")]
    [InlineData("price", """{ "amount": 1, "currency": "eur" }""", 422, Codes.UnknownCurrency, "price.currency")]
    [InlineData("price", """{ "amount": 1, "currency": "XXX" }""", 422, Codes.UnknownCurrency, "price.currency")]
    [InlineData("price", """{ "amount": "1", "currency": "EUR" }""", 400, Codes.ValidationFailed, "price.amount")]
    [InlineData("cancellation", """{ "fee": { "amount": 1, "currency": "ZZZ" } }""", 422, Codes.UnknownCurrency, "cancellation.fee.currency")]
    [InlineData("questions", """[{ "key": "a", "label": "A" }, { "key": "a", "label": "B" }]""", 422, Codes.InvalidQuestion, "questions[1].key")]
    [InlineData("questions", """[{ "key": "a", "label": "A", "type": "choice" }]""", 422, Codes.InvalidQuestion, "questions[0].choices")]
    [InlineData("questions", """[{ "key": "a", "label": "A", "choices": ["x"] }]""", 422, Codes.InvalidQuestion, "questions[0].choices")]
    [InlineData("questions", """[{ "key": "9", "label": "A" }]""", 400, Codes.ValidationFailed, "questions[0].key")]
    [InlineData("questions", """[null]""", 400, Codes.ValidationFailed, "questions[0]")]
    [InlineData("questions", """[{ "key": "a", "label": "A", "type": "choice", "choices": [null] }]""", 400, Codes.ValidationFailed, "questions[0].choices")]
    [InlineData("requirements", """[{}]""", 422, Codes.InvalidRequirement, "requirements[0]")]
    [InlineData("requirements", """[{ "resourceIds": [] }]""", 422, Codes.InvalidRequirement, "requirements[0]")]
    [InlineData("requirements", """[{ "resourceIds": [DOCTOR], "quantity": 2 }]""", 422, Codes.InvalidRequirement, "requirements[0].quantity")]
    [InlineData("requirements", """[{ "resourceIds": [DOCTOR, DOCTOR] }]""", 400, Codes.ValidationFailed, "requirements[0].resourceIds")]
    [InlineData("requirements", """[{ "resourceIds": [DOCTOR], "attributes": { "a": 1 } }]""", 422, Codes.InvalidRequirement, "requirements[0].attributes")]
    [InlineData("requirements", """[{ "categoryId": CATEGORY, "attributes": { "a": [] } }]""", 422, Codes.InvalidAttributes, "requirements[0].attributes.a")]
    [InlineData("requirements", """[{ "categoryId": CATEGORY, "quantity": 51 }]""", 400, Codes.ValidationFailed, "requirements[0].quantity")]
    [InlineData("requirements", """[{ "categoryId": CATEGORY, "assignment": "best" }]""", 400, Codes.ValidationFailed, "requirements[0].assignment")]
    [InlineData("requirements", """[{ "categoryId": OTHER_CATEGORY }]""", 404, Codes.NotFound, "requirements[0].categoryId")]
    [InlineData("requirements", """[{ "resourceIds": [DOCTOR, OTHER_DOCTOR] }]""", 404, Codes.NotFound, "requirements[0].resourceIds")]
    [InlineData("requirements", """[{ "resourceIds": [0] }]""", 404, Codes.NotFound, "requirements[0].resourceIds")]
    [InlineData("colour", "1", 400, Codes.ValidationFailed, "colour")]
    public async Task An_invalid_service_is_refused_on_create_and_on_change(
        string member, string value, int status, string code, string field)
    {
        var (tenant, other) = (await platform.UntouchedTenantAsync(), await platform.UntouchedTenantAsync(1));
        var filled = value
            .Replace("OTHER_DOCTOR", $"{other.DoctorId}").Replace("OTHER_CATEGORY", $"{other.CategoryId}")
            .Replace("DOCTOR", $"{tenant.DoctorId}").Replace("CATEGORY", $"{tenant.CategoryId}");
        var body = new JsonObject { ["name"] = "X", ["durationsMinutes"] = new JsonArray(60) };
        body[member] = JsonNode.Parse(filled);

        var made = await tenant.RefusedAsync("POST", "/services", body.ToJsonString());
        var changed = await tenant.RefusedAsync("PATCH", $"/services/{tenant.ServiceId}", $$"""{ "{{member}}": {{filled}} }""");

        Assert.StartsWith(field, made.Field, StringComparison.Ordinal); // price.amount, where the type is wrong
        Assert.Equal((status, code, field), (changed.Status, changed.Code, changed.Field));
        Assert.Equal((status, code), (made.Status, made.Code));
    }

    [Fact]
    public async Task A_change_with_stale_version_returns_412_and_a_repeated_key_creates_nothing()
    {
        var tenant = await platform.NewTenantAsync();
        const string Body = """{ "name": "Once", "durationsMinutes": [60], "price": { "amount": 5, "currency": "JPY" } }""";
        await tenant.SentAsync<ServiceResponse>("PATCH", $"/services/{tenant.ServiceId}", """{ "name": "First" }""");

        var stale = await tenant.RefusedAsync("PATCH", $"/services/{tenant.ServiceId}", """{ "name": "Second" }""", 1);
        using var once = await tenant.SendAsync("POST", "/services", Body, key: "k");
        using var twice = await tenant.SendAsync("POST", "/services", Body, key: "k");

        Assert.Equal((412, Codes.VersionMismatch, null), stale);
        Assert.Equal(await once.Content.ReadAsStringAsync(), await twice.Content.ReadAsStringAsync());
        Assert.Equal(["First", "Once"], (await tenant.SentAsync<List<ServiceResponse>>("GET", "/services")).Select(s => s.Name).Order());
    }

    private static string Text(ServiceResponse service) => JsonSerializer.Serialize(service, PlatformJson.Options);
}
