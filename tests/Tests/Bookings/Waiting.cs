using System.Net.Http.Json;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Tests.Support;

namespace Platform.Tests.Bookings;

/// <summary>Requests about the waitlist.</summary>
internal static class Waiting
{
    extension(TestTenant tenant)
    {
        /// <summary>For any time of the fixture's Monday.</summary>
        public JoinWaitlistRequest Monday(string name) => new(
            tenant.ServiceId, PlatformFixture.Monday9am, PlatformFixture.Monday9am.AddHours(12),
            Client: new(name, $"{name}@example.com"));

        public Task<HttpResponseMessage> JoinAsync(JoinWaitlistRequest request) =>
            tenant.Client.PostAsJsonAsync("/api/v1/waitlist", request, PlatformJson.Options);

        public async Task<WaitlistResponse> JoinedAsync(JoinWaitlistRequest request)
        {
            using var response = await tenant.JoinAsync(request);
            return await response.DataAsync<WaitlistResponse>();
        }

        public Task<WaitlistResponse> WaitlistEntryAsync(long id) => tenant.SentAsync<WaitlistResponse>("GET", $"/waitlist/{id}");

        /// <summary>In order of joining.</summary>
        public async Task<string[]> WaitlistAsync() =>
            [.. (await tenant.SentAsync<List<WaitlistResponse>>("GET", "/waitlist")).Select(w => $"{w.Client.Name} {w.Status}")];

        public Task<HoldResponse> OfferAsync(WaitlistResponse entry) =>
            tenant.SentAsync<HoldResponse>("GET", $"/holds/{entry.BookingId}");

        public Task<BookingResponse> CancelledAsync(BookingResponse booking) =>
            tenant.SentAsync<BookingResponse>("POST", $"/bookings/{booking.Id}/cancel", "{}");
    }
}
