using Platform.Contracts;
using Platform.Contracts.ApiKeys;
using Platform.Contracts.People;
using Platform.Tests.Support;

namespace Platform.Tests.ApiKeys;

/// <summary>Requests that the tests of keys share.</summary>
internal static class KeyCalls
{
    extension(TestTenant tenant)
    {
        /// <param name="roles">Slugs.</param>
        public Task<ServiceAccountResponse> ServiceAccountAsync(params IReadOnlyList<string> roles) =>
            tenant.SentAsync<ServiceAccountResponse>("POST", "/service-accounts", $$"""
                { "name": "Robot {{Guid.CreateVersion7():n}}", "roles": [{{Texts(roles)}}] }
                """);

        public Task<NewApiKeyResponse> KeyAsync(long account, params IReadOnlyList<string> scopes) =>
            tenant.SentAsync<NewApiKeyResponse>(
                "POST", $"/service-accounts/{account}/keys", $$"""{ "scopes": [{{Texts(scopes)}}] }""");

        /// <summary>A key of an account that may do everything.</summary>
        public async Task<NewApiKeyResponse> MightyKeyAsync(params IReadOnlyList<string> scopes) =>
            await tenant.KeyAsync((await tenant.ServiceAccountAsync(SystemRoles.TenantAdmin)).Id, scopes);
    }

    /// <summary>A client with a key, and with the header of a tenant if one is named.</summary>
    public static HttpClient With(this HttpClient client, string secret, long? tenantId = null)
    {
        client.DefaultRequestHeaders.Authorization = new("Bearer", secret);
        if (tenantId is not null) client.DefaultRequestHeaders.Add(Headers.TenantId, $"{tenantId}");
        return client;
    }

    private static string Texts(IEnumerable<string> texts) => string.Join(", ", texts.Select(text => $"\"{text}\""));
}
