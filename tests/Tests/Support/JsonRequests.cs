using System.Text;
using System.Text.Json;
using Platform.Contracts;

namespace Platform.Tests.Support;

/// <summary>Requests written as a client writes them: as text.</summary>
public static class JsonRequests
{
    extension(TestTenant tenant)
    {
        /// <param name="path">Below <c>/api/v1</c>.</param>
        /// <param name="json">The body; none where null.</param>
        /// <param name="version">Sent as <c>If-Match</c>.</param>
        /// <param name="key">Sent as <c>Idempotency-Key</c>.</param>
        public async Task<HttpResponseMessage> SendAsync(
            string method, string path, string? json = null, long? version = null, string? key = null)
        {
            using var request = new HttpRequestMessage(new(method), $"/api/v1{path}");
            if (json is not null) request.Content = new StringContent(json, Encoding.UTF8, "application/json");
            if (version is not null) request.Headers.TryAddWithoutValidation("If-Match", $"\"{version}\"");
            if (key is not null) request.Headers.Add(Headers.IdempotencyKey, key);
            return await tenant.Client.SendAsync(request);
        }

        public async Task<T> SentAsync<T>(string method, string path, string? json = null)
        {
            using var response = await tenant.SendAsync(method, path, json);
            return await response.DataAsync<T>();
        }

        /// <summary>Status, code and the first field of what is refused.</summary>
        public async Task<(int Status, string? Code, string? Field)> RefusedAsync(
            string method, string path, string? json = null, long? version = null)
        {
            using var response = await tenant.SendAsync(method, path, json, version);
            return await response.RefusalAsync();
        }
    }

    extension(HttpResponseMessage response)
    {
        /// <summary>Status, code and the first field of what is refused.</summary>
        public async Task<(int Status, string? Code, string? Field)> RefusalAsync()
        {
            var (status, code) = await response.ProblemAsync();
            var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
            return problem.TryGetProperty("errors", out var errors)
                ? (status, code, errors[0].GetProperty("field").GetString())
                : (status, code, null);
        }

        public async Task<string?> SuccessAsync() =>
            JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement
                .GetProperty("meta").GetProperty("code").GetString();
    }
}
