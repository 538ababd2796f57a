using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.OpenApi;
using Platform.Tests.Support;

namespace Platform.Tests.Http;

/// <summary>The description of the API is correct: it allows every response.</summary>
public sealed class OpenApiAnswerTests(PlatformFixture platform)
{
    private const int AtOnce = 4;

    [Fact]
    public async Task Every_GET_response_matches_its_description_and_HEAD_returns_the_same_without_a_body()
    {
        var tenant = await platform.NewFilledTenantAsync();
        var documents = await Documents.ReadAsync(platform);
        var operations = platform.OperationsAnsweredHere().Where(o => o.HttpMethod == "GET").ToList();
        using var callers = new Callers(platform, tenant);
        ConcurrentBag<string> wrong = [];
        var good = 0;

        await Parallel.ForEachAsync(operations, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (operation, ct) =>
        {
            var url = $"/{operation.PathFor(tenant, tenant)}?{operation.NeededQuery(tenant)}".TrimEnd('?');
            using var response = await callers.Of(operation).GetAsync(url, ct);
            using var head = await callers.Of(operation).SendAsync(new(HttpMethod.Head, url), ct);

            if (response.StatusCode is HttpStatusCode.OK) Interlocked.Increment(ref good);
            if (await documents.FaultAsync(operation, response) is { } fault) wrong.Add($"{url}: {fault}");
            if (head.StatusCode != response.StatusCode
                || head.Content.Headers.ContentType?.ToString() != response.Content.Headers.ContentType?.ToString()
                || (await head.Content.ReadAsByteArrayAsync(ct)).Length > 0)
            {
                wrong.Add($"HEAD {url}: {head.StatusCode}, {head.Content.Headers.ContentType}");
            }
        });

        Assert.True(wrong.IsEmpty, string.Join('\n', wrong.Order()));
        Assert.True(good > 60, $"Only {good} operations answered 200.");
    }

    [Fact]
    public async Task Every_refusal_matches_the_description_of_its_operation()
    {
        var tenant = await platform.UntouchedTenantAsync();
        var documents = await Documents.ReadAsync(platform);
        using var callers = new Callers(platform, tenant);
        using var anybody = platform.Client();
        ConcurrentBag<string> wrong = [];

        await Parallel.ForEachAsync(
            platform.OperationsAnsweredHere(), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (operation, ct) =>
            {
                var url = $"/{operation.PathFor(tenant, tenant)}?surprise=1&{operation.NeededQuery(tenant)}";
                foreach (var client in (HttpClient[])[callers.Of(operation), anybody])
                {
                    using var response = await client.SendAsync(new(new(operation.HttpMethod!), url), ct);
                    if (await documents.FaultAsync(operation, response) is { } fault) wrong.Add($"{operation.HttpMethod} {url}: {fault}");
                }
            });

        Assert.True(wrong.IsEmpty, string.Join('\n', wrong.Order()));
    }

    [Fact]
    public async Task Every_operation_has_a_name_a_summary_its_headers_and_its_media_types()
    {
        var documents = await Documents.ReadAsync(platform);
        HashSet<string> names = [];

        foreach (var operation in platform.OperationsAnsweredHere())
        {
            var described = documents.Of(operation);
            var path = operation.DescribedPath();
            var headers = described["parameters"]?.AsArray().Where(p => p!["in"]!.GetValue<string>() == "header")
                .Select(p => p!["name"]!.GetValue<string>()).ToList() ?? [];
            var isPublic = path.StartsWith("/public/", StringComparison.Ordinal);

            Assert.True(names.Add($"{operation.GroupName} {described["operationId"]}"), $"{path} has no name of its own.");
            Assert.NotEmpty(described["summary"]!.GetValue<string>());
            Assert.Equal(isPublic, described["security"] is null);
            Assert.Equal(path.StartsWith("/api/v1/", StringComparison.Ordinal) || path.Contains("/dashboard", StringComparison.Ordinal) || path.EndsWith("/admin", StringComparison.Ordinal),
                headers.Contains("x-tenant-id") && headers.Contains("x-tenant-domain"));
            Assert.Equal(described["responses"]!["412"] is not null, headers.Contains("If-Match"));
            Assert.NotNull(described["responses"]!["429"]!["headers"]!["Retry-After"]);
            if (described["responses"]!["201"] is { } created) Assert.NotNull(created["headers"]!["Location"]);
        }

        var booking = documents.Named("tenant")["paths"]!["/api/v1/bookings"]!["post"]!;
        Assert.Contains(booking["parameters"]!.AsArray(), p => p!["name"]!.GetValue<string>() == "Idempotency-Key");
        Assert.NotNull(booking["responses"]!["201"]!["headers"]!["ETag"]);
        var report = documents.Named("tenant")["paths"]!["/api/v1/reports/revenue"]!["get"]!["responses"]!["200"]!["content"]!;
        Assert.NotNull(report["text/csv"]);
        Assert.NotNull(report["application/json"]);
    }

