using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Platform.Tests.Licensing;
using Platform.Tests.Support;

namespace Platform.Tests.Http;

/// <summary>
/// Sends invalid values for every member of every body, and for every query parameter. The operations come from
/// the running API, and their bodies from the examples of its description, so that new ones are covered.
/// </summary>
public sealed class HostileInputTests(PlatformFixture platform)
{
    private const int AtOnce = 8;

    /// <summary>JSON that no member accepts.</summary>
    private static readonly string[] Unreadable =
        ["\"\\u0000\"", "\"\\ud800\"", "\"a\\udc00b\"", "[[[]]]", "1e400", "123456789012345678901234567890123456789012345"];

    private static readonly string[] Blank = ["\"\"", "\"  \"", "\"\\t\"", "\"\\u00a0\""];

    private static readonly string[] Odd =
    [
        "null", "true", "{}", "[]", "[null]", "0", "-1", "0.5", "2147483648", "9223372036854775807",
        "\"\\u0001x\"", "\"x\\u009f\"", "\"x\\r\\ny\"", $"\"{new string('x', 20_000)}\"", "\"'; drop table users;-- \\ud83e\\udd84\\u202e\"",
        "\"9999-12-31T23:59:59Z\"", "\"0001-01-01T00:00:00Z\"",
    ];

    /// <summary>Few, because anonymous callers may send only 120 requests a minute.</summary>
    private static readonly string[] OfAnybody = [Unreadable[0], Blank[0], "\"\\u0001x\"", "9223372036854775807"];

    private static readonly string[] OddInAddress =
    [
        "", "%20", "%01", "%00", "%FF%FE", "x", "-1", "0", "1e400", "99999999999999999999", "9999-12-31", "0001-01-01",
        "2026-03-29T24:61", "%F0%9F%A6%84",
    ];

    private static readonly string[] UnusualNumbers = ["01", "%2B1", "1%20", "%201", "1.0", "1,0", "%D9%A1"];

    [Fact]
    public async Task No_member_of_a_body_makes_the_API_fail()
    {
        var (tenant, victim) = (await platform.NewTenantAsync(), await platform.NewTenantAsync());
        var other = await platform.NewTenantAsync();
        await platform.LicenseAsync(tenant);
        var application = (await platform.NewApplicationAsync()).Id;
        var documents = await DocumentsAsync();
        var operations = platform.OperationsAnsweredHere()
            .Where(o => ExampleOf(o, documents) is not null).ToList();
        Assert.True(operations.Count > 50, $"Only {operations.Count} operations take a body.");

        List<(ApiDescription Operation, string Body, string Place, string Value)> requests = [];
        foreach (var operation in operations)
        {
            var sample = Filled(ExampleOf(operation, documents)!, tenant);
            var values = operation.GroupName == "public" ? OfAnybody : [.. Unreadable, .. Blank, .. Odd];
            foreach (var place in Places(sample))
            {
                requests.AddRange(values.Select(
                    value => (operation, With(sample, place, value), string.Join('.', place), value)));
            }
        }

        ConcurrentBag<string> wrong = [];
        using var own = new Callers(platform, tenant);
        await Parallel.ForEachAsync(requests, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (request, ct) =>
        {
            var (operation, body, place, value) = request;
            var visited = operation.RelativePath!.Contains("waitlist", StringComparison.Ordinal) && operation.GroupName == "public"
                ? other // the pages of one tenant take 120 writes a minute
                : tenant;
            using var message = new HttpRequestMessage(new(operation.HttpMethod!), $"/{operation.PathFor(visited, victim, application)}?{operation.NeededQuery(tenant)}")
            {
                Content = new StringContent(body, Encoding.UTF8, "application/json"),
            };
            using var response = await own.Of(operation).SendAsync(message, ct);
            var status = (int)response.StatusCode;
            var isRight = status is 403 ? operation.RelativePath!.StartsWith("internal", StringComparison.Ordinal)
                : Unreadable.Contains(value) && !IsFreeJson(place) ? status is 400
                : Blank.Contains(value) && !IsFreeJson(place) && !IsFreeText(place) ? status is 400
                : status is < 500 or 503; // Identity, which is not there
            if (!isRight) wrong.Add($"{status} {operation.HttpMethod} {message.RequestUri} {place} = {Short(value)}: {Short(await response.Content.ReadAsStringAsync(ct))}");
        });

        Assert.True(wrong.IsEmpty, string.Join('\n', wrong.Order()));
    }

