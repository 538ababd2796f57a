using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using Platform.Contracts.Calendars;
using Platform.Contracts.Catalogue;
using Platform.Contracts.People;
using Platform.Ui.Http;
using Platform.Ui.Time;

namespace Platform.Hub.Web;

/// <summary>The API as these pages see it, in the tenant of the person who is signed in.</summary>
public sealed partial class HubApi(HttpClient http, ILogger<HubApi> logger) : ApiClient(http, logger)
{
    private const string Root = "api/v1";

    public Task<Answer<MeResponse>> MeAsync(CancellationToken ct) => GetAsync<MeResponse>($"{Root}/me", ct);

    public Task<Answer<PersonFeedResponse>> MyFeedAsync(CancellationToken ct) =>
        GetAsync<PersonFeedResponse>($"{Root}/me/feed", ct);

    public Task<Answer<PersonFeedResponse>> CreateMyFeedAsync(bool details, CancellationToken ct) =>
        SendAsync<PersonFeedResponse>(HttpMethod.Post, $"{Root}/me/feed", new CreateFeedRequest(details), ct);

    public Task<Answer<Done>> DeleteMyFeedAsync(CancellationToken ct) =>
        SendAsync<Done>(HttpMethod.Delete, $"{Root}/me/feed", null, ct);

    public Task<Answer<IReadOnlyList<MyTenantResponse>>> MyTenantsAsync(CancellationToken ct) =>
        GetAsync<IReadOnlyList<MyTenantResponse>>($"{Root}/me/tenants", ct);

    public Task<Answer<IReadOnlyList<ServiceResponse>>> ServicesAsync(CancellationToken ct) =>
        GetAsync<IReadOnlyList<ServiceResponse>>($"{Root}/services?limit=200", ct);

    public Task<Answer<ServiceResponse>> ServiceAsync(long id, CancellationToken ct) =>
        GetAsync<ServiceResponse>($"{Root}/services/{id}", ct);

    public Task<Answer<IReadOnlyList<CustomFieldResponse>>> CustomFieldsAsync(CancellationToken ct) =>
        GetAllAsync<CustomFieldResponse>($"{Root}/custom-fields?limit=200", ct);

    public Task<Answer<IReadOnlyList<ResourceResponse>>> ResourcesAsync(CancellationToken ct) =>
        GetAsync<IReadOnlyList<ResourceResponse>>($"{Root}/resources?limit=200", ct);

    /// <summary>The free starts from one day of the tenant up to, and without, another; at most 31 days.</summary>
    /// <param name="durationMinutes">One of the service's durations; its first when null.</param>
    public Task<Answer<IReadOnlyList<SlotResponse>>> SlotsAsync(
        long serviceId, DateOnly from, DateOnly to, int? durationMinutes, CancellationToken ct,
        int? partySize = null, long? resourceId = null) =>
        GetAsync<IReadOnlyList<SlotResponse>>(Query("slots", new()
        {
            ["serviceId"] = serviceId.ToString(CultureInfo.InvariantCulture),
            ["from"] = from.ToIso(),
            ["to"] = to.ToIso(),
            ["durationMinutes"] = durationMinutes?.ToString(CultureInfo.InvariantCulture),
            ["partySize"] = partySize?.ToString(CultureInfo.InvariantCulture),
            ["resourceId"] = resourceId?.ToString(CultureInfo.InvariantCulture),
        }), ct);

    private static string Query(string path, Dictionary<string, string?> values) =>
        QueryHelpers.AddQueryString($"{Root}/{path}", values); // leaves out what is null
}
