using System.Collections;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Platform.Api;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Tests.Licensing;
using Platform.Tests.Support;

namespace Platform.Tests.Http;

/// <summary>
/// Calls every operation that takes a date or an instant, in its URL or its body, with dates that do not exist, or at
/// the ends of the calendar. Operations, parameters and members come from the running API.
/// </summary>
public sealed partial class NonexistentDateTests(PlatformFixture platform)
{
    private const string Zone = "Pacific/Apia"; // had no 2011-12-30

    private static readonly string[] Values =
    [
        "2011-12-30", "2011-12-30T12:00", "2012-09-30T03:30", "2026-02-30", "2026-03-02T24:00", "9999-12-31",
        "9999-12-31T23:59", "9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59-12:00", "0001-01-01", "0001-01-01T00:00",
        "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00",
    ];

    private static readonly Dictionary<string, string[]> ValuesOf = new()
    {
        ["month"] = ["9999-12", "0001-01", "2026-13", "2998-12"],
        ["correctsMonth"] = ["9999-12", "0001-01", "2026-13", "2998-12"],
        ["year"] = ["9999", "10000", "1", "0", "-1", "2011"],
        ["years"] = ["9999", "1", "0", "2011"],
    };

    /// <summary>Dates in URLs, whatever their type; a test compares them with the existing parameters.</summary>
    private static readonly string[] InAddresses = ["from", "to", "asOf", "start", "date", "occurrence", "month", "year", "updatedSince", "endsBefore"];

    [Fact]
    public void Every_instant_in_a_URL_is_tested()
    {
        const BindingFlags all = BindingFlags.Static | BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public;
        var names = typeof(IApiAssembly).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(all).Cast<MethodBase>().Concat(type.GetConstructors(all)))
            .SelectMany(method => method.GetParameters())
            .Where(p => p.ParameterType.Name == "QueryInstant" && p.Name is not ("value" or "original" or "left" or "right" or "other"))
            .Select(p => JsonNamingPolicy.CamelCase.ConvertName(p.Name!)).Distinct().ToList();

