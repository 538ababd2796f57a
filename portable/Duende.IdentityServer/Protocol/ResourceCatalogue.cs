using Duende.IdentityServer.Models;
using Duende.IdentityServer.Validation;
using static Duende.IdentityServer.IdentityServerConstants;

namespace Duende.IdentityServer.Protocol;

/// <summary>
/// The clients and resources of the configuration; of several registrations of a kind, the last counts.
/// </summary>
internal sealed class ResourceCatalogue(
    IEnumerable<Client> clients, IEnumerable<IdentityResource> identity, IEnumerable<ApiScope> scopes,
    IEnumerable<ApiResource> apis)
{
    private readonly Dictionary<string, Client> _clients =
        clients.Select(Checked).ToDictionary(client => client.ClientId);

    public IReadOnlyList<IdentityResource> Identity { get; } = [.. identity];

    public IReadOnlyList<ApiScope> Scopes { get; } = [.. scopes];

    public IReadOnlyList<ApiResource> Apis { get; } = [.. apis];

    public Client? FindClient(string? id) =>
        id is not null && _clients.TryGetValue(id, out var client) && client.Enabled ? client : null;

    /// <summary>What a client gets for the scopes; those it may not have are listed as invalid.</summary>
    public ResourceValidationResult Resolve(Client client, IEnumerable<string> scopes)
    {
        var result = new ResourceValidationResult { RawScopeValues = [.. scopes] };

        foreach (var scope in result.RawScopeValues)
        {
            if (scope == StandardScopes.OfflineAccess && client.AllowOfflineAccess)
            {
                result.Resources.OfflineAccess = true;
            }
            else if (!client.AllowedScopes.Contains(scope)) result.InvalidScopes.Add(scope);
            else if (Identity.FirstOrDefault(resource => resource.Name == scope && resource.Enabled) is { } identity)
            {
                result.Resources.IdentityResources.Add(identity);
            }
            else if (Scopes.FirstOrDefault(resource => resource.Name == scope && resource.Enabled) is { } api)
            {
                result.Resources.ApiScopes.Add(api);
            }
            else result.InvalidScopes.Add(scope);
        }

        result.Resources.ApiResources = [.. Apis.Where(
            api => api.Enabled && result.Resources.ApiScopes.Any(scope => api.Scopes.Contains(scope.Name)))];
        return result;
    }

    /// <exception cref="InvalidOperationException">
    /// A client's id could be taken for a user's, or its settings are unsafe.
    /// </exception>
    private static Client Checked(Client client)
    {
        if (client.ClientId.All(char.IsAsciiDigit))
        {
            throw new InvalidOperationException($"Client id {client.ClientId} looks like a user's id");
        }
        if (client.RedirectUris.FirstOrDefault(uri => !IsSafe(uri)) is { } bad)
        {
            throw new InvalidOperationException(
                $"Redirect address {bad} of {client.ClientId} must be https, without fragment; http for this machine only");
        }
        if (client.RequireClientSecret && client.ClientSecrets.Count == 0)
        {
            throw new InvalidOperationException($"Client {client.ClientId} has no secret");
        }

        return client;
    }

    private static bool IsSafe(string redirectUri) =>
        Uri.TryCreate(redirectUri, UriKind.Absolute, out var uri) && uri.Fragment == ""
            && (uri.Scheme == Uri.UriSchemeHttps || uri.IsLoopback);
}
