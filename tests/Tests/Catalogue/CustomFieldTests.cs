using System.Net;
using System.Text.Json;
using Platform.Contracts;
using Platform.Contracts.Catalogue;
using Platform.Core.Catalogue;
using Platform.Tests.Support;

namespace Platform.Tests.Catalogue;

public sealed class CustomFieldTests(PlatformFixture platform)
{
    private static readonly CustomField[] Fields =
    [
        new() { AppliesTo = "client", Key = "plan", Label = "Plan", Type = "choice", Choices = ["A", "B"], Required = true },
        new() { AppliesTo = "client", Key = "born", Label = "Born", Type = "date" },
        new() { AppliesTo = "client", Key = "vip", Label = "VIP", Type = "boolean" },
        new() { AppliesTo = "client", Key = "score", Label = "Score", Type = "number" },
        new() { AppliesTo = "client", Key = "note", Label = "Note", Type = "text" },
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
    public async Task A_key_is_there_once_for_each_kind_of_thing()
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
    public async Task A_field_that_makes_no_sense_is_refused(string body, int status, string code, string field)
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
    public void Values_that_fit_are_fine(string values) => Assert.Null(CustomFieldRules.Check(Fields, Json(values)));

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
    public void Values_that_do_not_fit_are_named(string values, string field)
    {
        var rejection = CustomFieldRules.Check(Fields, Json(values));

        Assert.Equal((Codes.InvalidMetadata, field), (rejection?.Code, rejection?.Field));
    }

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;
}
