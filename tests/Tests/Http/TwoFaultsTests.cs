using System.Text;
using System.Text.Json;
using Platform.Tests.Support;

namespace Platform.Tests.Http;

/// <summary>A body with two errors gets both at once, whichever rules find them.</summary>
public sealed class TwoFaultsTests(PlatformFixture platform)
{
    /// <summary>Method, path, body and the fields that are to blame.</summary>
    private static readonly (string Method, string Path, string Body, string Fields)[] Bodies =
    [
        ("POST", "/api/v1/resources", """{ "name": "R", "categoryId": 999, "timeZone": "No/Where", "parentId": 999 }""",
            "timeZone categoryId parentId"),
        ("POST", "/api/v1/resources", """{ "name": "R", "categoryId": %category%, "attributes": { "size": "x", "color": 1 } }""",
            "attributes.sink attributes.size attributes.color"),
        ("POST", "/api/v1/categories", """{ "name": "C", "attributeSchema": { "nope": 1, "properties": { "a": { "type": "x" }, "b": 1 } } }""",
            "attributeSchema.nope attributeSchema.properties.a.type attributeSchema.properties.b"),
        ("POST", "/api/v1/services", """
            {
                "name": "S", "durationsMinutes": [30], "price": { "amount": -1, "currency": "XXX" },
                "questions": [{ "key": "a", "label": "A" }, { "key": "a", "label": "A", "type": "choice" }],
                "requirements": [{ "categoryId": 999 }, { "resourceIds": [999] }]
            }
            """,
            "price.currency price.amount questions[1].key questions[1].choices requirements[0].categoryId requirements[1].resourceIds"),
        ("PUT", "/api/v1/resources/%doctor%/schedule", """
            { "timeZone": "No/Where", "rules": [{ "days": ["monday"], "start": "09:00", "end": "10:00", "validFrom": "1800-01-01" }] }
            """, "timeZone rules[0].validFrom"),
        ("PATCH", "/api/v1/settings", """
            {
                "timeZone": "Europe/Lisbon",
                "openingHours": [{ "days": ["monday"], "start": "09:00", "end": "10:00", "validFrom": "2026-02-01", "validTo": "2026-01-01" }]
            }
            """, "openingHours[0].validTo timeZone"),
        ("POST", "/api/v1/blackouts", """{ "start": "1800-01-01T00:00:00Z", "end": "2300-01-01T00:00:00Z", "resourceId": 999 }""",
            "start end resourceId"),
        ("POST", "/api/v1/clients", """{ "name": "C", "phone": "12", "timeZone": "No/Where" }""", "phone timeZone"),
        ("PATCH", "/api/v1/clients/%client%", """{ "phone": "12", "timeZone": "No/Where" }""", "phone timeZone"),
        ("POST", "/api/v1/bookings", """{ "serviceId": %service%, "start": "2026-03-02T12:00:00", "client": { "name": "C", "phone": "12" } }""",
            "timeZone client.phone"),
        ("POST", "/api/v1/bookings", """
            { "serviceId": %service%, "start": "2026-03-02T12:00:00Z", "client": { "name": "C", "phone": "12" }, "answers": { "a": 1, "b": 2 } }
            """, "client.phone answers.a answers.b"),
        ("POST", "/api/v1/waitlist", """
            {
                "serviceId": %service%, "from": "2026-03-08T02:30:00", "to": "2026-03-08T02:45:00", "timeZone": "America/New_York",
                "client": { "name": "C" }
            }
            """, "from to"),
        ("PATCH", "/api/v1/users/%user%", """{ "userType": "x", "roles": ["x", "user", "y"] }""", "userType roles[0] roles[2]"),
        ("POST", "/api/v1/roles", """{ "name": "R", "permissions": ["x", "users.read", "y"] }""", "permissions[0] permissions[2]"),
        ("POST", "/api/v1/service-accounts", """{ "name": "A", "roles": ["x", "y"] }""", "roles[0] roles[1]"),
        ("POST", "/api/v1/service-accounts/%account%/keys", """{ "scopes": ["x", "licensing", "y"], "expiresAt": "2020-01-01T00:00:00Z" }""",
            "scopes[0] scopes[2] expiresAt"),
        ("POST", "/internal/api/v1/tenants/%tenant%/licenses", """
            {
                "application": "tq", "userLimit": 1, "activatedAt": "2020-01-01T00:00:00Z", "trialEndsAt": "2021-01-01T00:00:00Z",
                "expiresAt": "2022-01-01T00:00:00Z"
            }
            """, "expiresAt trialEndsAt"),
        ("POST", "/internal/api/v1/applications/1/pricing", """
            { "userType": "x", "price": 1.001, "currency": "XXX", "validFrom": "2026-06-01T00:00:00Z", "validTo": "2026-05-01T00:00:00Z" }
            """, "price currency validTo userType"),
        ("POST", "/public/api/v1/%slug%/bookings", """
            {
                "serviceId": %service%, "start": "2026-03-02T12:00:00Z", "consent": true, "answers": { "a": 1 },
                "client": { "name": "C", "email": "c@example.com", "phone": "12" }
            }
            """, "client.phone answers.a"),
    ];

    [Fact]
    public async Task All_errors_of_a_body_are_returned_at_once()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.ExecuteAsync("""
            update categories set attribute_schema = '{ "properties": {
                "sink": { "type": "boolean", "required": true }, "size": { "type": "number" }, "color": { "type": "string" } } }'
            """);
        var client = (await tenant.BookedAsync(tenant.AtNoon())).Client!.Id;
        using var staff = platform.Staff();
        using var anybody = platform.Client();
        List<string> expected = [], returned = [];

        foreach (var (method, path, body, fields) in Bodies)
        {
            using var request = new HttpRequestMessage(new(method), Filled(path))
            {
                Content = new StringContent(Filled(body), Encoding.UTF8, "application/json"),
            };
            var caller = path.StartsWith("/internal", StringComparison.Ordinal) ? staff
                : path.StartsWith("/public", StringComparison.Ordinal) ? anybody : tenant.Client;
            using var answer = await caller.SendAsync(request);
            expected.Add($"{method} {path}: {fields}");
            returned.Add($"{method} {path}: {await FieldsAsync(answer)}");
        }

        Assert.Equal(expected, returned);

        string Filled(string text) => text
            .Replace("%category%", $"{tenant.CategoryId}", StringComparison.Ordinal)
            .Replace("%doctor%", $"{tenant.DoctorId}", StringComparison.Ordinal)
            .Replace("%service%", $"{tenant.ServiceId}", StringComparison.Ordinal)
            .Replace("%client%", $"{client}", StringComparison.Ordinal)
            .Replace("%user%", $"{tenant.UserId}", StringComparison.Ordinal)
            .Replace("%account%", $"{tenant.ServiceAccountId}", StringComparison.Ordinal)
            .Replace("%tenant%", $"{tenant.Id}", StringComparison.Ordinal)
            .Replace("%slug%", tenant.Slug, StringComparison.Ordinal);
    }

    private static async Task<string> FieldsAsync(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync();
        return JsonDocument.Parse(text).RootElement.TryGetProperty("errors", out var errors)
            ? string.Join(' ', errors.EnumerateArray().Select(e => e.GetProperty("field").GetString()))
            : $"{(int)answer.StatusCode} {text}";
    }
}
