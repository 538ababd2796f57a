using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using Platform.Contracts.Bookings;
using Platform.Contracts.Catalogue;
using Platform.Ui.Http;
using Platform.Ui.Time;

namespace Platform.Hub.Web.Public;

/// <summary>The API as people without an account use it: no token is sent, even for people who are signed in.</summary>
public sealed class PublicApi(HttpClient http, ILogger<PublicApi> logger) : ApiClient(http, logger)
{
    private const string Root = "public/api/v1";

    private readonly HttpClient _http = http;

    public Task<Answer<TenantLookup>> TenantAsync(string slug, CancellationToken ct) =>
        GetAsync<TenantLookup>(QueryHelpers.AddQueryString($"{Root}/tenants/lookup", "slug", slug), ct);

    public Task<Answer<TenantLookup>> TenantOfHostAsync(string host, CancellationToken ct) =>
        GetAsync<TenantLookup>(QueryHelpers.AddQueryString($"{Root}/tenants/lookup", "host", host), ct);

    public Task<Answer<IReadOnlyList<ServiceResponse>>> ServicesAsync(string slug, CancellationToken ct) =>
        GetAllAsync<ServiceResponse>($"{Root}/{slug}/services?limit=200", ct);

    /// <summary>The local days, from one up to and without another, on which something is free.</summary>
    public Task<Answer<IReadOnlyList<SlotDay>>> DaysAsync(
        string slug, PublicSlotQuery question, DateOnly from, DateOnly to, CancellationToken ct) =>
        GetAsync<IReadOnlyList<SlotDay>>(Slots(slug, "slots/days", question, from.ToIso(), to.ToIso()), ct);

    public Task<Answer<IReadOnlyList<SlotResponse>>> SlotsAsync(
        string slug, PublicSlotQuery question, DateOnly from, DateOnly to, CancellationToken ct) =>
        GetAsync<IReadOnlyList<SlotResponse>>(Slots(slug, "slots", question, from.ToIso(), to.ToIso()), ct);

    /// <summary>The slot that starts at an instant, if it is free.</summary>
    public Task<Answer<IReadOnlyList<SlotResponse>>> SlotAtAsync(
        string slug, PublicSlotQuery question, DateTimeOffset start, CancellationToken ct) =>
        GetAsync<IReadOnlyList<SlotResponse>>(
            Slots(slug, "slots", question, start.ToIso(), start.AddSeconds(1).ToIso()), ct);

    /// <summary>The first free slot of a local day or later.</summary>
    public Task<Answer<NextSlot>> NextAsync(
        string slug, PublicSlotQuery question, DateOnly from, CancellationToken ct) =>
        GetAsync<NextSlot>(Slots(slug, "slots/next", question, from.ToIso(), null), ct);

    public Task<Answer<HoldResponse>> HoldAsync(string slug, PublicHoldRequest request, string key, CancellationToken ct) =>
        PostAsync<HoldResponse>($"{Root}/{slug}/holds", request, key, ct);

    public Task<Answer<HoldResponse>> FindHoldAsync(string slug, string token, CancellationToken ct) =>
        GetAsync<HoldResponse>($"{Root}/{slug}/holds/{Uri.EscapeDataString(token)}", ct);

    public Task<Answer<Done>> ReleaseAsync(string slug, string token, CancellationToken ct) =>
        SendAsync<Done>(HttpMethod.Delete, $"{Root}/{slug}/holds/{Uri.EscapeDataString(token)}", null, ct);

    /// <param name="key">The same for each attempt at this one booking.</param>
    public Task<Answer<PublicBookingResponse>> BookAsync(
        string slug, PublicBookingRequest request, string key, CancellationToken ct) =>
        PostAsync<PublicBookingResponse>($"{Root}/{slug}/bookings", request, key, ct);

    public Task<Answer<PublicBookingResponse>> BookingAsync(string slug, string token, CancellationToken ct) =>
        GetAsync<PublicBookingResponse>(Manage(slug, token), ct);

    public Task<Answer<PublicBookingResponse>> CancelAsync(string slug, string token, string? reason, CancellationToken ct) =>
        PostAsync<PublicBookingResponse>($"{Manage(slug, token)}/cancel", new PublicCancelRequest(reason), null, ct);

    public Task<Answer<PublicBookingResponse>> RescheduleAsync(
        string slug, string token, PublicRescheduleRequest request, CancellationToken ct) =>
        PostAsync<PublicBookingResponse>($"{Manage(slug, token)}/reschedule", request, null, ct);

    public Task<Answer<Done>> RemindAsync(string slug, string token, bool isOn, CancellationToken ct) =>
        SendAsync<Done>(HttpMethod.Post, $"{Manage(slug, token)}/reminders/{(isOn ? "resume" : "stop")}", null, ct);

    public Task<Answer<PublicWaitlistResponse>> JoinAsync(
        string slug, PublicWaitlistRequest request, string key, CancellationToken ct) =>
        PostAsync<PublicWaitlistResponse>($"{Root}/{slug}/waitlist", request, key, ct);

    public Task<Answer<PublicWaitlistResponse>> EntryAsync(string slug, string token, CancellationToken ct) =>
        GetAsync<PublicWaitlistResponse>(Entry(slug, token), ct);

    public Task<Answer<PublicWaitlistResponse>> LeaveAsync(string slug, string token, CancellationToken ct) =>
        SendAsync<PublicWaitlistResponse>(HttpMethod.Delete, Entry(slug, token), null, ct);

    /// <summary>The booking as an iCalendar file; null if it does not exist.</summary>
    public async Task<byte[]?> CalendarAsync(string slug, string token, CancellationToken ct)
    {
        using var response = await _http.GetAsync($"{Manage(slug, token)}/calendar.ics", ct);
        return response.IsSuccessStatusCode ? await response.Content.ReadAsByteArrayAsync(ct) : null;
    }

    private static string Manage(string slug, string token) => $"{Root}/{slug}/manage/{Uri.EscapeDataString(token)}";

    private static string Entry(string slug, string token) => $"{Root}/{slug}/waitlist/{Uri.EscapeDataString(token)}";

    private static string Slots(string slug, string path, PublicSlotQuery question, string from, string? to) =>
        QueryHelpers.AddQueryString($"{Root}/{slug}/{path}", new Dictionary<string, string?>
        {
            ["serviceId"] = question.ServiceId.ToString(CultureInfo.InvariantCulture),
            ["from"] = from,
            ["to"] = to,
            ["timeZone"] = question.Zone.Id,
            ["resourceId"] = question.With?.ToString(CultureInfo.InvariantCulture),
            ["durationMinutes"] = question.Minutes?.ToString(CultureInfo.InvariantCulture),
            ["partySize"] = question.Party?.ToString(CultureInfo.InvariantCulture),
            ["holdToken"] = to is null ? null : question.Hold,
        });
}

/// <summary>What a visitor looks for.</summary>
/// <param name="With">The resource they chose; any if null.</param>
/// <param name="Minutes">One of the service's lengths; its first if null.</param>
/// <param name="Party">How many come; one if null.</param>
/// <param name="Zone">In which days begin.</param>
/// <param name="Hold">The token of their own hold, whose time is free to them.</param>
public sealed record PublicSlotQuery(
    long ServiceId, long? With, int? Minutes, int? Party, TimeZoneInfo Zone, string? Hold = null);
