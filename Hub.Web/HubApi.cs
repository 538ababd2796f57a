using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using Platform.Contracts.Bookings;
using Platform.Contracts.Catalogue;
using Platform.Contracts.People;
using Platform.Ui.Http;
using Platform.Ui.Time;

namespace Platform.Hub.Web;

/// <summary>The API as these pages see it, in the tenant of the person who is signed in.</summary>
public sealed class HubApi(HttpClient http, ILogger<HubApi> logger) : ApiClient(http, logger)
{
    private const string Root = "api/v1";

    public Task<Answer<MeResponse>> MeAsync(CancellationToken ct) => GetAsync<MeResponse>($"{Root}/me", ct);

    public Task<Answer<IReadOnlyList<MyTenantResponse>>> MyTenantsAsync(CancellationToken ct) =>
        GetAsync<IReadOnlyList<MyTenantResponse>>($"{Root}/me/tenants", ct);

    public Task<Answer<IReadOnlyList<ServiceResponse>>> ServicesAsync(CancellationToken ct) =>
        GetAsync<IReadOnlyList<ServiceResponse>>($"{Root}/services?limit=200", ct);

    public Task<Answer<IReadOnlyList<ResourceResponse>>> ResourcesAsync(CancellationToken ct) =>
        GetAsync<IReadOnlyList<ResourceResponse>>($"{Root}/resources?limit=200", ct);

    /// <summary>The free starts from one day of the tenant up to, and without, another; at most 31 days.</summary>
    /// <param name="durationMinutes">One of the service's durations; its first when null.</param>
    public Task<Answer<IReadOnlyList<SlotResponse>>> SlotsAsync(
        long serviceId, DateOnly from, DateOnly to, int? durationMinutes, CancellationToken ct) =>
        GetAsync<IReadOnlyList<SlotResponse>>(Query("slots", new()
        {
            ["serviceId"] = serviceId.ToString(CultureInfo.InvariantCulture),
            ["from"] = from.ToIso(),
            ["to"] = to.ToIso(),
            ["durationMinutes"] = durationMinutes?.ToString(CultureInfo.InvariantCulture),
        }), ct);

    public Task<Answer<IReadOnlyList<BookingResponse>>> BookingsAsync(BookingFilter filter, CancellationToken ct) =>
        GetAsync<IReadOnlyList<BookingResponse>>(Query("bookings", new()
        {
            ["from"] = filter.From?.ToIso(),
            ["to"] = filter.To?.ToIso(),
            ["status"] = filter.Status,
            ["cursor"] = filter.Cursor,
            ["limit"] = filter.Limit.ToString(CultureInfo.InvariantCulture),
        }), ct);

    public Task<Answer<BookingResponse>> BookingAsync(long id, CancellationToken ct) =>
        GetAsync<BookingResponse>($"{Root}/bookings/{id}", ct);

    public Task<Answer<IReadOnlyList<BookingEventResponse>>> BookingEventsAsync(long id, CancellationToken ct) =>
        GetAllAsync<BookingEventResponse>($"{Root}/bookings/{id}/events", ct);

    /// <param name="request">What is booked.</param>
    /// <param name="key">The same for each attempt at this one booking.</param>
    public Task<Answer<BookingResponse>> CreateBookingAsync(
        CreateBookingRequest request, string key, CancellationToken ct) =>
        PostAsync<BookingResponse>($"{Root}/bookings", request, key, ct);

    public Task<Answer<BookingResponse>> CancelBookingAsync(long id, string? reason, CancellationToken ct) =>
        PostAsync<BookingResponse>($"{Root}/bookings/{id}/cancel", new CancelBookingRequest(reason), null, ct);

    private static string Query(string path, Dictionary<string, string?> values) =>
        QueryHelpers.AddQueryString($"{Root}/{path}", values); // leaves out what is null
}

/// <summary>Which bookings a list shows; what is null does not matter.</summary>
public sealed record BookingFilter(
    DateTimeOffset? From = null,
    DateTimeOffset? To = null,
    string? Status = null,
    string? Cursor = null,
    int Limit = 25);
