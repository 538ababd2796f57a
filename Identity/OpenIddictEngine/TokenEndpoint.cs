using System.Collections.Immutable;
using System.Security.Claims;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using Platform.Identity.Accounts;
using Platform.Identity.Clients;
using Platform.Identity.People;
using Platform.Identity.TenantSwitch;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Platform.Identity.OpenIddictEngine;

/// <summary>
/// Decides what tokens say. OpenIddict has checked the client and its code, refresh token or subject token before, and
/// makes the tokens afterwards.
/// </summary>
internal sealed class TokenEndpoint(
    Catalogue catalogue, PersonProfile people, TenantSwitcher tenants, AccountSessions sessions, IdentityDb db, TimeProvider clock)
{
    private const string Scheme = OpenIddictServerAspNetCoreDefaults.AuthenticationScheme;

    public async Task<IResult> AnswerAsync(HttpContext http)
    {
        var request = http.GetOpenIddictServerRequest()!;
        var client = catalogue.Find(request.ClientId)!;
        if (request.IsClientCredentialsGrantType()) return ForClient(request, client);

        var given = (await http.AuthenticateAsync(Scheme)).Principal!;
        return request.IsTokenExchangeGrantType()
            ? await ForOtherTenantAsync(request, client, given, http.RequestAborted)
            : await ForPersonAsync(request, client, given, http.RequestAborted);
    }

    private static IResult ForClient(OpenIddictRequest request, OAuthClient client)
    {
        var scopes = request.GetScopes() is { Length: > 0 } wanted ? wanted : [.. client.Scopes.Where(Catalogue.ApiScopes.ContainsKey)];
        if (scopes.Any(scope => !Catalogue.ApiScopes.ContainsKey(scope)))
        {
            return Refuse(Errors.InvalidScope, "a client has no scopes of people");
        }

        var identity = new ClaimsIdentity("openiddict", Claims.Name, Claims.Role);
        identity.SetClaim(Claims.Subject, client.Id);
        identity.SetScopes(scopes);
        identity.SetResources(Catalogue.AudiencesOf(scopes));
        identity.AddToAccessToken(client.OwnClaims.Select(claim => new Claim(claim.Key, claim.Value)));
        return Results.SignIn(new(identity), authenticationScheme: Scheme);
    }

    private async Task<IResult> ForPersonAsync(
        OpenIddictRequest request, OAuthClient client, ClaimsPrincipal given, CancellationToken ct)
    {
        // Before the refresh token is used up: what fails here for an outage can be asked again with the same.
        var mayContinue = await people.MayContinueAsync(given, client);
        var claims = mayContinue ? await people.ForAccessTokenAsync(given, client) : [];
        if (!mayContinue) return Refuse(Errors.InvalidGrant, "the sign-in is over");

        // One commit for the session and its tokens; see CommitAll. The row of the session is locked until then, so that a
        // sign-out waits, and finds the tokens.
        await db.Database.BeginTransactionAsync(ct);
        if (!await sessions.TouchAsync(db, given.GetClaim(Tickets.SessionId)!, ct))
        {
            return Refuse(Errors.InvalidGrant, "the sign-in is over");
        }

        var identity = Tickets.FromSession(given, given.GetScopes());
        if (request.GetScopes() is { Length: > 0 } narrower) identity.SetResources(Catalogue.AudiencesOf(narrower));
        identity.AddToAccessToken(claims);
        return Results.SignIn(new(identity), authenticationScheme: Scheme);
    }

    private async Task<IResult> ForOtherTenantAsync(
        OpenIddictRequest request, OAuthClient client, ClaimsPrincipal given, CancellationToken ct)
    {
        var answer = await tenants.SwitchAsync(client, given, (string?)request["tenant"], ct);
        if (answer is not { Session: { } session }) return Refuse(answer.Error!, answer.Description!);

        ImmutableArray<string> scopes = request.GetScopes() is { Length: > 0 } wanted
            ? wanted
            : [.. given.GetScopes().Where(Catalogue.ApiScopes.ContainsKey)];
        if (scopes.Contains(StandardScopes.OfflineAccess)) return Refuse(Errors.InvalidScope, "an exchanged token is not renewed");

        var identity = Tickets.FromSession(session, scopes);
        identity.SetAuthorizationId(given.GetAuthorizationId()); // what ends the first token ends this one too
        identity.AddToAccessToken(await people.ForAccessTokenAsync(session, client));

        var left = answer.Ends - clock.GetUtcNow();
        if (left < Catalogue.AccessTokenLifetime) identity.SetAccessTokenLifetime(left);
        return Results.SignIn(new(identity), authenticationScheme: Scheme);
    }

    private static IResult Refuse(string error, string description) => Results.Forbid(
        new AuthenticationProperties(new Dictionary<string, string?>
        {
            [OpenIddictServerAspNetCoreConstants.Properties.Error] = error,
            [OpenIddictServerAspNetCoreConstants.Properties.ErrorDescription] = description,
        }),
        [Scheme]);
}

internal static class UserInfoEndpoint
{
    public static async Task<IResult> AnswerAsync(HttpContext http, PersonProfile people, AccountSessions sessions)
    {
        const string Scheme = OpenIddictServerAspNetCoreDefaults.AuthenticationScheme;
        var token = (await http.AuthenticateAsync(Scheme)).Principal!;

        if (!token.HasScope(Scopes.OpenId)) return Refuse(Errors.InsufficientScope);
        if (token.GetClaim(Tickets.SessionId) is not { } session || !await people.IsActiveAsync(token)) return Refuse(Errors.InvalidToken);

        var claims = await people.ForUserInfoAsync(token, token.GetScopes());
        return Results.Json(claims);

        static IResult Refuse(string error) => Results.Challenge(
            new AuthenticationProperties(new Dictionary<string, string?> { [OpenIddictServerAspNetCoreConstants.Properties.Error] = error }),
            [Scheme]);
    }
}
