using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Duende.IdentityServer.Events;
using Duende.IdentityServer.Models;
using Duende.IdentityServer.Services;
using Microsoft.AspNetCore.Http;

namespace Duende.IdentityServer.Protocol;

/// <summary>The secret in a request, by whichever one method it came.</summary>
internal sealed record Credentials(string ClientId, string? Secret, string? Assertion);

/// <summary>Exactly one of client and error is set.</summary>
internal sealed record ClientCheck(Client? Client, OAuthError? Error);

/// <summary>
/// Finds out which client calls: by HTTP Basic, by form, by signed assertion, or by name alone for public ones.
/// </summary>
internal sealed class ClientAuthentication(
    ResourceCatalogue catalogue, ClientAssertions assertions, IEventService events, TimeProvider clock)
{
    private static readonly OAuthError InvalidClient =
        new("invalid_client", "Client authentication failed", StatusCodes.Status401Unauthorized);

    public async Task<ClientCheck> CheckAsync(HttpRequest request, Parameters form, CancellationToken ct)
    {
        var (credentials, error) = Read(request, form);
        if (credentials is null) return await RefuseAsync(error!, "?");

        var client = catalogue.FindClient(credentials.ClientId);
        var accepted = client is not null && await AcceptsAsync(client, credentials, ct);
        return accepted ? new(client, null) : await RefuseAsync(InvalidClient, credentials.ClientId);
    }

    /// <summary>An API that authenticates under its own name, for introspection; null when it is none.</summary>
    public ApiResource? FindApi(HttpRequest request, Parameters form) =>
        Read(request, form).Credentials is { Secret: { } secret } credentials
        && catalogue.Apis.FirstOrDefault(api => api.Enabled && api.Name == credentials.ClientId) is { } api
        && Matches(api.ApiSecrets, secret)
            ? api
            : null;

    private static (Credentials? Credentials, OAuthError? Error) Read(HttpRequest request, Parameters form)
    {
        if (form.Fault() is { } fault) return (null, OAuthError.InvalidRequest(fault));

        var hasHeader = request.Headers.Authorization.Count > 0;
        var hasSecret = form["client_secret"] is not null;
        var hasAssertion = form["client_assertion"] is not null || form["client_assertion_type"] is not null;
        if ((hasHeader ? 1 : 0) + (hasSecret ? 1 : 0) + (hasAssertion ? 1 : 0) > 1)
        {
            return (null, OAuthError.InvalidRequest("More than one way of client authentication"));
        }

        if (hasHeader)
        {
            var credentials = ReadHeader(request.Headers.Authorization.ToString());
            if (credentials is null) return (null, InvalidClient);

            return form["client_id"] is { } other && other != credentials.ClientId
                ? (null, OAuthError.InvalidRequest("Two clients are named"))
                : (credentials, null);
        }

        if (hasAssertion)
        {
            return ClientAssertions.IssuerOf(form) is { } issuer
                && (form["client_id"] is null || form["client_id"] == issuer)
                ? (new(issuer, null, form["client_assertion"]), null)
                : (null, InvalidClient);
        }

        return form["client_id"] is { } id ? (new(id, form["client_secret"], null), null) : (null, InvalidClient);
    }

    /// <summary>Both halves are form-url-encoded (RFC 6749, 2.3.1).</summary>
    private static Credentials? ReadHeader(string header)
    {
        if (!AuthenticationHeaderValue.TryParse(header, out var value)) return null;
        if (!value.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase)) return null;

        var bytes = new byte[value.Parameter?.Length ?? 0];
        if (!Convert.TryFromBase64String(value.Parameter ?? "", bytes, out var length)) return null;

        return Encoding.UTF8.GetString(bytes, 0, length).Split(':', 2) is [{ Length: > 0 } id, { Length: > 0 } secret]
            ? new(Decode(id), Decode(secret), null)
            : null;
    }

    private static string Decode(string part) => Uri.UnescapeDataString(part.Replace('+', ' '));

    private async Task<bool> AcceptsAsync(Client client, Credentials credentials, CancellationToken ct) =>
        credentials switch
        {
            { Assertion: { } assertion } => await assertions.AcceptsAsync(client, assertion, ct),
            { Secret: { } secret } => Matches(client.ClientSecrets, secret),
            _ => !client.RequireClientSecret,
        };

    private bool Matches(IEnumerable<Secret> secrets, string sent)
    {
        var hash = Encoding.ASCII.GetBytes(sent.Sha256());
        var now = clock.GetUtcNow().UtcDateTime;
        var matches = false;

        foreach (var secret in secrets.Where(secret => secret.Type == IdentityServerConstants.SecretTypes.SharedSecret))
        {
            matches |= CryptographicOperations.FixedTimeEquals(hash, Encoding.ASCII.GetBytes(secret.Value))
                && (secret.Expiration is null || secret.Expiration > now);
        }

        return matches;
    }

    private async Task<ClientCheck> RefuseAsync(OAuthError error, string clientId)
    {
        await events.RaiseAsync(new ClientAuthenticationFailureEvent(clientId, error.Description));
        return new(null, error);
    }
}
