using Duende.IdentityServer.Configuration;
using Duende.IdentityServer.Extensions;
using Duende.IdentityServer.Models;
using Duende.IdentityServer.Protocol;
using Duende.IdentityServer.Services;
using Duende.IdentityServer.Sessions;
using Duende.IdentityServer.Stores;
using Duende.IdentityServer.Tokens;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using static Duende.IdentityServer.IdentityServerConstants;

namespace Duende.IdentityServer.Endpoints;

/// <summary>
/// <c>/connect/authorize</c>, and its callback to which a user returns from the application's pages. A request that has to
/// wait is stored, so a page's return address is only a handle.
/// </summary>
internal sealed class AuthorizeEndpoint(
    AuthorizeRules rules,
    AuthorizeRequests requests,
    AuthorizeAnswers answers,
    SessionAuthentication authentication,
    TokenReader tokens,
    Grants grants,
    IProfileService profile,
    IOptions<IdentityServerOptions> options,
    TimeProvider clock) : IProviderEndpoint
{
    public async Task HandleAsync(HttpContext http)
    {
        var ct = http.RequestAborted;
        http.NoStore();

        if (!HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsPost(http.Request.Method))
        {
            await http.RefuseMethodAsync("GET, POST");
            return;
        }

        var parameters = new Parameters(http.Request.Query);
        if (HttpMethods.IsPost(http.Request.Method))
        {
            (var form, http.Response.StatusCode) = await Forms.ReadAsync(http.Request);
            if (form is null) return;
            parameters = form;
        }

        var isCallback = http.Request.Path == AuthorizeRequests.CallbackPath;
        if (AuthorizeRequests.KeyOf(parameters) is { } key && (isCallback || parameters["request_uri"] is not null))
        {
            if (HttpMethods.IsPost(http.Request.Method))
            {
                http.RedirectTo(http.Request.PathBase + CallbackOf(parameters));
            }
            else await ContinueAsync(http, parameters, key, isCallback, ct);
            return;
        }

        if (isCallback)
        {
            answers.ShowError(http, OAuthError.InvalidRequest("Unknown request"), null);
            return;
        }

        var check = rules.Check(parameters, pushed: false);
        if (check.Request is not { } request) await answers.RefuseAsync(http, check);
        else if (HttpMethods.IsPost(http.Request.Method))
        {
            // A form of another site comes without the Lax session cookie; the same request as a GET brings it.
            http.RedirectTo(http.Request.PathBase + await requests.KeepAsync(parameters, login: null, ct));
        }
        else await AnswerAsync(http, request, key: null, waiting: null, ct);
    }

    private async Task ContinueAsync(
        HttpContext http, Parameters outer, string key, bool isCallback, CancellationToken ct)
    {
        var waiting = await requests.FindAsync(key, ct);
        var isItsClient = waiting is { Pushed: false } || waiting?.Parameters["client_id"] == outer["client_id"];
        if (waiting is null || !isItsClient || outer.Fault() is not null)
        {
            answers.ShowError(http, new("invalid_request_uri", "The request is unknown, answered or too old"), null);
            return;
        }

        var check = rules.Check(new(waiting.Parameters), waiting.Pushed);
        if (check.Request is not { } request)
        {
            await answers.RefuseAsync(http, check);
            return;
        }

        if (waiting.Denied is { } error)
        {
            if (await requests.FinishAsync(key, ct))
            {
                await answers.RefuseAsync(
                    http, check with { Error = new(error, waiting.DeniedBecause ?? "The request was denied") });
            }
            else answers.ShowError(http, OAuthError.InvalidRequest("The request has been answered"), request.Client);
            return;
        }

        // A pushed request first seen, or one that came by POST: only now the user's cookie is there.
        if (waiting.Login is null || !isCallback)
        {
            waiting = waiting with { Login = (await authentication.CurrentAsync(http))?.Login ?? "" };
            await requests.StartAsync(key, waiting, waiting.Login, ct);
        }

        await AnswerAsync(http, request, key, waiting, ct);
    }

    private async Task AnswerAsync(
        HttpContext http, AuthorizeRequest request, string? key, WaitingRequest? waiting, CancellationToken ct)
    {
        var session = await authentication.CurrentAsync(http);
        var silent = request.Prompts.Contains("none");

        if (request.Prompts.Contains("consent"))
        {
            await FailAsync(new("consent_required", "Consent cannot be asked for"));
        }
        else if (session is not null && await IsGoodEnoughAsync(session, request, waiting, ct))
        {
            if (key is null || await requests.FinishAsync(key, ct)) await IssueAsync(http, request, session, ct);
            else answers.ShowError(http, new("invalid_request_uri", "The request has been answered"), request.Client);
        }
        else if (silent)
        {
            await FailAsync(new("login_required", "The user must sign in"));
        }
        else
        {
            var path = key is null
                ? await requests.KeepAsync(request.Parameters, session?.Login ?? "", ct)
                : CallbackOf(new(http.Request.Query));
            var pages = options.Value.UserInteraction;
            var page = http.Request.PathBase + pages.LoginUrl!;
            var here = http.Request.PathBase + path;
            http.RedirectTo(QueryHelpers.AddQueryString(page, pages.LoginReturnUrlParameter!, here));
        }

        async Task FailAsync(OAuthError error)
        {
            if (key is not null) await requests.FinishAsync(key, ct);
            await answers.RefuseAsync(http, new(null, error, request.Client, request.Return));
        }
    }

    /// <summary>Whether the session answers the request without asking the user anything.</summary>
    private async Task<bool> IsGoodEnoughAsync(
        UserSignIn session, AuthorizeRequest request, WaitingRequest? waiting, CancellationToken ct)
    {
        var signedInSince = waiting?.Login is { } before && before != session.Login;
        var mustSignIn = request.Prompts.Contains("login") || request.Prompts.Contains("select_account")
            || request.MaxAge == TimeSpan.Zero;
        if (mustSignIn && !signedInSince) return false;

        var age = clock.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(session.User.GetAuthenticationTimeEpoch());
        if (age > request.MaxAge && !signedInSince) return false;

        var isOtherTenant = options.Value.ValidateTenantOnAuthorization && request.Tenant is { } tenant
            && !session.User.HasClaim(ClaimTypes.Tenant, tenant);
        if (isOtherTenant && !signedInSince) return false;

        if (request.Parameters["id_token_hint"] is { } hint)
        {
            var meant = await tokens.ReadIdTokenHintAsync(hint, ct);
            if (meant?.HasClaim("aud", request.Client.ClientId) is not true) return false;
            if (meant.GetSubjectId() != session.User.GetSubjectId()) return false;
        }

        var active = new IsActiveContext(session.User, request.Client, ProfileIsActiveCallers.AuthorizeEndpoint);
        await profile.IsActiveAsync(active);
        return active.IsActive;
    }

    private async Task IssueAsync(HttpContext http, AuthorizeRequest request, UserSignIn session, CancellationToken ct)
    {
        var code = await grants.NewCodeAsync(new(
            Family: Handles.New(),
            FamilyEnds: grants.Now.AddSeconds(request.Client.AbsoluteRefreshTokenLifetime),
            Scopes: [.. request.Resources.RawScopeValues],
            Subject: StoredClaim.From(session.User),
            session.SessionId,
            request.Return.RedirectUri,
            request.Parameters["code_challenge"],
            request.Parameters["nonce"]), request.Client, ct);

        await answers.SendAsync(http, request.Return, new() { ["code"] = code });
    }

    /// <summary>Where a stored request goes on: its handle, and nothing else of what was sent.</summary>
    private static string CallbackOf(Parameters sent) => QueryHelpers.AddQueryString(
        AuthorizeRequests.CallbackPath,
        from name in (string[])["request_uri", "client_id", "authzId"]
        where sent[name] is not null
        select KeyValuePair.Create(name, sent[name]));
}
