using Platform.Contracts.Calendars;
using Platform.Contracts.Catalogue;
using Platform.Ui.Http;
using Platform.Ui.Time;

namespace Platform.Hub.Web;

/// <summary>What a calendar shows beside bookings.</summary>
public sealed partial class HubApi
{
    public Task<Answer<IReadOnlyList<OpeningResponse>>> OpeningsAsync(DateOnly from, DateOnly to, CancellationToken ct) =>
        GetAsync<IReadOnlyList<OpeningResponse>>(
            Query("openings", new() { ["from"] = from.ToIso(), ["to"] = to.ToIso() }), ct);

    public Task<Answer<IReadOnlyList<BlackoutResponse>>> BlackoutsAsync(DateOnly from, DateOnly to, CancellationToken ct) =>
        GetAllAsync<BlackoutResponse>(
            Query("blackouts", new() { ["from"] = from.ToIso(), ["to"] = to.ToIso(), ["limit"] = "200" }), ct);

    public Task<Answer<IReadOnlyList<BusyTimeResponse>>> BusyTimesAsync(DateOnly from, DateOnly to, CancellationToken ct) =>
        GetAsync<IReadOnlyList<BusyTimeResponse>>(
            Query("busy-times", new() { ["from"] = from.ToIso(), ["to"] = to.ToIso() }), ct);

    /// <summary>Changes of the tenant as they happen; the caller disposes of it.</summary>
    /// <param name="last">The id of the event that came last; null begins now.</param>
    /// <param name="ct"></param>
    public Task<HttpResponseMessage> ChangesAsync(string? last, CancellationToken ct) =>
        GetFileAsync($"{Root}/events/stream", "text/event-stream", ct, ("Last-Event-ID", last));
}