        Assert.NotEmpty(names);
        Assert.Empty(names.Except(InAddresses));
    }

    [Fact]
    public async Task A_nonexistent_date_never_returns_a_server_error()
    {
        var world = await WorldAsync();
        List<string> failures = [];
        var walked = 0;

        foreach (var operation in Operations())
        {
            foreach (var place in PlacesOf(operation))
            {
                // A valid one first: it proves that the rest of the request is valid, so that only the date is
                // refused.
                foreach (var value in ValuesOf.GetValueOrDefault(place.Name, Values).Prepend(GoodOf(place)))
                {
                    if (value is null) continue;

                    using var response = await SendAsync(world, operation, place, value);
                    walked++;
                    var status = (int)response.StatusCode;
                    var isMisled = (status is 404 or 405 or 415 || (status == 400 && value == GoodOf(place)))
                        && operation.HttpMethod != "DELETE";
                    if (isMisled || (status >= 500 && !IsOfIdentity(operation)))
                    {
                        failures.Add($"{operation.HttpMethod} {operation.RelativePath} {place.Name}={value}: {status} "
                            + await response.Content.ReadAsStringAsync());
                    }
                }
            }
        }

        Assert.True(walked > 800, $"Only {walked} requests were made.");
        Assert.True(failures.Count == 0, string.Join('\n', failures.Take(40)));
    }

    [Theory]
    [InlineData("GET", "/bookings?from=2011-12-30", Codes.NonexistentLocalDate, "from")]
    [InlineData("GET", "/bookings?to=2011-12-30", Codes.NonexistentLocalDate, "to")]
    [InlineData("GET", "/bookings?from=2012-09-30T03:30", Codes.NonexistentLocalTime, "from")]
    [InlineData("GET", "/blackouts?from=2011-12-30", Codes.NonexistentLocalDate, "from")]
    [InlineData("GET", "/slots?serviceId={service}&from=2011-12-30&to=2012-01-01", Codes.NonexistentLocalDate, "from")]
    [InlineData("GET", "/slots/days?serviceId={service}&from=2011-12-29&to=2011-12-30", Codes.NonexistentLocalDate, "to")]
    [InlineData("GET", "/slots/next?serviceId={service}&from=2011-12-30", Codes.NonexistentLocalDate, "from")]
    [InlineData("GET", "/reports/bookings?from=2011-12-30&to=2012-01-01", Codes.NonexistentLocalDate, "from")]
    [InlineData("GET", "/bookings/calendar.ics?from=2011-12-30&to=2012-01-01", Codes.NonexistentLocalDate, "from")]
    [InlineData("PUT", "/resources/{doctor}/overrides/2011-12-30", Codes.NonexistentLocalDate, "date")]
    public async Task A_nonexistent_day_is_refused_with_the_name_of_its_member(
        string method, string path, string code, string field)
    {
        var tenant = await _apia.Value;

        var refused = await tenant.RefusedAsync(
            method, path.Replace("{service}", $"{tenant.ServiceId}").Replace("{doctor}", $"{tenant.DoctorId}"),
            method == "PUT" ? """{ "intervals": [] }""" : null);

        Assert.Equal((422, code, field), refused);
    }

    [Theory]
    [InlineData("/reports/utilisation?from=2011-12-29&to=2012-01-02")]
    [InlineData("/reports/bookings?from=2011-12-29&to=2012-01-02&groupBy=day")]
    [InlineData("/reports/no-shows?from=2011-12-29&to=2012-01-02&groupBy=day")]
    [InlineData("/reports/revenue?from=2011-12-29&to=2012-01-02&groupBy=day")]
    [InlineData("/slots?serviceId={service}&from=2011-12-29&to=2012-01-02")]
    [InlineData("/slots/days?serviceId={service}&from=9999-12-01&to=9999-12-31")]
    public async Task Ranges_around_a_nonexistent_day_succeed(string path)
    {
        var tenant = await _apia.Value;

        using var response = await tenant.SendAsync("GET", path.Replace("{service}", $"{tenant.ServiceId}"));

        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }

    private readonly Lazy<Task<TestTenant>> _apia = new(() => platform.NewTenantAsync(Zone));

    /// <summary>A tenant with one of everything that a route may name.</summary>
    /// <param name="Manage">The token of the client's link.</param>
    private sealed record World(
        TestTenant Tenant, string Manage, JsonElement[] Documents, HttpClient Staff, HttpClient Member, HttpClient Anybody)
    {
        public Dictionary<string, long> Ids { get; } = [];

        public HttpClient ClientOf(string route) =>
            route.StartsWith("internal", StringComparison.Ordinal) ? Staff
            : route.StartsWith("public", StringComparison.Ordinal) ? Anybody
            : Member;
    }

    private async Task<World> WorldAsync()
    {
        var tenant = await platform.NewTenantAsync(Zone);
        var anybody = platform.Client();
        var staff = platform.Staff();
        staff.DefaultRequestHeaders.Add(Headers.TenantId, $"{tenant.Id}");
        var start = PlatformFixture.Monday9am.AddDays(2).AddHours(11); // 09:00 there, of the day after
        using var made = await anybody.PostAsync($"/public/api/v1/{tenant.Slug}/bookings", Text($$"""
            { "serviceId": {{tenant.ServiceId}}, "start": "{{PlatformJson.WriteInstant(start)}}", "consent": true,
              "client": { "name": "Ada", "email": "ada@example.com" } }
            """));
        var booking = await made.DataAsync<PublicBookingResponse>();
        using var series = await tenant.SendAsync("POST", "/series", $$"""
            { "serviceId": {{tenant.ServiceId}}, "start": "2026-03-09T12:00", "timeZone": "{{Zone}}", "rrule": "FREQ=DAILY;COUNT=2" }
            """);
        Assert.True(series.IsSuccessStatusCode, await series.Content.ReadAsStringAsync());
        var application = await platform.NewApplicationAsync();
        var license = await platform.LicenseAsync(tenant, application: application.Slug);
        var price = await platform.StaffAsync<Contracts.Licensing.PriceResponse>(
            "POST", $"/applications/{application.Id}/pricing", """
            { "userType": "admin", "price": 1, "currency": "EUR", "billingCycle": "monthly", "validFrom": "2027-01-01T00:00:00Z" }
            """);

        List<JsonElement> documents = [];
        foreach (var name in (string[])["tenant", "public", "global"])
        {
            documents.Add(JsonDocument.Parse(await anybody.GetStringAsync($"/openapi/{name}.json")).RootElement);
        }

        return new(tenant, booking.ManageToken!, [.. documents], staff, tenant.Client, anybody)
        {
            Ids =
            {
                ["bookings"] = await tenant.HighestIdAsync("bookings where series_id is null"),
                ["series"] = await tenant.HighestIdAsync("series"), ["resources"] = tenant.DoctorId,
                ["tenants"] = tenant.Id, ["applications"] = application.Id, ["service-accounts"] = tenant.ServiceAccountId,
                ["webhooks"] = tenant.WebhookId, ["deliveries"] = tenant.WebhookId, ["keyId"] = tenant.ApiKeyId, ["licenseId"] = license.Id, ["pricingId"] = price.Id, ["users"] = tenant.UserId,
                ["serviceId"] = tenant.ServiceId, ["resourceId"] = tenant.DoctorId, ["resourceIds"] = tenant.DoctorId,
                ["clientId"] = await tenant.HighestIdAsync("clients"), ["tenantId"] = tenant.Id,
            },
        };
    }

    /// <summary>Null where it would change what other tests see.</summary>
    private static string? GoodOf(Place place) => place.Name switch
    {
        "month" when place.Parameter?.Source == BindingSource.Path => null, // closes it for all
        "month" or "correctsMonth" => "2026-02",
        "year" or "years" => "2026",
        "occurrence" => "2026-03-09T12:00",
        _ when place.Parameter is not null => "2026-03-10",
        _ when place.Path.Any(part => part is "rules" or "openingHours" or "intervals") => "2026-03-10",
        _ => "2026-03-10T12:00:00Z",
    };

    /// <summary>Identity does not run here.</summary>
    private static bool IsOfIdentity(ApiDescription operation) =>
        operation.RelativePath!.EndsWith("audit/logins", StringComparison.Ordinal);

    private IEnumerable<ApiDescription> Operations() =>
        ((string[])["/api/v1/", "/internal/api/v1/", "/public/api/v1/", "/fhir/r4/"]).SelectMany(platform.Operations)
        .Where(o => o.RelativePath?.Contains("/feeds/", StringComparison.Ordinal) == false);

    /// <summary>A parameter, or a member of the body by its path.</summary>
    private sealed record Place(string Name, ApiParameterDescription? Parameter, string[] Path);

    private static IEnumerable<Place> PlacesOf(ApiDescription operation)
    {
        foreach (var parameter in operation.ParameterDescriptions)
        {
            if (parameter.Source == BindingSource.Body)
            {
                foreach (var path in DatesOf(parameter.Type, 3)) yield return new(path[^1], null, path);
            }
            else if (InAddresses.Contains(parameter.Name) || IsDate(parameter.Type))
            {
                yield return new(parameter.Name, parameter, []);
            }
        }
    }

    private static IEnumerable<string[]> DatesOf(Type type, int depth)
    {
        if (depth == 0 || type.Namespace?.StartsWith("Platform.Contracts", StringComparison.Ordinal) is not true) yield break;

        foreach (var member in type.GetProperties())
        {
            var name = JsonNamingPolicy.CamelCase.ConvertName(member.Name);
            var held = Held(member.PropertyType);
            if (IsDate(held) || ValuesOf.ContainsKey(name)) yield return [name];
            else foreach (var path in DatesOf(held, depth - 1)) yield return [name, .. path];
        }
    }

    /// <summary>The type within an optional, nullable or list.</summary>
    private static Type Held(Type type) =>
        Nullable.GetUnderlyingType(type) is { } some ? Held(some)
        : type.IsGenericType && (type.IsAssignableTo(typeof(IOptional)) || type.IsAssignableTo(typeof(IEnumerable)))
            ? Held(type.GetGenericArguments()[^1])
        : type;

    private static bool IsDate(Type type) =>
        Held(type) is var held && (held == typeof(DateOnly) || held == typeof(DateTimeOffset) || held == typeof(Moment));

    private static async Task<HttpResponseMessage> SendAsync(World world, ApiDescription operation, Place place, string value)
    {
        var path = Placeholder().Replace(operation.RelativePath!, match => PathValue(
            world, operation.RelativePath!, match.Groups[1].Value, place, value));
        var query = operation.ParameterDescriptions
            .Where(p => p.Source == BindingSource.Query && (p.IsRequired || p == place.Parameter))
            .Select(p => $"{p.Name}={Uri.EscapeDataString(p == place.Parameter ? value : QueryValue(world, p.Name))}");
        using var request = new HttpRequestMessage(new(operation.HttpMethod!), $"/{path}?{string.Join('&', query)}");
        if (operation.ParameterDescriptions.FirstOrDefault(p => p.Source == BindingSource.Body) is { } body)
        {
            request.Content = body.Type == typeof(string)
                ? new StringContent($"start\n{value}", Encoding.UTF8, "text/csv")
                : Text(BodyOf(world, body.Type, place, value).ToJsonString());
        }

        return await world.ClientOf(operation.RelativePath!).SendAsync(request);
    }

    private static string PathValue(World world, string route, string name, Place place, string value) => name switch
    {
        _ when name == place.Name && place.Parameter is not null => Uri.EscapeDataString(value),
        "slug" => world.Tenant.Slug,
        "token" => world.Manage,
        "date" => "2026-03-02",
        "country" => "BR",
        "year" => "2026",
        "month" => "2026-01",
        "application" => "tq",
        "id" => $"{world.Ids.GetValueOrDefault(route.Split('/').TakeWhile(part => !part.StartsWith("{id", StringComparison.Ordinal)).Last(), 1)}",
        _ => $"{world.Ids.GetValueOrDefault(name, 1)}",
    };

    private static string QueryValue(World world, string name) => name switch
    {
        "from" or "start" => "2026-03-02",
        "to" => "2026-03-03",
        "schedule" => $"{world.Tenant.DoctorId}",
        "month" => "2026-01",
        _ => $"{world.Ids.GetValueOrDefault(name, 1)}",
    };

    /// <summary>The example of the documents, about this tenant, with the date in its place.</summary>
    private static JsonObject BodyOf(World world, Type type, Place place, string value)
    {
        var schema = world.Documents.Select(d => d.GetProperty("components").GetProperty("schemas"))
            .Where(schemas => schemas.TryGetProperty(type.Name, out _)).Select(schemas => schemas.GetProperty(type.Name)).First();
        var body = (JsonObject)JsonNode.Parse(schema.GetProperty("examples")[0].GetRawText())!;
        foreach (var (name, node) in body.ToList())
        {
            if (name is "timeZone") body[name] = Zone;
            else if (node is null) body.Remove(name);
            else if (world.Ids.TryGetValue(name, out var id)) body[name] = node is JsonArray ? new JsonArray(id) : id;
            else if (name is "email") body[name] = "ada@example.com";
        }

        if (place.Path.Length > 0) Put(body, place.Path, place.Name is "years" ? int.Parse(value) : value);
        return body;
    }

    private static void Put(JsonObject body, string[] path, JsonNode value)
    {
        if (path is [var last])
        {
            body[last] = body[last] is JsonArray || last is "exdates" or "rdates" or "years" ? new JsonArray(value) : value;
            return;
        }

        switch (body[path[0]])
        {
            case JsonArray { Count: > 0 } items when items[0] is JsonObject first: Put(first, path[1..], value); break;
            case JsonObject child: Put(child, path[1..], value); break;
        }
    }

    private static StringContent Text(string json) => new(json, Encoding.UTF8, "application/json");

    [GeneratedRegex(@"\{(\w+)[^}]*\}")]
    private static partial Regex Placeholder();
}
