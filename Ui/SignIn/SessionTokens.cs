using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using Platform.Contracts;
using StackExchange.Redis;

namespace Platform.Ui.SignIn;

/// <summary>What became of a session that needed other tokens.</summary>
/// <param name="Ticket">The session from now on; null if it has ended.</param>
/// <param name="Error">Why its tokens are still the old ones: one of <see cref="SignInErrors"/>.</param>
internal readonly record struct SessionChange(AuthenticationTicket? Ticket, string? Error = null)
{
    public static readonly SessionChange Ended = new(null);
}

/// <summary>
/// The tokens of a session: fetched again before they expire, exchanged when the person goes to another tenant. One
/// request at a time does so for a session, on whichever replica, because a refresh token may be used once only.
/// </summary>
internal sealed class SessionTokens(
    SessionStore sessions,
    ProviderClient provider,
    IConnectionMultiplexer redis,
    IOptions<SignInOptions> options,
    TimeProvider clock)
{
    private const string RefreshAtItem = ".refresh_at";
    private const string TenantItem = ".tenant";

    /// <summary>What a lock holds while the provider is not asked again, having failed to answer just now.</summary>
    private const string Unreachable = "unreachable";

    /// <summary>Longer than two questions to the provider can take.</summary>
    private static readonly TimeSpan LockTime = TimeSpan.FromSeconds(30);

    /// <summary>How long to wait for the request that holds the lock.</summary>
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan? Pause = TimeSpan.FromSeconds(5);

    /// <summary>Of an access token whose answer does not say it.</summary>
    private static readonly TimeSpan DefaultLifetime = TimeSpan.FromMinutes(1);

    /// <summary>Claims of an access token that pages show. Decisions are the API's.</summary>
    private static readonly string[] ShownClaims =
    [
        "name", "email", ClaimNames.TenantId, ClaimNames.TenantSlug, ClaimNames.TenantName, ClaimNames.UserType,
        ClaimNames.Roles, ClaimNames.AllowedApps, ClaimNames.PlatformRole,
    ];

    public bool IsDue(AuthenticationProperties properties) => Time(properties.GetString(RefreshAtItem)) <= clock.GetUtcNow();

    public bool HasExpired(AuthenticationProperties properties) =>
        Time(properties.GetTokenValue("expires_at")) <= clock.GetUtcNow();

    /// <summary>
    /// Refreshes the tokens unless another request has just done so or, while they are still good, is at it.
    /// </summary>
    public Task<SessionChange> RefreshAsync(string id, AuthenticationTicket ticket) =>
        AloneAsync(id, mayGoOn: !HasExpired(ticket.Properties), ticket, RefreshAsync);

    /// <param name="tenant">Its slug.</param>
    public Task<SessionChange> SwitchTenantAsync(string id, AuthenticationTicket ticket, string tenant) =>
        AloneAsync(id, mayGoOn: false, ticket, current =>
            ExchangeAsync(current, tenant, current.Properties.GetTokenValue(OpenIdConnectParameterNames.AccessToken)!));

    /// <summary>Takes new tokens into the ticket, with what they say about the person.</summary>
    /// <returns>Null, or why the tokens are not acceptable: one of <see cref="SignInErrors"/>.</returns>
    public async Task<string?> AdoptAsync(AuthenticationTicket ticket, OpenIdConnectMessage tokens)
    {
        var access = await provider.ValidateAccessTokenAsync(tokens.AccessToken);
        if (Check(access, ticket) is { } refusal) return refusal;

        if (!string.IsNullOrEmpty(tokens.IdToken)
            && Check(await provider.ValidateIdTokenAsync(tokens.IdToken), ticket) is { } idTokenError)
        {
            return idTokenError;
        }

        ShowClaims((ClaimsIdentity)ticket.Principal.Identity!, access.ClaimsIdentity);
        StoreTokens(ticket.Properties, tokens);
        return null;
    }

    private async Task<SessionChange> RefreshAsync(AuthenticationTicket ticket)
    {
        var properties = ticket.Properties;
        if (!IsDue(properties)) return new(ticket);

        if (properties.GetTokenValue(OpenIdConnectParameterNames.RefreshToken) is not { Length: > 0 } refreshToken)
        {
            return HasExpired(properties) ? SessionChange.Ended : new(ticket);
        }

        var answer = await provider.RefreshAsync(refreshToken);
        if (answer.Error is "invalid_grant") return SessionChange.Ended;
        if (answer.Tokens is not { } tokens) return new(ticket, SignInErrors.Unavailable);

        // The old one has been used: keep its successor, whatever comes of the rest.
        if (!string.IsNullOrEmpty(tokens.RefreshToken))
        {
            properties.UpdateTokenValue(OpenIdConnectParameterNames.RefreshToken, tokens.RefreshToken);
        }

        // A refresh gives tokens of the tenant of sign-in; they are exchanged before anything is shown of them.
        var refusal = properties.GetString(TenantItem) is { } tenant
            ? (await ExchangeAsync(ticket, tenant, tokens.AccessToken)).Error
            : await AdoptAsync(ticket, tokens);

        return refusal switch
        {
            null => new(ticket),
            SignInErrors.Unavailable => new(ticket, refusal),
            _ => SessionChange.Ended, // better to sign in again than to go on as another, or in another tenant
        };
    }

    private async Task<SessionChange> ExchangeAsync(AuthenticationTicket ticket, string tenant, string accessToken)
    {
        var answer = await provider.ExchangeAsync(accessToken, tenant);

        if (answer.Error is "invalid_target" or "access_denied") return new(ticket, SignInErrors.TenantRefused);
        if (answer.Error is not null) return new(ticket, SignInErrors.Refused);
        if (answer.Tokens is not { } tokens) return new(ticket, SignInErrors.Unavailable);

        tokens.RefreshToken = null; // that of the session stays
        if (await AdoptAsync(ticket, tokens) is { } refusal) return new(ticket, refusal);

        ticket.Properties.SetString(TenantItem, tenant);
        return new(ticket);
    }

    private static string? Check(TokenValidationResult token, AuthenticationTicket ticket)
    {
        // Keys that cannot be had now may be had soon; the token itself came from the provider's own mouth.
        if (token.Exception is SecurityTokenSignatureKeyNotFoundException) return SignInErrors.Unavailable;

        var isSamePerson = token.IsValid
            && token.ClaimsIdentity.FindFirst("sub")?.Value is { } subject
            && ticket.Principal.FindFirst("sub")?.Value == subject;

        return isSamePerson ? null : SignInErrors.Refused;
    }

    private static void ShowClaims(ClaimsIdentity shown, ClaimsIdentity token)
    {
        foreach (var old in shown.FindAll(IsShown).ToList()) shown.RemoveClaim(old);
        foreach (var claim in token.FindAll(IsShown)) shown.AddClaim(new Claim(claim.Type, claim.Value, claim.ValueType));

        static bool IsShown(Claim claim) => ShownClaims.Contains(claim.Type);
    }

    /// <summary>What an answer leaves out stays as it was: an exchange gives an access token alone.</summary>
    private void StoreTokens(AuthenticationProperties properties, OpenIdConnectMessage tokens)
    {
        var now = clock.GetUtcNow();
        var lifetime = int.TryParse(tokens.ExpiresIn, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(seconds)
            : DefaultLifetime;

        properties.StoreTokens(
        [
            Token(OpenIdConnectParameterNames.AccessToken, tokens.AccessToken),
            Token(OpenIdConnectParameterNames.RefreshToken, tokens.RefreshToken),
            Token(OpenIdConnectParameterNames.IdToken, tokens.IdToken),
            Token("expires_at", Text(now + lifetime)),
        ]);
        properties.SetString(RefreshAtItem, Text(now + (lifetime * options.Value.RefreshAfter)));

        AuthenticationToken Token(string name, string? value) => new()
        {
            Name = name,
            Value = string.IsNullOrEmpty(value) ? properties.GetTokenValue(name) ?? "" : value,
        };
    }

    /// <summary>
    /// Runs <paramref name="change"/> on the stored session under its lock, and stores what it made of it.
    /// </summary>
    /// <param name="mayGoOn">Whether a request that finds the lock taken may use <paramref name="ticket"/> as it
    /// is.</param>
    private async Task<SessionChange> AloneAsync(
        string id, bool mayGoOn, AuthenticationTicket ticket, Func<AuthenticationTicket, Task<SessionChange>> change)
    {
        var db = redis.GetDatabase();
        var key = sessions.Key("lock", id);
        var mine = Guid.CreateVersion7().ToString();

        for (var waited = TimeSpan.Zero; waited < MaxWait; waited += Poll)
        {
            if (await db.LockTakeAsync(key, mine, LockTime))
            {
                return await ChangeAsync();
            }

            if (mayGoOn) return new(ticket);
            if (await db.LockQueryAsync(key) == Unreachable) break;
            await Task.Delay(Poll);
        }

        return new(ticket, SignInErrors.Unavailable);

        async Task<SessionChange> ChangeAsync()
        {
            var unreachable = false;
            try
            {
                if (await sessions.FindAsync(id) is not { } current) return SessionChange.Ended;

                var result = await change(current);
                unreachable = result.Error is SignInErrors.Unavailable;

                if (result.Ticket is not null && await sessions.ReplaceAsync(id, result.Ticket)) return result;

                await sessions.EndAsync(id);
                return SessionChange.Ended;
            }
            finally
            {
                if (unreachable) await db.StringSetAsync(key, Unreachable, Pause, When.Always);
                else await db.LockReleaseAsync(key, mine);
            }
        }
    }

    private static string Text(DateTimeOffset time) => time.ToString("o", CultureInfo.InvariantCulture);

    private static DateTimeOffset? Time(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
}
