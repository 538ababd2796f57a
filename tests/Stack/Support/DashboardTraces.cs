using System.Net.Http.Json;
using System.Text.Json;

namespace Platform.Stack.Support;

/// <param name="Service">The resource that reported it.</param>
internal sealed record TracedSpan(string Service, string TraceId, string? ParentSpanId, string Name);

/// <summary>The traces that the dashboard shows, read through its HTTP API.</summary>
internal sealed class DashboardTraces(HttpClient dashboard)
{
    private const int Limit = 1000;

    public async Task<IReadOnlyList<TracedSpan>> AllAsync(CancellationToken ct)
    {
        var answer = await dashboard.GetFromJsonAsync<JsonElement>($"api/telemetry/spans?limit={Limit}", ct);

        return
        [
            .. from resource in answer.GetProperty("data").GetProperty("resourceSpans").EnumerateArray()
               let service = ServiceOf(resource.GetProperty("resource"))
               from scope in resource.GetProperty("scopeSpans").EnumerateArray()
               from span in scope.GetProperty("spans").EnumerateArray()
               select new TracedSpan(
                   service,
                   span.GetProperty("traceId").GetString()!,
                   span.TryGetProperty("parentSpanId", out var parent) ? parent.GetString() : null,
                   span.GetProperty("name").GetString()!)
        ];
    }

    public async Task<IReadOnlyList<TracedSpan>> OfAsync(string traceId, CancellationToken ct) =>
        [.. (await AllAsync(ct)).Where(span => span.TraceId == traceId)];

    private static string ServiceOf(JsonElement resource) =>
        resource.GetProperty("attributes").EnumerateArray()
            .Single(attribute => attribute.GetProperty("key").GetString() == "service.name")
            .GetProperty("value").GetProperty("stringValue").GetString()!;
}