    [Fact]
    public async Task No_query_parameter_makes_the_API_fail_and_unknown_or_repeated_ones_are_refused()
    {
        var (tenant, victim) = (await platform.NewTenantAsync(), await platform.NewTenantAsync());
        var operations = platform.OperationsAnsweredHere();
        using var own = new Callers(platform, tenant);
        ConcurrentBag<string> wrong = [];

        List<(ApiDescription Operation, string Query, bool IsRefused)> requests = [];
        foreach (var operation in operations)
        {
            if (!operation.RelativePath!.Contains("/fhir/", StringComparison.Ordinal)) requests.Add((operation, "surprise=1", true));
            if (operation.HttpMethod != "GET") continue;

            foreach (var parameter in operation.ParameterDescriptions.Where(p => p.Source == BindingSource.Query))
            {
                var isNumber = (Nullable.GetUnderlyingType(parameter.Type) ?? parameter.Type) is var type
                    && (type == typeof(long) || type == typeof(int));
                requests.AddRange(OddInAddress.Select(value => (operation, $"{parameter.Name}={value}", false)));
                requests.Add((operation, $"{parameter.Name}={new string('x', 3000)}", false));
                requests.Add((operation, $"{parameter.Name}=1&{parameter.Name}=1", true));
                if (isNumber) requests.AddRange(UnusualNumbers.Select(value => (operation, $"{parameter.Name}={value}", true)));
            }
        }

        await Parallel.ForEachAsync(requests, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (request, ct) =>
        {
            var (operation, query, isRefused) = request;
            var name = query[..query.IndexOf('=')];
            using var message = new HttpRequestMessage(
                new(operation.HttpMethod!), $"/{operation.PathFor(tenant, victim)}?{query}&{operation.NeededQuery(tenant, name)}");
            if (operation.ParameterDescriptions.Any(p => p.Source == BindingSource.Body))
            {
                message.Content = new StringContent("{}", Encoding.UTF8, "application/json");
            }

            using var response = await own.Of(operation).SendAsync(message, ct);
            var status = (int)response.StatusCode;
            var isRight = status is 403 or 415 ? operation.RelativePath!.StartsWith("internal", StringComparison.Ordinal) || operation.HttpMethod != "GET"
                : isRefused ? status is 400 : status < 500;
            if (!isRight) wrong.Add($"{status} {operation.HttpMethod} {Short(message.RequestUri!.ToString())}: {Short(await response.Content.ReadAsStringAsync(ct))}");
        });

        Assert.True(requests.Count > 1000);
        Assert.True(wrong.IsEmpty, string.Join('\n', wrong.Order()));
    }

    private static bool IsFreeText(string place) =>
        place.Split('.')[^1] is "note" or "reason" or "description" or "line1" or "line2";

    /// <summary>Members that the tenant's own schemas describe.</summary>
    private static bool IsFreeJson(string place) =>
        place.Split('.').Any(part => part is "attributes" or "attributeSchema" or "answers" or "metadata");

    private async Task<IReadOnlyDictionary<string, JsonNode>> DocumentsAsync()
    {
        using var anybody = platform.Client();
        var documents = new Dictionary<string, JsonNode>();
        foreach (var name in (string[])["tenant", "public", "global"])
        {
            documents[name] = JsonNode.Parse(await anybody.GetStringAsync($"/openapi/{name}.json"))!;
        }

        return documents;
    }

    private static JsonObject? ExampleOf(ApiDescription operation, IReadOnlyDictionary<string, JsonNode> documents)
    {
        var document = documents[operation.GroupName!];
        var schema = document["paths"]![operation.DescribedPath()]![operation.HttpMethod!.ToLowerInvariant()]!["requestBody"]?["content"]?["application/json"]?["schema"];
        if (schema?["oneOf"] is JsonArray any) schema = any.Last(option => option!["$ref"] is not null);
        var name = schema?["$ref"]?.GetValue<string>().Split('/')[^1];
        return name is null ? null : document["components"]!["schemas"]![name]!["examples"]![0]!.DeepClone().AsObject();
    }

    /// <summary>The example with existing ids.</summary>
    private static JsonObject Filled(JsonObject example, TestTenant tenant)
    {
        foreach (var (name, value) in example.ToList())
        {
            if (value is JsonObject inner) Filled(inner, tenant);
            if (value is not (JsonValue or JsonArray)) continue;

            JsonNode? id = name switch
            {
                "serviceId" => tenant.ServiceId,
                "categoryId" => tenant.CategoryId,
                "resourceId" => tenant.DoctorId,
                "resourceIds" => new JsonArray(tenant.DoctorId),
                "tenantId" => tenant.Id,
                "userId" => tenant.UserId,
                "userIds" => new JsonArray(tenant.UserId),
                _ => null,
            };
            if (id is not null) example[name] = id;
        }

        return example;
    }

    /// <summary>Every member of an object, the first item of every list, and what is in them.</summary>
    private static IEnumerable<string[]> Places(JsonNode node) => node switch
    {
        JsonObject members => members.SelectMany(member => Inside(member.Key, member.Value)),
        JsonArray { Count: > 0 } items => Inside("0", items[0]),
        _ => [],
    };

    private static IEnumerable<string[]> Inside(string name, JsonNode? node) =>
        [[name], .. node is null ? [] : Places(node).Select(place => (string[])[name, .. place])];

    /// <summary>The body with a value at a place, as text: JSON that cannot be read cannot be built.</summary>
    private static string With(JsonObject sample, string[] place, string value)
    {
        const string Mark = "here-it-goes";
        var body = sample.DeepClone();
        var node = body;
        foreach (var step in place[..^1]) node = node is JsonArray items ? items[0]! : node[step]!;
        if (node is JsonArray list) list[0] = Mark;
        else node[place[^1]] = Mark;
        return body.ToJsonString().Replace($"\"{Mark}\"", value, StringComparison.Ordinal);
    }

    private static string Short(string text) => text.Length > 300 ? text[..300] : text;
}
