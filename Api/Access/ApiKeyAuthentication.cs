using System.Globalization;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Platform.Contracts;
using Platform.Core.ApiKeys;

namespace Platform.Api.Access;

/// <summary>
/// Lets in the keys of service accounts beside tokens: <c>Authorization: Bearer plk_…</c>. Whatever is wrong with a
/// key, the answer is the same 401.
/// </summary>
internal sealed class ApiKeyAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory log, UrlEncoder encoder, ApiKeyDirectory keys)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, log, encoder)
{
    public new const string Scheme = "ApiKey";

    /// <summary>Claims that only this handler makes.</summary>
    public const string KeyId = "key_id", Permissions = "permissions";

    private const string Bearer = "Bearer ";

    /// <summary>Which scheme looks at a request; null for tokens.</summary>
    public static string? SchemeFor(HttpContext context) =>
        TextOf(context).StartsWith(ApiKeyText.Mark, StringComparison.Ordinal) ? Scheme : null;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (ApiKeyText.Read(TextOf(Context).ToString()) is not { } text
            || await keys.FindAsync(text, Context.RequestAborted) is not { } key)
        {
            return AuthenticateResult.Fail("The key is not usable.");
        }

        keys.NoteUse(key, Context.Connection.RemoteIpAddress?.ToString());
        return AuthenticateResult.Success(new(PrincipalOf(key), Scheme));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = "Bearer error=\"invalid_token\"";
        return base.HandleChallengeAsync(properties);
    }

    private static ClaimsPrincipal PrincipalOf(UsableKey key) => new(new ClaimsIdentity(
        [
            new(KeyId, key.Id.ToString(CultureInfo.InvariantCulture)),
            new(ClaimNames.TenantId, key.TenantId.ToString(CultureInfo.InvariantCulture)),
            new("scope", string.Join(' ', key.Scopes)),
            new(Permissions, string.Join(' ', key.Permissions)),
        ],
        Scheme));

    private static ReadOnlySpan<char> TextOf(HttpContext context) =>
        context.Request.Headers.Authorization is [{ } header]
        && header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            ? header.AsSpan(Bearer.Length).Trim()
            : default;
}