    [Theory, MemberData(nameof(OpenApiTests.Documents), MemberType = typeof(OpenApiTests))]
    public async Task The_document_is_valid_and_its_examples_match_their_schemas(string name)
    {
        var documents = await Documents.ReadAsync(platform);
        var document = documents.Named(name);

        var read = OpenApiDocument.Parse(document.ToJsonString(), "json");
        var faults = new List<string>(read.Diagnostic!.Errors.Select(error => error.ToString()!));
        foreach (var (schema, described) in document["components"]!["schemas"]!.AsObject())
        {
            foreach (var example in described!["examples"]?.AsArray() ?? [])
            {
                var fault = documents.Check(document, new JsonObject { ["$ref"] = $"#/components/schemas/{schema}" }, Element(example!));
                if (fault is not null) faults.Add($"{schema}: {fault}");
            }
        }

        Assert.True(faults.Count == 0, string.Join('\n', faults));
        Assert.NotNull(document["components"]!["securitySchemes"]!["bearer"]);
        Assert.Contains("x-tenant-id", document["info"]!["description"]!.GetValue<string>());
    }

    private static JsonElement Element(JsonNode node) => JsonDocument.Parse(node.ToJsonString()).RootElement;

    private sealed class Documents(IReadOnlyDictionary<string, JsonNode> byName)
    {
        private readonly ConcurrentDictionary<string, JsonSchema> _schemas = new();

        public static async Task<Documents> ReadAsync(PlatformFixture platform)
        {
            using var anybody = platform.Client();
            var documents = new Dictionary<string, JsonNode>();
            foreach (var name in OpenApiTests.Documents.Select(row => row.Data))
            {
                documents[name] = JsonNode.Parse(await anybody.GetStringAsync($"/openapi/{name}.json"))!;
            }

            return new(documents);
        }

        public JsonNode Named(string name) => byName[name];

        public JsonNode Of(ApiDescription operation) =>
            byName[operation.GroupName!]["paths"]![operation.DescribedPath()]![operation.HttpMethod!.ToLowerInvariant()]!;

        /// <summary>The reason why the description does not allow a response.</summary>
        public async Task<string?> FaultAsync(ApiDescription operation, HttpResponseMessage response)
        {
            var status = $"{(int)response.StatusCode}";
            if (Of(operation)["responses"]![status] is not { } described) return $"{status} is not described.";

            var body = await response.Content.ReadAsStringAsync();
            var type = response.Content.Headers.ContentType?.MediaType;
            if (type is null) return body.Length == 0 ? null : "The answer has no type.";
            if (described["content"]?[type] is not { } content) return $"{status} with {type} is not described.";
            if (!type.EndsWith("json", StringComparison.Ordinal) || type.Contains("ndjson", StringComparison.Ordinal)) return null;
            if (content["schema"] is not { } schema) return $"{status} has no schema.";

            return Check(byName[operation.GroupName!], schema, JsonDocument.Parse(body).RootElement);
        }

        public string? Check(JsonNode document, JsonNode schema, JsonElement value)
        {
            var schemas = document["components"]!["schemas"]!.DeepClone().AsObject();
            foreach (var named in schemas) named.Value!.AsObject().Remove("examples");
            schemas["checked"] = schema.DeepClone();
            var text = new JsonObject { ["$ref"] = "#/$defs/checked", ["$defs"] = schemas }.ToJsonString()
                .Replace("#/components/schemas/", "#/$defs/", StringComparison.Ordinal);
            var built = _schemas.GetOrAdd(text, static text => JsonSchema.FromText(text, new BuildOptions { SchemaRegistry = new() }));
            var result = built.Evaluate(value, new() { OutputFormat = OutputFormat.List });
            if (result.IsValid) return null;

            var faults = (result.Details ?? [])
                .Where(detail => detail.Errors is not null
                    && !detail.EvaluationPath.ToString().Contains("oneOf", StringComparison.Ordinal)) // one of them is right
                .SelectMany(detail => detail.Errors!.Select(error => $"{detail.InstanceLocation} {error.Value}"));
            return string.Join("; ", faults.Take(4));
        }
    }
}
