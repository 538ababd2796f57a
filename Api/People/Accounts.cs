using System.Diagnostics;
using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using Platform.Contracts;
using Platform.Contracts.Audit;
using Platform.Contracts.People;
using Platform.ServiceDefaults.Clients;

namespace Platform.Api.People;

/// <summary>Identity does not answer, or not as it should.</summary>
internal sealed class AccountsUnavailableException(Exception reason) : Exception("Identity does not answer.", reason);

/// <summary>Identity's accounts: each member has one.</summary>
internal sealed class Accounts(HttpClient identity, AccountsToken token)
{
    /// <summary>Somebody is waiting.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <summary>Finds or creates the account of this address and returns its id. Safe to repeat.</summary>
    /// <returns>Null if Identity takes the address, or the name, for none.</returns>
    /// <exception cref="AccountsUnavailableException" />
    public Task<long?> FindOrCreateAsync(IPersonDetails person, CancellationToken ct) =>
        AskAsync(new(person.Email, person.Name, person.Locale), ct);

    /// <summary>Has Identity send a mail to a person without a password.</summary>
    /// <exception cref="AccountsUnavailableException" />
    public Task InviteAsync(IPersonDetails person, string organisation, CancellationToken ct) =>
        AskAsync(new(person.Email, person.Name, person.Locale, Invite: true, organisation), ct);

    /// <summary>Has Identity send the mail with which an invitation is accepted.</summary>
    /// <exception cref="AccountsUnavailableException" />
    public Task InviteAsync(InvitationMailRequest mail, CancellationToken ct) => SendAsync(
        () => new(HttpMethod.Post, "/api/invitations") { Content = JsonContent.Create(mail) },
        none: HttpStatusCode.BadRequest, static (_, _) => Task.FromResult("done"), ct);

    /// <summary>Has Identity send the mail that confirms a sign-up.</summary>
    /// <returns>False if Identity does not accept the e-mail address.</returns>
    /// <exception cref="AccountsUnavailableException" />
    public async Task<bool> SignUpAsync(SignUpMailRequest mail, CancellationToken ct) => await SendAsync(
        () => new(HttpMethod.Post, "/api/sign-ups") { Content = JsonContent.Create(mail) },
        none: HttpStatusCode.BadRequest, static (_, _) => Task.FromResult("done"), ct) is not null;

    /// <summary>Sets whether the account is active; a person without an account cannot sign in anyway.</summary>
    /// <exception cref="AccountsUnavailableException" />
    public Task SetAsync(long id, SetAccountRequest account, CancellationToken ct) => SendAsync<AccountResponse>(
        () => new(HttpMethod.Put, $"/api/accounts/{id}") { Content = JsonContent.Create(account) },
        none: HttpStatusCode.NotFound, ct);

    /// <returns>Null if the account does not exist.</returns>
    /// <exception cref="AccountsUnavailableException" />
    public Task<AccountSecurityResponse?> SecurityAsync(long id, CancellationToken ct) => SendAsync<AccountSecurityResponse>(
        () => new(HttpMethod.Get, $"/api/accounts/{id}/security"), none: HttpStatusCode.NotFound, ct);

    /// <summary>Has Identity act on an account: <c>lock</c>, <c>unlock</c>, or delete <c>sessions</c>.</summary>
    /// <returns>False if the account or session does not exist.</returns>
    /// <exception cref="AccountsUnavailableException" />
    public async Task<bool> DoAsync(HttpMethod method, long id, string action, CancellationToken ct) =>
        await SendAsync(
            () => new(method, $"/api/accounts/{id}/{action}"), none: HttpStatusCode.NotFound,
            static (_, _) => Task.FromResult("done"), ct) is not null;

    /// <summary>What happened at the door, newest first.</summary>
    /// <param name="query">As <c>/api/logins</c> has it.</param>
    /// <exception cref="AccountsUnavailableException" />
    public async Task<List<LoginResponse>> LoginsAsync(QueryString query, CancellationToken ct) =>
        await SendAsync<List<LoginResponse>>(() => new(HttpMethod.Get, $"/api/logins{query}"), none: null, ct)
        ?? throw new UnreachableException();

    private async Task<long?> AskAsync(CreateAccountRequest account, CancellationToken ct) =>
        (await SendAsync<AccountResponse>(
            () => new(HttpMethod.Post, "/api/accounts") { Content = JsonContent.Create(account) },
            none: HttpStatusCode.BadRequest, ct))?.Id;

    /// <param name="none">The status that means that there is nothing; all other failures throw.</param>
    /// <returns>Null if Identity answers with <paramref name="none"/>.</returns>
    private Task<T?> SendAsync<T>(Func<HttpRequestMessage> make, HttpStatusCode? none, CancellationToken ct)
        where T : class => SendAsync(
            make, none, static async (response, ct) => await response.Content.ReadFromJsonAsync<T>(ct)
                ?? throw new JsonException("The body is null."), ct);

    /// <inheritdoc cref="SendAsync{T}(Func{HttpRequestMessage}, HttpStatusCode?, CancellationToken)" />
    private async Task<T?> SendAsync<T>(
        Func<HttpRequestMessage> make, HttpStatusCode? none, Func<HttpResponseMessage, CancellationToken, Task<T>> read,
        CancellationToken ct)
        where T : class
    {
        try
        {
            using var request = make();
            request.Headers.Authorization = new("Bearer", await token.GetAsync(identity, ct));
            using var response = await identity.SendAsync(request, ct);

            if (response.StatusCode == none) return null;
            if (response.StatusCode == HttpStatusCode.Unauthorized) token.Forget();

            response.EnsureSuccessStatusCode();
            return await read(response, ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            // All failures (refused, slow, circuit open, invalid answer) have the same consequence.
            throw new AccountsUnavailableException(e);
        }
    }
}

/// <summary>
/// The access token of the client <c>api </c>, with which Identity is called; remembered while it lives.
/// </summary>
internal sealed class AccountsToken(ClientAuthentication client, TimeProvider clock)
{
    /// <summary>A token this close to its end could expire on the way.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    private IssuedToken? _current;

    public async Task<string> GetAsync(HttpClient identity, CancellationToken ct)
    {
        if (_current is { } token && clock.GetTimestamp() < token.Until) return token.Value;

        var parameters = new Dictionary<string, string> { ["grant_type"] = "client_credentials", ["scope"] = Scopes.Accounts };
        client.AddTo(parameters);
        using var form = new FormUrlEncodedContent(parameters);
        var asked = clock.GetTimestamp();
        using var response = await identity.PostAsync("/connect/token", form, ct);
        response.EnsureSuccessStatusCode();

        var answer = (await response.Content.ReadFromJsonAsync<TokenResponse>(ct))!;
        var lifetime = TimeSpan.FromSeconds(answer.ExpiresIn) - Margin;
        _current = new(answer.AccessToken, asked + (long)(lifetime.TotalSeconds * clock.TimestampFrequency));
        return answer.AccessToken;
    }

    /// <summary>After Identity refused it: its signing keys may be others than they were.</summary>
    public void Forget() => _current = null;

    /// <param name="Until">A timestamp of the clock.</param>
    private sealed record IssuedToken(string Value, long Until);

    private sealed record TokenResponse(
        [property: JsonPropertyName("access_token")] string AccessToken,
        [property: JsonPropertyName("expires_in")] int ExpiresIn);
}
