using System.Globalization;
using Platform.Contracts.Bookings;
using Platform.Hub.Web.Bookings;
using Platform.Ui.Http;

namespace Platform.Hub.Web;

/// <summary>Bookings, series, waitlist.</summary>
public sealed partial class HubApi
{
    public Task<Answer<IReadOnlyList<BookingResponse>>> BookingsAsync(BookingListFilter filter, CancellationToken ct) =>
        GetAsync<IReadOnlyList<BookingResponse>>(Query("bookings", filter.ToQuery()), ct);

    /// <summary>All pages of it, to show a range whole.</summary>
    public Task<Answer<IReadOnlyList<BookingResponse>>> AllBookingsAsync(
        BookingListFilter filter, CancellationToken ct) =>
        GetAllAsync<BookingResponse>(Query("bookings", (filter with { Page = null, Size = 200 }).ToQuery()), ct);

    public Task<HttpResponseMessage> BookingsFileAsync(BookingListFilter filter, CancellationToken ct) =>
        GetFileAsync(Query("bookings", (filter with { Page = null, Size = null }).ToQuery()), "text/csv", ct);

    public Task<Answer<BookingResponse>> BookingAsync(long id, CancellationToken ct) =>
        GetAsync<BookingResponse>($"{Root}/bookings/{id}", ct);

    public Task<Answer<IReadOnlyList<BookingEventResponse>>> BookingEventsAsync(long id, CancellationToken ct) =>
        GetAllAsync<BookingEventResponse>($"{Root}/bookings/{id}/events", ct);

    public Task<Answer<IReadOnlyList<AttentionResponse>>> AttentionAsync(string? cursor, int limit, CancellationToken ct) =>
        GetAsync<IReadOnlyList<AttentionResponse>>(Query("bookings/attention", new()
        {
            ["cursor"] = cursor,
            ["limit"] = limit.ToString(CultureInfo.InvariantCulture),
        }), ct);

    /// <param name="request">What is booked.</param>
    /// <param name="key">The same for each attempt at this one booking.</param>
    /// <param name="ct"></param>
    public Task<Answer<BookingResponse>> CreateBookingAsync(
        CreateBookingRequest request, string key, CancellationToken ct) =>
        PostAsync<BookingResponse>($"{Root}/bookings", request, key, ct);

    /// <param name="id">Of the booking.</param>
    /// <param name="act">The last part of the route: <c>cancel</c>.</param>
    /// <param name="request">What the act needs.</param>
    /// <param name="version">The version that the reader saw.</param>
    /// <param name="ct"></param>
    public Task<Answer<BookingResponse>> ChangeBookingAsync(
        long id, string act, object? request, long? version, CancellationToken ct) =>
        SendAsync<BookingResponse>(HttpMethod.Post, $"{Root}/bookings/{id}/{act}", request, ct, version);

    public Task<Answer<BookingResponse>> UpdateBookingAsync(
        long id, UpdateBookingRequest request, long? version, CancellationToken ct) =>
        SendAsync<BookingResponse>(HttpMethod.Patch, $"{Root}/bookings/{id}", request, ct, version);

    public Task<Answer<SeriesResponse>> SeriesAsync(long id, CancellationToken ct) =>
        GetAsync<SeriesResponse>($"{Root}/series/{id}", ct);

    public Task<Answer<SeriesPreview>> PreviewSeriesAsync(CreateSeriesRequest request, CancellationToken ct) =>
        PostAsync<SeriesPreview>($"{Root}/series/preview", request, null, ct);

    public Task<Answer<SeriesResponse>> CreateSeriesAsync(CreateSeriesRequest request, string key, CancellationToken ct) =>
        PostAsync<SeriesResponse>($"{Root}/series", request, key, ct);

    /// <param name="id">Of the series.</param>
    /// <param name="scope"><c>this</c>, <c>following</c> or <c>all</c>.</param>
    /// <param name="occurrence">Its local time, for <c>this</c> and <c>following</c>.</param>
    /// <param name="request">What changes.</param>
    /// <param name="version">The version that the reader saw.</param>
    /// <param name="ct"></param>
    /// <param name="dryRun">Answers what would happen.</param>
    public Task<Answer<SeriesResponse>> UpdateSeriesAsync(
        long id, string scope, string? occurrence, UpdateSeriesRequest request, long? version, CancellationToken ct,
        bool dryRun = false) =>
        SendAsync<SeriesResponse>(
            HttpMethod.Patch,
            Query($"series/{id}", new()
            {
                ["scope"] = scope,
                ["occurrence"] = scope == "all" ? null : occurrence,
                ["dryRun"] = dryRun ? "true" : null,
            }),
            request, ct, version);

    public Task<Answer<SeriesResponse>> CancelSeriesAsync(
        long id, CancelSeriesRequest request, long? version, CancellationToken ct) =>
        SendAsync<SeriesResponse>(HttpMethod.Post, $"{Root}/series/{id}/cancel", request, ct, version);

    public Task<Answer<IReadOnlyList<WaitlistResponse>>> WaitlistAsync(
        string? status, int page, int size, CancellationToken ct) =>
        GetAsync<IReadOnlyList<WaitlistResponse>>(Query("waitlist", new()
        {
            ["status"] = status,
            ["page"] = page.ToString(CultureInfo.InvariantCulture),
            ["size"] = size.ToString(CultureInfo.InvariantCulture),
        }), ct);

    public Task<Answer<WaitlistResponse>> JoinWaitlistAsync(JoinWaitlistRequest request, string key, CancellationToken ct) =>
        PostAsync<WaitlistResponse>($"{Root}/waitlist", request, key, ct);

    public Task<Answer<WaitlistResponse>> LeaveWaitlistAsync(long id, CancellationToken ct) =>
        SendAsync<WaitlistResponse>(HttpMethod.Delete, $"{Root}/waitlist/{id}", null, ct);
}
