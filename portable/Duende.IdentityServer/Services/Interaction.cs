using Duende.IdentityServer.Endpoints;
using Duende.IdentityServer.Extensions;
using Duende.IdentityServer.Models;
using Duende.IdentityServer.Protocol;
using Duende.IdentityServer.Sessions;
using Duende.IdentityServer.Stores;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Duende.IdentityServer.Services;

internal sealed class Interaction(
    IHttpContextAccessor http, AuthorizeRequests requests, AuthorizeRules rules,
    SessionAuthentication authentication, Sealer sealer)
    : IIdentityServerInteractionService
{
    private HttpContext Http => http.HttpContext!;

    public bool IsValidReturnUrl(string? returnUrl) => KeyOf(returnUrl) is not null;

    public async Task<AuthorizationRequest?> GetAuthorizationContextAsync(string? returnUrl)
    {
        if (KeyOf(returnUrl) is not { } key || await requests.FindAsync(key, Http.RequestAborted) is not { } waiting)
        {
            return null;
        }
        if (rules.Check(new(waiting.Parameters), waiting.Pushed).Request is not { } request) return null;

        return new(key)
        {
            Client = request.Client,
            RedirectUri = request.Return.RedirectUri,
            DisplayMode = request.Parameters["display"],
            UiLocales = request.Parameters["ui_locales"],
            LoginHint = request.Parameters["login_hint"],
            PromptModes = request.Prompts,
            Tenant = request.Tenant,
            AcrValues = [.. request.AcrValues],
            Parameters = request.Parameters.ToCollection(),
        };
    }

    public Task<ErrorMessage?> GetErrorContextAsync(string? errorId) =>
        Task.FromResult(sealer.TryOpen<ErrorMessage>(AuthorizeAnswers.ErrorPurpose, errorId));

    public async Task<LogoutRequest> GetLogoutContextAsync(string? logoutId)
    {
        var wish = sealer.TryOpen<LogoutWish>(LogoutWish.Purpose, logoutId);
        var session = await authentication.CurrentAsync(Http);
        var isForThisSession = session is null || session.SessionId == wish?.SessionId;

        return new()
        {
            ClientId = isForThisSession ? wish?.ClientId : null,
            ClientName = wish?.ClientName,
            PostLogoutRedirectUri = wish?.PostLogoutRedirectUri,
            SubjectId = session?.User.GetSubjectId() ?? wish?.SubjectId,
            SessionId = session?.SessionId ?? wish?.SessionId,
            UiLocales = wish?.UiLocales,
        };
    }

    public Task<string?> CreateLogoutContextAsync() => Task.FromResult<string?>(null);

    public async Task DenyAuthorizationAsync(
        AuthorizationRequest request, AuthorizationError error, string? errorDescription = null)
    {
        if (await requests.FindAsync(request.StoredKey, Http.RequestAborted) is not { } waiting) return;

        await requests.DenyAsync(request.StoredKey, waiting, ToCode(error), errorDescription, Http.RequestAborted);
    }

    /// <summary>The stored request that a path of ours stands for; null for every other address.</summary>
    private string? KeyOf(string? returnUrl)
    {
        var path = Http.Request.PathBase + AuthorizeRequests.CallbackPath + "?";
        return returnUrl?.StartsWith(path, StringComparison.Ordinal) is true
            ? AuthorizeRequests.KeyOf(new(QueryHelpers.ParseQuery(returnUrl[path.Length..])))
            : null;
    }

    private static string ToCode(AuthorizationError error) => error switch
    {
        AuthorizationError.InteractionRequired => "interaction_required",
        AuthorizationError.LoginRequired => "login_required",
        AuthorizationError.AccountSelectionRequired => "account_selection_required",
        AuthorizationError.ConsentRequired => "consent_required",
        AuthorizationError.TemporarilyUnavailable => "temporarily_unavailable",
        AuthorizationError.UnmetAuthenticationRequirements => "unmet_authentication_requirements",
        _ => "access_denied",
    };
}
