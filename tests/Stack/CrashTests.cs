using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using Npgsql;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Contracts.Catalogue;
using Platform.Stack.Support;

namespace Platform.Stack;

/// <summary>
/// <c>kill -9</c> of a process while bookings are made leaves either no booking, or a booking whose event arrives.
/// </summary>
public sealed class CrashTests(StackFixture stack)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("api")]
    [InlineData("worker")]
    public async Task Killing_a_process_during_bookings_loses_no_event(string victim)
    {
        using var api = await stack.ApiAsync();
        var services = await api.GetFromJsonAsync<Envelope<List<ServiceResponse>>>("api/v1/services", Ct);
        var service = services!.Data[0].Id;
        var slots = await FreeSlotsAsync(api, service);

        // Four callers at once; the kill comes in the middle of them, and callers come back as people do.
        var answers = new ConcurrentBag<HttpStatusCode?>();
        var options = new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = Ct };
        await Parallel.ForEachAsync(slots.Index(), options, async (slot, _) =>
        {
            if (slot.Index == slots.Count / 2) stack.Kill(victim);
            answers.Add(await TryBookAsync(api, service, slot.Item));
        });

        // Whatever responses the callers got: each row has its event, and each event has been published.
        await Eventually.ValueAsync(async () => await UnpublishedAsync() == 0 ? "done" : null, "a published event for each booking", Ct);
        Assert.Contains(HttpStatusCode.Created, answers);
        var created = answers.Count(answer => answer is HttpStatusCode.Created);
        Assert.InRange(await ScalarAsync("select count(*) from tenant_2.bookings"), created, long.MaxValue);
    }

    private static async Task<HttpStatusCode?> TryBookAsync(HttpClient api, long service, SlotResponse slot)
    {
        var request = new CreateBookingRequest(
            service, slot.Start, ResourceIds: [slot.ResourceIds[0]], Client: new("Crash Test", "crash@example.com"));
        try
        {
            using var answer = await api.PostAsJsonAsync("api/v1/bookings", request, Ct);
            return answer.StatusCode;
        }
        catch (Exception e) when (Eventually.IsConnectionLost(e))
        {
            return null; // the process died under this request
        }
    }

    private static async Task<IReadOnlyList<SlotResponse>> FreeSlotsAsync(HttpClient api, long service)
    {
        var from = TimeProvider.System.GetUtcNow().AddDays(2);
        var url = $"api/v1/slots?serviceId={service}&from={from:O}&to={from.AddDays(10):O}";
        var slots = await Eventually.ValueAsync(
            () => api.GetFromJsonAsync<Envelope<List<SlotResponse>>>(url.Replace("+", "%2B", StringComparison.Ordinal), Ct), "free slots", Ct);

        return [.. slots.Data.Take(24)];
    }

    private async Task<long> UnpublishedAsync() => await ScalarAsync("""
        select count(*) from tenant_2.bookings b
        where not exists (
            select from platform.event_log e
            where e.tenant_id = 2 and e.aggregate_type = 'booking' and e.aggregate_id = b.id and e.event_type = 'booking.created')
        """);

    private async Task<long> ScalarAsync(string sql)
    {
        await using var database = NpgsqlDataSource.Create(stack.ConnectionString("tenantdb"));
        await using var command = database.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync(Ct))!;
    }
}
