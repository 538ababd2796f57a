using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Platform.Contracts;
using Platform.Tests.Support;

namespace Platform.Tests.Http;

/// <summary>Responses contain who created an entity, who changed it last, and when.</summary>
public sealed class StampTests(PlatformFixture platform)
{
    private static readonly string[] Stamps = ["CreatedAt", "CreatedBy", "UpdatedAt", "UpdatedBy"];

    /// <summary>Routes of a single entity whose response has no stamps, and why.</summary>
    private static readonly Dictionary<string, string> WithoutStamps = new()
    {
        ["api/v1/holds/{id}"] = "a hold is gone within minutes",
        ["api/v1/message-templates/{kind}/{locale}"] = "its member own has them",
        ["api/v1/groups/{id}"] = "a group is a role, which has them",
        ["public/api/v1/{slug}/holds/{token}"] = "a hold is gone within minutes",
        ["public/api/v1/{slug}/manage/{token}"] = "who works there is nobody's business",
        ["public/api/v1/{slug}/waitlist/{token}"] = "who works there is nobody's business",
        ["api/v1/webhooks/deliveries/{id}"] = "the Worker makes and changes it",
        ["internal/api/v1/webhooks/deliveries/{id}"] = "the Worker makes and changes it",
        ["internal/api/v1/tenant-tasks/{id}"] = "the Worker finishes it once",
        ["internal/api/v1/events/dead-letters/{id}"] = "the Worker makes it",
        ["internal/api/v1/brands/{tenant}"] = "colours for our own pages",
        ["internal/api/v1/audit/persons/{userId}"] = "a report is made when it is read",
    };

    [Fact]
    public void Every_response_for_a_single_entity_contains_who_created_and_changed_it()
    {
        var details = ((string[])["/api/v1/", "/internal/api/v1/", "/public/api/v1/"]).SelectMany(platform.Operations)
            .Where(o => o.HttpMethod == "GET" && o.RelativePath!.TrimEnd('/').EndsWith('}'))
            .Select(o => (Path: Plain(o), Answer: o.SupportedResponseTypes.Single(r => r.StatusCode == 200).Type!)).ToList();

        var without = details.Where(d => Stamps.Any(name => d.Answer.GetProperty(name) is null)).Select(d => d.Path);

        Assert.Equal(WithoutStamps.Keys.Order(StringComparer.Ordinal), without.Order(StringComparer.Ordinal));
        Assert.True(details.Count > 15);
    }

    [Fact]
    public async Task Responses_name_the_user_who_created_and_changed_an_entity()
    {
        var tenant = await platform.NewTenantAsync();
        using var staff = platform.ClientWith(1, staff: true, Scopes.Platform, Scopes.Scheduling, Scopes.Licensing);
        staff.DefaultRequestHeaders.Add(Headers.TenantId, $"{tenant.Id}");
        var booking = await tenant.BookedAsync(tenant.AtNoon());

        await SameAsync("resources", """{ "name": "Room", "categoryId": %category% }""", """{ "name": "Hall" }""");
        await SameAsync("categories", """{ "name": "Rooms" }""", """{ "name": "Halls" }""");
        await SameAsync("services", """{ "name": "Talk", "durationsMinutes": [30] }""", """{ "name": "Chat" }""");
        await SameAsync(
            "custom-fields", """{ "appliesTo": "client", "key": "a", "label": "A", "type": "text" }""", """{ "label": "B" }""");
        await SameAsync("clients", """{ "name": "Bea" }""", """{ "name": "Bo" }""");
        await SameAsync("service-accounts", """{ "name": "Robot 2", "roles": [] }""", """{ "name": "Robot 3" }""");

        using var changed = await staff.SendAsync(Request("PATCH", $"/api/v1/bookings/{booking.Id}", """{ "note": "x" }"""));
        Assert.Equal(($"user:{tenant.UserId}", "user:1"), await WhoAsync(changed));

        var tenants = $"/internal/api/v1/tenants/{tenant.Id}";
        using var renamed = await staff.SendAsync(Request("PATCH", tenants, """{ "name": "New" }"""));
        Assert.Equal((null, "user:1"), await WhoAsync(renamed));
        using var address = await staff.SendAsync(Request(
            "POST", $"{tenants}/addresses", """{ "type": "HQ", "line1": "Rua A, 1", "city": "Lisboa", "country": "PT" }"""));
        Assert.Equal(("user:1", "user:1"), await WhoAsync(address));
        using var contact = await staff.SendAsync(Request(
            "POST", $"{tenants}/contacts", """{ "type": "TECH", "name": "Tess", "email": "tess@example.com" }"""));
        Assert.Equal(("user:1", "user:1"), await WhoAsync(contact));

        async Task SameAsync(string collection, string make, string change)
        {
            make = make.Replace("%category%", $"{tenant.CategoryId}", StringComparison.Ordinal);
            using var made = await tenant.Client.SendAsync(Request("POST", $"/api/v1/{collection}", make));
            Assert.Equal(($"user:{tenant.UserId}", $"user:{tenant.UserId}"), await WhoAsync(made));
            var path = $"/api/v1/{collection}/{(await DataAsync(made)).GetProperty("id")}";

            using var altered = await staff.SendAsync(Request("PATCH", path, change));
            using var read = await tenant.Client.GetAsync(path);

            Assert.Equal(($"user:{tenant.UserId}", "user:1"), await WhoAsync(altered));
            Assert.Equal(await DataAsync(altered), await DataAsync(read), JsonElement.DeepEquals);
        }
    }

    [Fact]
    public async Task Anonymous_callers_do_not_see_who_created_or_changed_an_entity()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.SendAsync("PATCH", $"/services/{tenant.ServiceId}", """{ "name": "Talk" }""");
        using var anybody = platform.Client();

        var services = await anybody.GetStringAsync($"/public/api/v1/{tenant.Slug}/services");

        Assert.DoesNotContain("user:", services, StringComparison.Ordinal);
    }

    private static string Plain(ApiDescription operation) => operation.DescribedPath().TrimStart('/');

    private static async Task<(string? Made, string? Changed)> WhoAsync(HttpResponseMessage answer)
    {
        var data = await DataAsync(answer);
        var (made, changed) = (data.GetProperty("createdAt").GetDateTimeOffset(), data.GetProperty("updatedAt").GetDateTimeOffset());
        Assert.True(made != default && changed >= made, data.GetRawText());
        return (data.GetProperty("createdBy").GetString(), data.GetProperty("updatedBy").GetString());
    }

    private static async Task<JsonElement> DataAsync(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonDocument.Parse(text).RootElement.GetProperty("data");
    }

    private static HttpRequestMessage Request(string method, string path, string body) =>
        new(new(method), path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
}
