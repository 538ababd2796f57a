using System.Globalization;
using System.Text.Json;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Contracts.Catalogue;
using Platform.Tests.Support;

namespace Platform.Tests.Bookings;

/// <summary>Requests that the tests of scheduling share.</summary>
internal static class SchedulingAnswers
{
    public const string Monday = "from=2026-03-02T00:00:00Z&to=2026-03-03T00:00:00Z";

    /// <summary>Statuses and codes of as many attempts at once.</summary>
    public static async Task<List<(int Status, string? Code)>> AtOnceAsync(int count, Func<int, Task<HttpResponseMessage>> send)
    {
        var responses = await Task.WhenAll(Enumerable.Range(0, count).Select(send));
        List<(int, string?)> outcomes = [];
        foreach (var response in responses)
        {
            outcomes.Add(response.IsSuccessStatusCode ? ((int)response.StatusCode, null) : await response.ProblemAsync());
            response.Dispose();
        }

        return outcomes;
    }

    extension(TestTenant tenant)
    {
        public Task<List<SlotResponse>> SlotsAsync(string question = Monday, long? serviceId = null) =>
            tenant.SentAsync<List<SlotResponse>>("GET", $"/slots?serviceId={serviceId ?? tenant.ServiceId}&{question}");

        /// <summary>As <c>02 09:30</c>, in UTC.</summary>
        public async Task<List<string>> StartsAsync(string question = Monday, long? serviceId = null) =>
            [.. (await tenant.SlotsAsync(question, serviceId)).Select(slot => slot.Start.ToString("dd HH:mm", CultureInfo.InvariantCulture))];

        public Task<HttpResponseMessage> HoldAsync(DateTimeOffset start, string more = "") => tenant.SendAsync(
            "POST", "/holds",
            $$"""{ "serviceId": {{tenant.ServiceId}}, "start": "{{PlatformJson.WriteInstant(start)}}"{{more}} }""");

        public async Task<HoldResponse> HeldAsync(DateTimeOffset start, string more = "")
        {
            using var response = await tenant.HoldAsync(start, more);
            return await response.DataAsync<HoldResponse>();
        }

        /// <summary>One value; as the owner of the database.</summary>
        public async Task<long> CountAsync(string sql) =>
            Convert.ToInt64(await tenant.ValueAsync(sql), CultureInfo.InvariantCulture);

        /// <summary>
        /// Resources 1 to <paramref name="count"/> that are open as the doctor is, for requirement 1 of the service.
        /// </summary>
        public Task HireAsync(int count) => tenant.ExecuteAsync($"""
            insert into resources (id, category_id, name) select n, {tenant.CategoryId}, 'R' || n from generate_series(1, {count}) n;
            update schedules set resource_id = null;
            insert into service_resources (service_id, resource_id) select {tenant.ServiceId}, n from generate_series(1, {count}) n;
            """);
    }

    extension(HttpResponseMessage response)
    {
        public async Task<JsonElement> BodyAsync() =>
            JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
    }
}
