using System.Text.Json.Serialization;
using Platform.Contracts;
using Platform.ServiceDefaults.Clients;

namespace Platform.Identity.People;

/// <summary>
/// The access token with which Identity calls the Api, taken from its own token endpoint as any client would.
/// </summary>
internal sealed class OwnToken(IHttpClientFactory clients, ClientAuthentication self, TimeProvider clock)
{
    /// <summary>Name of the HTTP client whose base address is the issuer.</summary>
    public const string HttpClientName = "own-token-endpoint";

    /// <summary>A token this close to its end could expire on the way.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    private Issued? _current;

    public async Task<string> GetAsync(CancellationToken ct)
    {
        if (_current is { } token && clock.GetUtcNow() < token.Until) return token.Value;

        var parameters = new Dictionary<string, string> { ["grant_type"] = "client_credentials", ["scope"] = Scopes.PersonContext };
        self.AddTo(parameters);
        using var form = new FormUrlEncodedContent(parameters);
        using var client = clients.CreateClient(HttpClientName);
        using var response = await client.PostAsync("connect/token", form, ct);
        response.EnsureSuccessStatusCode();

        var answer = (await response.Content.ReadFromJsonAsync<Answer>(ct))!;
        _current = new(answer.AccessToken, clock.GetUtcNow() + TimeSpan.FromSeconds(answer.ExpiresIn) - Margin);
        return answer.AccessToken;
    }

    /// <summary>After the Api refused it: the signing keys may be others than they were.</summary>
    public void Forget() => _current = null;

    private sealed record Issued(string Value, DateTimeOffset Until);

    private sealed record Answer(
        [property: JsonPropertyName("access_token")] string AccessToken,
        [property: JsonPropertyName("expires_in")] int ExpiresIn);
}
