using System.Net;
using System.Text;
using System.Text.Json;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Contracts.Catalogue;
using Platform.Contracts.Clients;
using Platform.Core.Catalogue;
using Platform.Tests.Bookings;
using Platform.Tests.Support;

namespace Platform.Tests.Catalogue;

public sealed class CustomFieldTests(PlatformFixture platform)
{
    private static readonly FieldRule[] Fields =
    [
        new("plan", "Plan", "choice", true, ["A", "B"]),
        new("born", "Born", "date", false, []),
        new("vip", "VIP", "boolean", false, []),
        new("score", "Score", "number", false, []),
        new("note", "Note", "text", false, [], MaxLength: 10),
    ];

    [Fact]
    public async Task A_field_is_made_read_changed_and_deleted()
    {
        var tenant = await platform.NewTenantAsync();

        using var created = await tenant.SendAsync("POST", "/custom-fields", """
            { "appliesTo": "client", "key": "plan", "label": "Plan 🦄", "type": "choice", "choices": ["A", "B"], "required": true }
            """);
        var field = await created.DataAsync<CustomFieldResponse>();
        var changed = await tenant.SentAsync<CustomFieldResponse>("PATCH", $"/custom-fields/{field.Id}", """{ "choices": ["A"], "position": 3 }""");
        var ofResources = await tenant.SentAsync<List<CustomFieldResponse>>("GET", "/custom-fields?appliesTo=resource");
        using var deleted = await tenant.SendAsync("DELETE", $"/custom-fields/{field.Id}", version: 2);

        Assert.Equal((HttpStatusCode.Created, Codes.CustomFieldCreated), (created.StatusCode, await created.SuccessAsync()));
        Assert.Equal($"/api/v1/custom-fields/{field.Id}", created.Headers.Location?.OriginalString);
        Assert.Equal(("Plan 🦄", 3, 2), (changed.Label, changed.Position, changed.Version));
        Assert.Equal(["A"], changed.Choices);
        Assert.Empty(ofResources);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
    }

    [Fact]
    public async Task A_key_is_unique_for_each_entity_type()
    {
        var tenant = await platform.NewTenantAsync();
        const string Field = """{ "appliesTo": "client", "key": "plan", "label": "Plan", "type": "text" }""";
        await tenant.SentAsync<CustomFieldResponse>("POST", "/custom-fields", Field);

        var twice = await tenant.RefusedAsync("POST", "/custom-fields", Field);
        using var elsewhere = await tenant.SendAsync("POST", "/custom-fields", Field.Replace("client", "booking"));

        Assert.Equal((409, Codes.AlreadyExists, "key"), twice);
        Assert.Equal(HttpStatusCode.Created, elsewhere.StatusCode);
    }

    [Theory]
    [InlineData("""{ "appliesTo": "tenant", "key": "a", "label": "A", "type": "text" }""", 400, Codes.ValidationFailed, "appliesTo")]
    [InlineData("""{ "appliesTo": "client", "key": "a b", "label": "A", "type": "text" }""", 400, Codes.ValidationFailed, "key")]
    [InlineData("""{ "appliesTo": "client", "key": "a", "label": "", "type": "text" }""", 400, Codes.ValidationFailed, "label")]
    [InlineData("""{ "appliesTo": "client", "key": "a", "label": "A", "type": "file" }""", 400, Codes.ValidationFailed, "type")]
    [InlineData("""{ "appliesTo": "client", "key": "a", "label": "A", "type": "choice" }""", 422, Codes.InvalidCustomField, "choices")]
    [InlineData("""{ "appliesTo": "client", "key": "a", "label": "A", "type": "text", "choices": ["x"] }""", 422, Codes.InvalidCustomField, "choices")]
    [InlineData("""{ "appliesTo": "client", "key": "a", "label": "A", "type": "choice", "choices": ["x", "x"] }""", 400, Codes.ValidationFailed, "choices")]
    [InlineData("""{ "appliesTo": "client", "key": "a", "label": "A", "type": "choice", "choices": [" "] }""", 400, Codes.ValidationFailed, "choices")]
    public async Task An_invalid_field_is_refused(string body, int status, string code, string field)
    {
        var tenant = await platform.UntouchedTenantAsync();

        Assert.Equal((status, code, field), await tenant.RefusedAsync("POST", "/custom-fields", body));
    }

    [Fact]
    public async Task A_field_of_resources_is_one_of_their_attributes()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.SentAsync<CustomFieldResponse>("POST", "/custom-fields", """
            { "appliesTo": "resource", "key": "badge", "label": "Badge", "type": "number" }
            """);

        var refused = await tenant.RefusedAsync("PATCH", $"/resources/{tenant.DoctorId}", """{ "attributes": { "badge": "7" } }""");
        var fits = await tenant.SentAsync<ResourceResponse>("PATCH", $"/resources/{tenant.DoctorId}", """{ "attributes": { "badge": 7 } }""");

