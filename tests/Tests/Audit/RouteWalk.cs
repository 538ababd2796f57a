using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Platform.Core.Audit;
using Platform.Tests.Licensing;
using Platform.Tests.Support;

namespace Platform.Tests.Audit;

/// <summary>Tries routes that write, and looks at the audit rows that each request leaves in any chain.</summary>
internal sealed class RouteWalk(PlatformFixture platform, TestTenant tenant)
{
    /// <summary>Routes as the API has them, with their method.</summary>
    public SortedSet<string> Tried { get; } = new(StringComparer.Ordinal);

    /// <param name="route">Below <c>/api/v1</c>; <paramref name="path"/> likewise.</param>
    /// <param name="actions">The expected audit actions, separated by commas.</param>
    /// <returns>The data of the answer.</returns>
    public Task<JsonElement> AsMemberAsync(
        string method, string route, string path, string actions, string? body = null, string type = "application/json")
    {
        Tried.Add($"{method} /api/v1{route}");
        return SendAsync(tenant.Client, method, $"/api/v1{path}", actions, body, type);
    }

    /// <inheritdoc cref="AsMemberAsync"/>
    /// <param name="route">Below <c>/internal/api/v1</c>; <paramref name="path"/> likewise.</param>
    public async Task<JsonElement> AsStaffAsync(string method, string route, string path, string actions, string? body = null)
    {
        Tried.Add($"{method} /internal/api/v1{route}");
        using var staff = platform.Staff();
        return await SendAsync(staff, method, $"/internal/api/v1{path}", actions, body);
    }

    /// <inheritdoc cref="AsMemberAsync"/>
    /// <param name="route">The whole of it; <paramref name="path"/> likewise.</param>
    public Task<JsonElement> AsAsync(
        HttpClient caller, string method, string route, string path, string actions, string? body = null,
        string type = "application/json")
    {
        Tried.Add($"{method} {route}");
        return SendAsync(caller, method, path, actions, body, type);
    }

    /// <summary>A change, and its repetition, which changes nothing and leaves no row.</summary>
    public async Task<JsonElement> TwiceAsync(string method, string route, string path, string actions, string? body = null)
    {
        var first = await AsMemberAsync(method, route, path, actions, body);
        await AsMemberAsync(method, route, path, "", body);
        return first;
    }

    /// <inheritdoc cref="TwiceAsync"/>
    public async Task<JsonElement> TwiceAsStaffAsync(
        string method, string route, string path, string actions, string? body = null)
    {
        var first = await AsStaffAsync(method, route, path, actions, body);
        await AsStaffAsync(method, route, path, "", body);
        return first;
    }

    /// <summary>The audit rows of one request, by its trace.</summary>
    public async Task<string> ActionsAsync(string trace)
    {
        await platform.Api.Services.GetRequiredService<CarryAudit>().RunAsync(null, TestContext.Current.CancellationToken);
        return await platform.PlatformValueAsync<string>($"""
            select coalesce(string_agg(action, ',' order by id), '') from audit_log where request_id = '{trace}'
            """);
    }

    private async Task<JsonElement> SendAsync(
        HttpClient client, string method, string path, string actions, string? body, string type = "application/json")
    {
        var trace = $"{Guid.CreateVersion7():n}";
        using var request = new HttpRequestMessage(new(method), path);
        request.Headers.Add("traceparent", $"00-{trace}-00f067aa0ba902b7-01");
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, MediaTypeHeaderValue.Parse(type));

        using var response = await client.SendAsync(request);

        var text = response.Content.Headers.ContentType?.MediaType is "application/json" or "application/scim+json"
            ? await response.Content.ReadAsStringAsync()
            : "{}";
        Assert.True(response.IsSuccessStatusCode, $"{method} {path}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
        Assert.Equal($"{method} {path}: {actions}", $"{method} {path}: {await ActionsAsync(trace)}");
        var answer = JsonDocument.Parse(text).RootElement;
        return answer.TryGetProperty("data", out var data) ? data : answer;
    }
}
