using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Npgsql;
using Platform.Contracts;
using Platform.Contracts.Calendars;

namespace Platform.Bench;

/// <summary>Calendars ask again for a feed that has not changed, compared with an empty endpoint.</summary>
internal static class FeedBench
{
    private const int Clients = 8;

    public static async Task<Figure> RunAsync(BenchStack stack)
    {
        var connection = await stack.ConnectionStringAsync("tenantdb");
        await SchedulingData.PrepareAsync(connection);
        await using var database = NpgsqlDataSource.Create(connection);
        using var api = await stack.ApiAsync();

        using var made = await api.PostAsJsonAsync($"api/v1/resources/{await BusiestAsync(database)}/feed", new { });
        var feed = (await made.Content.ReadFromJsonAsync<Envelope<FeedResponse>>(PlatformJson.Options))!.Data;
        using var first = await api.GetAsync(feed.Path);
        var tag = first.Headers.ETag ?? throw new InvalidOperationException($"The feed was answered {first.StatusCode}.");

        return await Load.CompareAsync(
            $"events.feed_unchanged.{Clients}_clients", Clients, goal: 0.5,
            _ => AskAsync(api, feed.Path, tag, HttpStatusCode.NotModified), _ => AskAsync(api, "api/v1/ping", null, HttpStatusCode.NoContent));
    }

    private static async Task AskAsync(HttpClient api, string path, EntityTagHeaderValue? tag, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (tag is not null) request.Headers.IfNoneMatch.Add(tag);
        using var answer = await api.SendAsync(request);
        if (answer.StatusCode != expected) throw new InvalidOperationException($"{path} was answered {answer.StatusCode}.");
        await answer.Content.CopyToAsync(Stream.Null);
    }

    private static async Task<long> BusiestAsync(NpgsqlDataSource database)
    {
        await using var command = database.CreateCommand(
            $"select resource_id from tenant_{BenchStack.Tenant.Id}.allocations group by 1 order by count(*) desc, 1 limit 1");
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
