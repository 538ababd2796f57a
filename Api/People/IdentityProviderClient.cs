using System.Net;
using System.Text.Json;
using Platform.Contracts;
using Platform.Contracts.People;
using Platform.Core;

namespace Platform.Api.People;

/// <summary>Tenants' own OpenID Connect providers, which Identity keeps.</summary>
internal sealed class IdentityProviderClient(HttpClient identity, AccountsToken token)
{
    private static readonly Rejection Concurrent =
        new(RejectionKind.Conflict, Codes.InUse, "The row is being changed concurrently. Try again.");

    /// <returns>Null if the tenant has none.</returns>
    /// <exception cref="AccountsUnavailableException" />
    public async Task<IdentityProviderResponse?> FindAsync(long tenantId, CancellationToken ct) =>
        (await SendAsync(HttpMethod.Get, tenantId, "", null, ct)).Value;

    /// <exception cref="AccountsUnavailableException" />
    public Task<Result<IdentityProviderResponse?>> PutAsync(
        long tenantId, IdentityProviderRequest request, CancellationToken ct) =>
        SendAsync(HttpMethod.Put, tenantId, "", request, ct);

    /// <exception cref="AccountsUnavailableException" />
    public Task DeleteAsync(long tenantId, CancellationToken ct) => SendAsync(HttpMethod.Delete, tenantId, "", null, ct);

    /// <summary>Looks for the proofs of domains in the DNS.</summary>
    /// <returns>Null if the tenant has no provider.</returns>
    /// <exception cref="AccountsUnavailableException" />
    public async Task<IdentityProviderResponse?> VerifyAsync(long tenantId, CancellationToken ct) =>
        (await SendAsync(HttpMethod.Post, tenantId, "/verify", null, ct)).Value;

    private async Task<Result<IdentityProviderResponse?>> SendAsync(
        HttpMethod method, long tenantId, string path, IdentityProviderRequest? body, CancellationToken ct)
    {
        try
        {
            using var request = new HttpRequestMessage(method, $"/api/tenants/{tenantId}/identity-provider{path}");
            if (body is not null) request.Content = JsonContent.Create(body);
            request.Headers.Authorization = new("Bearer", await token.GetAsync(identity, ct));
            using var response = await identity.SendAsync(request, ct);

            switch (response.StatusCode)
            {
                case HttpStatusCode.NotFound or HttpStatusCode.NoContent:
                    return (IdentityProviderResponse?)null;
                case HttpStatusCode.Conflict:
                    return Concurrent;
                case HttpStatusCode.UnprocessableEntity:
                    return ToRejection(await response.Content.ReadFromJsonAsync<JsonElement>(ct));
                case HttpStatusCode.Unauthorized:
                    token.Forget();
                    break;
            }

            response.EnsureSuccessStatusCode();
            return await response.Content.ReadFromJsonAsync<IdentityProviderResponse>(ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            throw new AccountsUnavailableException(e);
        }
    }

    private static Rejection ToRejection(JsonElement problem) => new(
        RejectionKind.Invalid, Codes.InvalidIdentityProvider, problem.GetProperty("detail").GetString()!,
        problem.GetProperty("field").GetString());
}
