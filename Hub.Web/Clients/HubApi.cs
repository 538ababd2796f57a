using System.Globalization;
using Platform.Contracts.Bookings;
using Platform.Contracts.Clients;
using Platform.Ui.Http;

namespace Platform.Hub.Web;

/// <summary>Clients.</summary>
public sealed partial class HubApi
{
    public Task<Answer<IReadOnlyList<ClientResponse>>> ClientsAsync(string? text, int page, int size, CancellationToken ct) =>
        GetAsync<IReadOnlyList<ClientResponse>>(Query("clients", new()
        {
            ["q"] = text,
            ["page"] = page.ToString(CultureInfo.InvariantCulture),
            ["size"] = size.ToString(CultureInfo.InvariantCulture),
        }), ct);

    public Task<Answer<ClientResponse>> ClientAsync(long id, CancellationToken ct) =>
        GetAsync<ClientResponse>($"{Root}/clients/{id}", ct);

    public Task<Answer<IReadOnlyList<BookingResponse>>> BookingsOfClientAsync(long id, string? cursor, CancellationToken ct) =>
        GetAsync<IReadOnlyList<BookingResponse>>(Query($"clients/{id}/bookings", new() { ["cursor"] = cursor }), ct);

    public Task<Answer<IReadOnlyList<ClientDuplicates>>> DuplicatesAsync(CancellationToken ct) =>
        GetAsync<IReadOnlyList<ClientDuplicates>>($"{Root}/clients/duplicates?limit=50", ct);

    public Task<Answer<ClientResponse>> CreateClientAsync(CreateClientRequest request, string key, CancellationToken ct) =>
        PostAsync<ClientResponse>($"{Root}/clients", request, key, ct);

    public Task<Answer<ClientResponse>> UpdateClientAsync(
        long id, UpdateClientRequest request, long? version, CancellationToken ct) =>
        SendAsync<ClientResponse>(HttpMethod.Patch, $"{Root}/clients/{id}", request, ct, version);

    public Task<Answer<ClientResponse>> MergeClientsAsync(long id, long otherId, long? version, CancellationToken ct) =>
        SendAsync<ClientResponse>(
            HttpMethod.Post, $"{Root}/clients/{id}/merge", new MergeClientRequest(otherId), ct, version);

    public Task<Answer<ClientResponse>> EraseClientAsync(long id, long? version, CancellationToken ct) =>
        SendAsync<ClientResponse>(HttpMethod.Post, $"{Root}/clients/{id}/erase", null, ct, version);

    public Task<HttpResponseMessage> ClientFileAsync(long id, CancellationToken ct) =>
        GetFileAsync($"{Root}/clients/{id}/export", "application/json", ct);
}
