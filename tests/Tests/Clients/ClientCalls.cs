using System.Net.Http.Json;
using System.Text;
using Platform.Contracts;
using Platform.Contracts.Clients;
using Platform.Tests.Support;

namespace Platform.Tests.Clients;

internal static class ClientCalls
{
    public const string Clients = "/api/v1/clients";

    extension(TestTenant tenant)
    {
        public Task<HttpResponseMessage> SendAsync(
            HttpMethod method, string path, string? body = null, string? ifMatch = null, string? idempotencyKey = null)
        {
            var request = new HttpRequestMessage(method, path);
            if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
            if (ifMatch is not null) request.Headers.Add("If-Match", ifMatch);
            if (idempotencyKey is not null) request.Headers.Add(Headers.IdempotencyKey, idempotencyKey);
            return tenant.Client.SendAsync(request);
        }

        public async Task<ClientResponse> KnownAsync(CreateClientRequest request)
        {
            using var response = await tenant.Client.PostAsJsonAsync(Clients, request, PlatformJson.Options);
            Assert.Equal(201, (int)response.StatusCode);
            return await response.DataAsync<ClientResponse>();
        }

        public async Task<ClientResponse> ClientAsync(long id)
        {
            using var response = await tenant.Client.GetAsync($"{Clients}/{id}");
            return await response.DataAsync<ClientResponse>();
        }

        public Task<HttpResponseMessage> MergeAsync(long id, long otherId, string? ifMatch = null) =>
            tenant.SendAsync(HttpMethod.Post, $"{Clients}/{id}/merge", $$"""{ "otherId": {{otherId}} }""", ifMatch);

        public Task<HttpResponseMessage> EraseAsync(long id, string? ifMatch = null) =>
            tenant.SendAsync(HttpMethod.Post, $"{Clients}/{id}/erase", ifMatch: ifMatch);
    }
}
