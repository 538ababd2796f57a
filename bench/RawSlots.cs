using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Platform.Core.Availability;
using Platform.Core.Bookings;
using Platform.Core.Storage;

namespace Platform.Bench;

/// <summary>The limit of slots: an endpoint that runs the same statements and returns their rows, and nothing else.</summary>
internal sealed class RawSlots(WebApplication app, NpgsqlDataSource source, HttpClient client) : IAsyncDisposable
{
    public static async Task<RawSlots> StartAsync(string database, long service, DateTimeOffset monday)
    {
        var source = new NpgsqlDataSourceBuilder(Databases.AsApp(database)).Build();
        var tenant = new TenantContext { Id = BenchStack.Tenant.Id, TimeZone = BenchStack.Tenant.TimeZone };
        var sql = new TenantSql(source, tenant);
        var slots = new SlotQuery(sql, tenant, new CatalogueCache(), TimeProvider.System);
        var week = new TimeRange(monday, monday.AddDays(7));
        await slots.ReadAsync(service, week, CancellationToken.None); // as the product: the catalogue is remembered

        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.MapGet("/rows", async (CancellationToken ct) =>
        {
            await using var reader = await sql.ReadAsync(slots.Reading(service, week, TimeProvider.System.GetUtcNow()).Statements, ct);
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
        return new(app, source, new HttpClient { BaseAddress = new(app.Urls.Single()) });
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
        await source.DisposeAsync();
    }
}
