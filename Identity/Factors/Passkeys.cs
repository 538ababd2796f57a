using System.Globalization;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Platform.Identity.Accounts;
using Platform.Identity.Http;

namespace Platform.Identity.Factors;

/// <summary>
/// Challenges for passkeys, and their answers (WebAuthn). A challenge waits in an encrypted cookie of the browser that
/// asked for it. Every answer has to come from a device that has verified its person.
/// </summary>
internal sealed class Passkeys(
    IHttpContextAccessor accessor, IPasskeyHandler<Account> handler, ProtectedValues values, IdentityDb db,
    IConfiguration configuration, TimeProvider clock)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);
    private const string ToSignIn = "Passkey.SignIn";
    private const string ToAdd = "Passkey.Add";

    /// <summary>Browsers do not send longer answers.</summary>
    private const int MaxLength = 20_000;

    private readonly CookieBuilder _cookie = IdentityCookies.For("id.passkey", new(configuration["Identity:Issuer"]!));

    private HttpContext Http => accessor.HttpContext!;

    /// <summary>A challenge for any passkey of this site: the answer says whose it is.</summary>
    /// <returns>Options for the browser, as JSON.</returns>
    public async Task<string> ChallengeAsync()
    {
        var request = await handler.MakeRequestOptionsAsync(null, Http);
        Remember(ToSignIn, request.AssertionState);
        return request.RequestOptionsJson;
    }

    /// <inheritdoc cref="ChallengeAsync" />
    public async Task<string> ChallengeToAddAsync(Account account)
    {
        var user = new PasskeyUserEntity { Id = IdOf(account), Name = account.Email!, DisplayName = account.Name };
        var creation = await handler.MakeCreationOptionsAsync(user, Http);
        Remember(ToAdd, creation.AttestationState);
        return creation.CreationOptionsJson;
    }

    /// <returns>Whose passkey has answered the challenge, or null.</returns>
    public async Task<Account?> CheckAsync(string? answer, CancellationToken ct)
    {
        if (Recall(ToSignIn) is not { } challenge || answer is not { Length: > 0 and < MaxLength }) return null;

        var result = await handler.PerformAssertionAsync(new()
        {
            HttpContext = Http,
            CredentialJson = answer,
            AssertionState = challenge.State,
        });
        if (!result.Succeeded || !await UseAsync(result.Passkey, challenge.IssuedAt, ct)) return null;

        return result.User;
    }

    /// <returns>The passkey that a device has made for this account, or null.</returns>
    public async Task<UserPasskeyInfo?> ReadNewAsync(Account account, string? answer)
    {
        if (Recall(ToAdd) is not { } challenge || answer is not { Length: > 0 and < MaxLength }) return null;

        var result = await handler.PerformAttestationAsync(new()
        {
            HttpContext = Http,
            CredentialJson = answer,
            AttestationState = challenge.State,
        });
        return result.Succeeded && result.UserEntity.Id == IdOf(account) ? result.Passkey : null;
    }

    /// <summary>
    /// Stores the passkey's new state in one conditional statement: the same answer does not work twice, even
    /// where the device does not count (passkeys that are synchronised never do).
    /// </summary>
    private async Task<bool> UseAsync(UserPasskeyInfo passkey, DateTimeOffset issuedAt, CancellationToken ct)
    {
        var (count, isBackedUp) = ((long)passkey.SignCount, passkey.IsBackedUp);
        return await db.Database.ExecuteSqlAsync(
            $"""
            update account_passkeys
            set last_challenge = {issuedAt},
                data = data || jsonb_build_object('SignCount', {count}, 'IsBackedUp', {isBackedUp})
            where credential_id = {passkey.CredentialId} and coalesce(last_challenge, '-infinity') < {issuedAt}
            """,
            ct) == 1;
    }

    private void Remember(string purpose, string? state)
    {
        var challenge = new Challenge(state!, clock.GetUtcNow());
        Http.Response.Cookies.Append(_cookie.Name!, values.Protect(purpose, challenge, Lifetime), _cookie.Build(Http));
    }

    private Challenge? Recall(string purpose)
    {
        var challenge = values.Unprotect<Challenge>(purpose, Http.Request.Cookies[_cookie.Name!]);
        if (challenge is not null) Http.Response.Cookies.Delete(_cookie.Name!, _cookie.Build(Http));
        return challenge;
    }

    private static string IdOf(Account account) => account.Id.ToString(CultureInfo.InvariantCulture);

    private sealed record Challenge(string State, DateTimeOffset IssuedAt);
}
