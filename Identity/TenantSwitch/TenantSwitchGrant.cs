using System.Globalization;
using System.Security.Claims;
using Duende.IdentityServer.Models;
using Duende.IdentityServer.Services;
using Duende.IdentityServer.Validation;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Platform.Identity.Accounts;
using Platform.Identity.People;
using static Duende.IdentityServer.IdentityServerConstants;

namespace Platform.Identity.TenantSwitch;

/// <summary>
/// Token exchange (RFC 8693): an access token of a person, for one of the same person, client and session in another of
/// their tenants, named by the parameter <c>tenant</c> (slug or number). There is no refresh token: the application
/// exchanges again.
/// </summary>
internal sealed class TenantSwitchGrant(
    ITokenValidator tokens,
    UserManager<Account> accounts,
    PersonDirectory people,
    IdentityDb db,
    IEventService events,
    IOptions<IdentityOptions> identity,
    IHttpContextAccessor http,
    TimeProvider clock) : IExtensionGrantValidator
{
    public const string Type = "urn:ietf:params:oauth:grant-type:token-exchange";
    private const string AccessTokenType = "urn:ietf:params:oauth:token-type:access_token";

    public string GrantType => Type;

    public async Task ValidateAsync(ExtensionGrantValidationContext context) =>
        context.Result = await ExchangeAsync(context.Request, http.HttpContext!.RequestAborted);

    private async Task<GrantValidationResult> ExchangeAsync(ValidatedTokenRequest request, CancellationToken ct)
    {
        if (Malformed(request) is { } fault) return fault;
        if (await ReadAsync(request) is not { } subject) return Bad("subject_token is not a token to exchange");
        if (await SessionEndAsync(subject, ct) is not { } end) return Bad("the session of subject_token is over");

        var account = await accounts.FindByIdAsync(subject.Account.ToString(CultureInfo.InvariantCulture));
        if (account?.IsActive(clock.GetUtcNow(), identity.Value.Lockout.DefaultLockoutTimeSpan) is not true) return NotThere;

        try
        {
            var person = await people.GetAsync(account.Id, ct);
            if (TenantChoice.Choose(person, request.Raw["tenant"]) is not { } tenant) return NotThere;

            await events.RaiseAsync(new TenantSwitchedEvent(
                account.Id.ToString(CultureInfo.InvariantCulture), request.Client.ClientId, tenant.TenantId));

            request.AccessTokenLifetime = (int)Math.Min(request.AccessTokenLifetime, (end - clock.GetUtcNow()).TotalSeconds);
            request.SessionId = subject.Session;
            return subject.In(tenant);
        }
        catch (PeopleUnavailableException)
        {
            // Not one of the enumerated errors, and not the caller's fault: it may try again with the same token.
            return new(TokenRequestErrors.InvalidTarget, "try again later") { Error = "temporarily_unavailable" };
        }
    }

    private static GrantValidationResult? Malformed(ValidatedTokenRequest request)
    {
        var raw = request.Raw;

        if (raw["subject_token"] is not { Length: > 0 }) return Bad("subject_token is required");
        if (raw["subject_token_type"] != AccessTokenType) return Bad("subject_token_type must be that of an access token");
        if (raw["requested_token_type"] is not (null or "" or AccessTokenType)) return Bad("requested_token_type is not supported");
        if (raw["actor_token"] is not null || raw["actor_token_type"] is not null) return Bad("actor tokens are not supported");
        if (raw["tenant"] is not { Length: > 0 }) return Bad("tenant is required");

        // When no scope is asked for, the provider takes all of the client's: that may include this one.
        if (request.RequestedScopes?.Contains(StandardScopes.OfflineAccess) is true && raw["scope"] is { Length: > 0 })
        {
            return new(TokenRequestErrors.InvalidScope, "an exchanged token is not renewed");
        }

        request.ValidatedResources.Resources.OfflineAccess = false;
        return null;
    }

    /// <summary>A valid token of a person (it has a session), issued to the client that now asks.</summary>
    private async Task<Subject?> ReadAsync(ValidatedTokenRequest request)
    {
        var token = await tokens.ValidateAccessTokenAsync(request.Raw["subject_token"]!);
        if (token.IsError) return null;

        var claims = new ClaimsIdentity(token.Claims);
        string? Value(string type) => claims.FindFirst(type)?.Value;

        return Value("client_id") == request.Client.ClientId
            && Value("sid") is { } session
            && long.TryParse(Value("sub"), CultureInfo.InvariantCulture, out var account)
            && long.TryParse(Value("auth_time"), CultureInfo.InvariantCulture, out var authenticated)
                ? new(account, session, DateTimeOffset.FromUnixTimeSeconds(authenticated), claims)
                : null;
    }

    /// <summary>From the provider's own table: its token validation does not look at sessions in every engine.</summary>
    private async Task<DateTimeOffset?> SessionEndAsync(Subject subject, CancellationToken ct)
    {
        var (account, now) = (subject.Account.ToString(CultureInfo.InvariantCulture), clock.GetUtcNow());
        var ends = await db.Database.SqlQuery<DateTimeOffset>($"""
            select coalesce("Expires", 'infinity') as "Value" from "ServerSideSessions"
            where "SubjectId" = {account} and "SessionId" = {subject.Session} and coalesce("Expires", 'infinity') > {now}
            """).ToListAsync(ct);

        return ends is [] ? null : ends.Max();
    }

    private static GrantValidationResult NotThere =>
        new(TokenRequestErrors.InvalidTarget, "the person is not a member of this tenant");

    private static GrantValidationResult Bad(string description) => new(TokenRequestErrors.InvalidRequest, description);

    private sealed record Subject(long Account, string Session, DateTimeOffset AuthenticatedAt, ClaimsIdentity Claims)
    {
        /// <summary>The same sign-in, seen from another tenant.</summary>
        public GrantValidationResult In(Contracts.People.PersonTenant tenant)
        {
            var methods = Claims.FindAll("amr").Select(claim => claim.Value).DefaultIfEmpty("pwd").ToList();
            IEnumerable<Claim> kept =
            [
                .. methods.Skip(1).Select(method => new Claim("amr", method)),
                .. Claims.FindAll("acr"),
                .. Claims.FindAll("grant_id"), // of the stand-in: what ends the authorization ends this token too
                .. TenantChoice.SessionClaims(tenant, wanted: null),
            ];

            return new(
                Account.ToString(CultureInfo.InvariantCulture), methods[0], AuthenticatedAt.UtcDateTime, kept,
                customResponse: new() { ["issued_token_type"] = AccessTokenType });
        }
    }
}
