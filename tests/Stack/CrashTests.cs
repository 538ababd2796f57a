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
/// <c>kill -9</c> of a process while bookings are made: callers that repeat their request with its key have one booking
/// each in the end, and its mail comes once.
/// </summary>
public sealed class CrashTests(StackFixture stack)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("api")]
    [InlineData("worker")]
    [InlineData("redis")]
    [InlineData("postgres")]
    public async Task Killing_a_process_during_bookings_loses_and_repeats_nothing(string victim)
    {
        using var api = await stack.ApiAsync();
        var services = await api.GetFromJsonAsync<Envelope<List<ServiceResponse>>>("api/v1/services", Ct);
        var service = services!.Data[0].Id;
        var slots = await FreeSlotsAsync(api, service);
        var email = $"{victim}@example.com";

        // Four callers at once; the kill comes in the middle of them, and callers come back as people do.
        var answers = new ConcurrentBag<HttpStatusCode>();
        var options = new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = Ct };
        await Parallel.ForEachAsync(slots.Index(), options, async (slot, _) =>
        {
            if (slot.Index == slots.Count / 2) stack.Kill(victim);
            answers.Add(await BookAsync(api, service, slot.Item, email));
        });

        // Each caller has one booking, each booking one event, and each event one mail.
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.Created, answer));
        await Eventually.ValueAsync(async () => await MailsAsync(email) >= slots.Count ? "done" : null, "a mail for each booking", Ct);
        Assert.Equal((slots.Count, slots.Count, slots.Count), (
            await ScalarAsync($"select count(*) from tenant_2.bookings where {OfClient(email)}"),
            await ScalarAsync($"""
                select count(*) from platform.event_log e join tenant_2.bookings b on b.id = e.aggregate_id
                where e.tenant_id = 2 and e.aggregate_type = 'booking' and e.event_type = 'booking.created' and {OfClient(email)}
                """),
            await MailsAsync(email)));
    }

    private static string OfClient(string email) => $"client_id in (select id from tenant_2.clients where email = '{email}')";

    private Task<long> MailsAsync(string email) => ScalarAsync(
        $"select count(*) from platform.notifications where tenant_id = 2 and recipient = '{email}' and status = 'sent'");

    /// <summary>Repeats the request until it is answered; its key lets only one of them count.</summary>
    private static async Task<HttpStatusCode> BookAsync(HttpClient api, long service, SlotResponse slot, string email)
    {
        var booking = new CreateBookingRequest(
            service, slot.Start, ResourceIds: [slot.ResourceIds[0]], Client: new("Crash Test", email));
        var key = $"{Guid.CreateVersion7()}";
        var answer = await Eventually.ValueAsync(async () =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "api/v1/bookings") { Content = JsonContent.Create(booking) };
            request.Headers.Add(Headers.IdempotencyKey, key);
            using var response = await api.SendAsync(request, Ct);
            var isAway = response.StatusCode >= HttpStatusCode.InternalServerError
                || response.StatusCode == HttpStatusCode.Conflict; // the first request with this key may still be at work
            return isAway ? null : $"{(int)response.StatusCode}";
        }, "an answer", Ct);
        return Enum.Parse<HttpStatusCode>(answer);
    }

    private static async Task<IReadOnlyList<SlotResponse>> FreeSlotsAsync(HttpClient api, long service)
    {
        var from = TimeProvider.System.GetUtcNow().AddDays(2);
        var url = $"api/v1/slots?serviceId={service}&from={from:O}&to={from.AddDays(10):O}";
        var slots = await Eventually.ValueAsync(
            () => api.GetFromJsonAsync<Envelope<List<SlotResponse>>>(url.Replace("+", "%2B", StringComparison.Ordinal), Ct), "free slots", Ct);

        return [.. slots.Data.Take(24)];
    }

    private async Task<long> ScalarAsync(string sql)
    {
        await using var database = NpgsqlDataSource.Create(stack.ConnectionString("tenantdb"));
        await using var command = database.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync(Ct))!;
    }
}