        Assert.Equal((422, Codes.InvalidAttributes, "attributes.badge"), refused);
        Assert.Equal(7, fits.Attributes.GetProperty("badge").GetInt32());
    }

    [Theory]
    [InlineData("""{ "plan": "A" }""")]
    [InlineData("""{ "plan": "B", "born": "2000-02-29", "vip": false, "score": -1.5, "note": "" }""")]
    [InlineData("""{ "plan": "B", "note": null }""")]
    public void Values_that_fit_are_fine(string values) => Assert.Null(CustomFieldRules.CheckMetadata(Fields, Json(values)));

    [Theory]
    [InlineData("[]", "metadata")]
    [InlineData("{}", "metadata.plan")]
    [InlineData("""{ "plan": null }""", "metadata.plan")]
    [InlineData("""{ "plan": "C" }""", "metadata.plan")]
    [InlineData("""{ "plan": "A", "born": "2001-02-29" }""", "metadata.born")]
    [InlineData("""{ "plan": "A", "vip": "yes" }""", "metadata.vip")]
    [InlineData("""{ "plan": "A", "score": "1" }""", "metadata.score")]
    [InlineData("""{ "plan": "A", "note": 1 }""", "metadata.note")]
    [InlineData("""{ "plan": "A", "other": 1 }""", "metadata.other")]
    [InlineData("""{ "plan": "A", "other": null }""", "metadata.other")]
    [InlineData("""{ "plan": "A", "note": "12345678901" }""", "metadata.note")]
    [InlineData("""{ "plan": ["A"] }""", "metadata.plan")]
    public void Values_that_do_not_fit_are_named(string values, string field)
    {
        var rejection = CustomFieldRules.CheckMetadata(Fields, Json(values));

        Assert.Equal((Codes.InvalidMetadata, field), (rejection?.Code, rejection?.Field));
    }

    [Theory]
    [InlineData("{}", "answers.plan")]
    [InlineData("""{ "plan": "C" }""", "answers.plan")]
    [InlineData("""{ "plan": "A", "seats": "two" }""", "answers.seats")]
    [InlineData("""{ "plan": "A", "colour": "red" }""", "answers.colour")]
    [InlineData("[]", "answers")]
    public async Task Answers_are_checked_wherever_a_booking_is_made_or_changed(string answers, string field)
    {
        var tenant = await platform.NewTenantAsync();
        await BookingFieldsAsync(tenant);
        var slot = $$"""{ "serviceId": {{tenant.ServiceId}}, "start": "2026-03-02T12:00:00Z" """;
        var known = await tenant.SentAsync<BookingResponse>("POST", "/bookings", slot + """, "answers": { "plan": "A" } }""");
        var hold = await tenant.HeldAsync(PlatformFixture.Monday9am.AddHours(1));
        var later = slot.Replace("T12", "T14");
        var withAnswers = $$""", "answers": {{answers}} }""";
        var person = """, "client": { "name": "Ada", "email": "ada@example.com" }, "consent": true""";

        var refused = new[]
        {
            await tenant.RefusedAsync("POST", "/bookings", later + withAnswers),
            await tenant.RefusedAsync("POST", "/bookings", slot.Replace("T12", "T10") + $$""", "holdToken": "{{hold.Token}}" """ + withAnswers),
            await tenant.RefusedAsync("POST", "/series", later + """, "rrule": "FREQ=DAILY;COUNT=2" """ + withAnswers),
            await tenant.RefusedAsync("PATCH", $"/bookings/{known.Id}", $$"""{ "answers": {{answers}} }"""),
            await PublicAsync(tenant, "/bookings", later + person + withAnswers),
        };

        Assert.All(refused, r => Assert.Equal((422, Codes.InvalidAnswers, field), r));
        Assert.Equal("A", (await tenant.SentAsync<BookingResponse>("GET", $"/bookings/{known.Id}")).Answers!.Value.GetProperty("plan").GetString());
    }

    [Theory]
    [InlineData("{}", "plan")]
    [InlineData("""{ "plan": "C" }""", "plan")]
    [InlineData("""{ "plan": "A", "born": "2001-02-29" }""", "born")]
    [InlineData("""{ "plan": "A", "shoe": 43 }""", "shoe")]
    public async Task Fields_of_clients_are_checked_however_a_client_becomes_known(string metadata, string key)
    {
        var tenant = await platform.NewTenantAsync();
        await ClientFieldsAsync(tenant);
        var member = $$""", "metadata": {{metadata}}""";
        var person = $$"""{ "name": "Ada", "email": "ada@example.com"{{member}} }""";
        var body = $$"""{ "serviceId": {{tenant.ServiceId}}, "start": "2026-03-02T14:00:00Z", "client": {{person}} """;
        var known = await tenant.SentAsync<ClientResponse>(
            "POST", "/clients", """{ "name": "Known", "email": "known@example.com", "metadata": { "plan": "A" } }""");

        var nested = new[]
        {
            await tenant.RefusedAsync("POST", "/bookings", body + "}"),
            await tenant.RefusedAsync("POST", "/series", body + """, "rrule": "FREQ=DAILY;COUNT=2" }"""),
            await tenant.RefusedAsync("POST", "/waitlist", $$"""
                { "serviceId": {{tenant.ServiceId}}, "from": "2026-03-02T10:00:00Z", "to": "2026-03-03T10:00:00Z", "client": {{person}} }
                """),
            await PublicAsync(tenant, "/bookings", body + """, "consent": true }"""),
        };
        var direct = new[]
        {
            await tenant.RefusedAsync("POST", "/clients", person),
            await tenant.RefusedAsync("PATCH", $"/clients/{known.Id}", $$"""{ "metadata": {{metadata}} }"""),
        };

        Assert.All(nested, r => Assert.Equal((422, Codes.InvalidMetadata, $"client.metadata.{key}"), r));
        Assert.All(direct, r => Assert.Equal((422, Codes.InvalidMetadata, $"metadata.{key}"), r));
        Assert.Equal(1, await tenant.CountAsync("select count(*) from clients"));
    }

    [Fact]
    public async Task Known_clients_need_no_field_values_and_new_clients_keep_theirs()
    {
        var tenant = await platform.NewTenantAsync();
        await ClientFieldsAsync(tenant);
        await tenant.ExecuteAsync("insert into clients (name, email, locale) values ('Old', 'old@example.com', 'en')");

        await tenant.BookedAsync(tenant.AtNoon("old@example.com"));
        var booked = await tenant.BookedAsync(tenant.AtNoon() with
        {
            Start = PlatformFixture.Monday9am,
            Client = new("New", "new@example.com", Metadata: Json("""{ "plan": "B" }""")),
        });

        var client = await tenant.SentAsync<ClientResponse>("GET", $"/clients/{booked.Client!.Id}");
        Assert.Equal("B", client.Metadata.GetProperty("plan").GetString());
    }

    [Fact]
    public async Task An_imported_file_has_columns_for_fields_and_a_row_without_a_required_one_is_refused()
    {
        var tenant = await platform.NewTenantAsync();
        await BookingFieldsAsync(tenant);
        await ClientFieldsAsync(tenant);
        const string File = """
            start,client name,client email,answers.plan,answers.seats,client.plan,client.size
            2026-03-02T09:00:00Z,Ada,ada@example.com,A,2,B,
            2026-03-02T10:00:00Z,Bob,bob@example.com,,2,B,
            2026-03-02T11:00:00Z,Cyd,cyd@example.com,A,two,B,
            2026-03-02T12:00:00Z,Dan,dan@example.com,A,,,
            2026-03-02T13:00:00Z,Eve,eve@example.com,A,,B,XL
            2026-03-02T14:00:00Z,Fay,fay@example.com,A,"1,5",B,
            """;

        using var content = new StringContent(File, Encoding.UTF8, "text/csv");
        using var response = await tenant.Client.PostAsync($"/api/v1/bookings/import?serviceId={tenant.ServiceId}", content);
        var report = await response.DataAsync<ImportReport>();

        Assert.Equal(
            [null, "INVALID_ANSWERS answers.plan", "INVALID_ANSWERS answers.seats", "INVALID_METADATA client.metadata.plan",
                "INVALID_METADATA client.metadata.size", "INVALID_ANSWERS answers.seats"],
            report.Results.Select(r => r.Code is null ? null : $"{r.Code} {r.Field}"));
        Assert.Equal("2", (string?)await tenant.ValueAsync("select answers ->> 'seats' from bookings"));
        Assert.Equal("B", (string?)await tenant.ValueAsync("select metadata ->> 'plan' from clients"));
    }

    private static async Task BookingFieldsAsync(TestTenant tenant)
    {
        await tenant.SentAsync<CustomFieldResponse>("POST", "/custom-fields", """
            { "appliesTo": "booking", "key": "plan", "label": "Plan", "type": "choice", "choices": ["A", "B"], "required": true }
            """);
        await tenant.ExecuteAsync("""update services set questions = '[{"key": "seats", "label": "Seats", "type": "number"}]'""");
    }

    private static async Task ClientFieldsAsync(TestTenant tenant)
    {
        await tenant.SentAsync<CustomFieldResponse>("POST", "/custom-fields", """
            { "appliesTo": "client", "key": "plan", "label": "Plan", "type": "choice", "choices": ["A", "B"], "required": true }
            """);
        await tenant.SentAsync<CustomFieldResponse>(
            "POST", "/custom-fields", """{ "appliesTo": "client", "key": "born", "label": "Born", "type": "date" }""");
    }

    private async Task<(int Status, string? Code, string? Field)> PublicAsync(TestTenant tenant, string path, string body)
    {
        using var anybody = platform.Client();
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await anybody.PostAsync($"/public/api/v1/{tenant.Slug}{path}", content);
        return await response.RefusalAsync();
    }

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;
}
