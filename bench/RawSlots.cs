using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Platform.Core.Availability;

namespace Platform.Bench;

/// <summary>
/// The limit of slots: an endpoint that runs the same statements and returns their rows, and nothing else.
/// </summary>
internal sealed class RawSlots(WebApplication app, HttpClient client) : IAsyncDisposable
{
    public static async Task<RawSlots> StartAsync(LocalSlots slots, long service, TimeRange wanted)
    {
        await slots.CountAsync(service, wanted); // as in the product: the catalogue is cached

        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.MapGet("/rows", async (CancellationToken ct) =>
        {
            await using var reader = await slots.Sql.ReadAsync(slots.Query.StatementsOf(new(service, wanted)), ct);
            List<object[]> rows = [];
            do
            {
                while (await reader.ReadAsync(ct))
                {
                    var row = new object[reader.FieldCount];
                    for (var i = 0; i < row.Length; i++) row[i] = reader.IsDBNull(i) ? "" : reader.GetValue(i);
                    rows.Add(row);
                }
            }
            while (await reader.NextResultAsync(ct));

            return rows;
        });
        await app.StartAsync();
        return new(app, new HttpClient { BaseAddress = new(app.Urls.Single()) });
    }

    public async Task ReadAsync()
    {
        using var answer = await client.GetAsync("rows");
        answer.EnsureSuccessStatusCode();
        await answer.Content.CopyToAsync(Stream.Null);
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await app.DisposeAsync();
    }
}
