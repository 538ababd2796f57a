using Microsoft.AspNetCore.Http.HttpResults;
using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Contracts.People;
using Platform.Core.Audit;
using Platform.Core.Storage;

namespace Platform.Api.People;

/// <summary>Staff see how a person signs in, end their sessions, and lock or unlock the account.</summary>
internal static class UserSecurityEndpoints
{
    public static void MapAccountSecurity(this RouteGroupBuilder directStaff)
    {
        var account = directStaff.MapGroup("/users/{id:long}").WithTags("People");
        Asks(account.MapGet("/security", Get));
        Asks(account.MapDelete("/sessions", EndSessions)).WithCode(Codes.SessionsEnded, "All sessions of the person have ended.");
        Asks(account.MapDelete("/sessions/{sessionId}", EndSession)).WithCode(Codes.SessionsEnded, "The session has ended.");
        Asks(account.MapPost("/lock", Lock)).WithCode(Codes.UserLocked, "The account is locked, and its sessions have ended.");
        Asks(account.MapPost("/reset-factors", ResetFactors))
            .WithCode(Codes.FactorsReset, "The second factors are removed, and all sessions have ended.");
        Asks(account.MapPost("/unlock", Unlock)).WithCode(Codes.UserUnlocked, "The account is unlocked.");
    }

    private static RouteHandlerBuilder Asks(RouteHandlerBuilder route) => route
        .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private static async Task<Results<Ok<AccountSecurityResponse>, ProblemHttpResult>> Get(
        long id, Accounts accounts, CancellationToken ct) =>
        await accounts.SecurityAsync(id, ct) is { } security
            ? TypedResults.Ok(security)
            : TypedResults.Problem(Problems.NotFound());

    private static Task<Results<Ok<AccountSecurityResponse>, ProblemHttpResult>> EndSessions(
        long id, [AsParameters] AccountAction action, CancellationToken ct) =>
        action.DoAsync(HttpMethod.Delete, id, "sessions", "user.sessions_ended", null, ct);

    private static Task<Results<Ok<AccountSecurityResponse>, ProblemHttpResult>> EndSession(
        long id, string sessionId, [AsParameters] AccountAction action, CancellationToken ct) =>
        action.DoAsync(HttpMethod.Delete, id, $"sessions/{Uri.EscapeDataString(sessionId)}", "user.session_ended", null, ct);

    private static Task<Results<Ok<AccountSecurityResponse>, ProblemHttpResult>> Lock(
        long id, AccountActionRequest request, [AsParameters] AccountAction action, CancellationToken ct) =>
        action.DoAsync(
            HttpMethod.Post, id, "lock", "user.locked", request.Reason, ct, account => account.IsLockedByStaff);

    private static Task<Results<Ok<AccountSecurityResponse>, ProblemHttpResult>> Unlock(
        long id, AccountActionRequest request, [AsParameters] AccountAction action, CancellationToken ct) =>
        action.DoAsync(
            HttpMethod.Post, id, "unlock", "user.unlocked", request.Reason, ct, account => account.LockedUntil is null);

    private static Task<Results<Ok<AccountSecurityResponse>, ProblemHttpResult>> ResetFactors(
        long id, AccountActionRequest request, [AsParameters] AccountAction action, CancellationToken ct) =>
        action.DoAsync(HttpMethod.Post, id, "reset-factors", "user.factors_reset", request.Reason, ct);

    private sealed record AccountAction(PlatformSql Sql, Accounts Accounts, HttpContext Http, TimeProvider Clock)
    {
        /// <summary>
        /// Identity acts before anything is written here: no row is locked while another process is asked. What it
        /// did is recorded also when the caller has gone.
        /// </summary>
        /// <param name="isSo">Whether the account is as it is to be; then nothing is done and nothing recorded.</param>
        public async Task<Results<Ok<AccountSecurityResponse>, ProblemHttpResult>> DoAsync(
            HttpMethod method, long id, string action, string audit, string? reason, CancellationToken ct,
            Func<AccountSecurityResponse, bool>? isSo = null)
        {
            if (isSo is not null && await Accounts.SecurityAsync(id, ct) is { } current && isSo(current))
            {
                return TypedResults.Ok(current);
            }

            if (!await Accounts.DoAsync(method, id, action, ct)) return TypedResults.Problem(Problems.NotFound());

            var change = new AuditChange(null, audit, "user", id, null, new { reason });
            await Sql.ExecuteAsync(
                Scope.AllTenants, [change.ToStatement(Http.Source, Clock.GetUtcNow())], CancellationToken.None);
            return await Accounts.SecurityAsync(id, ct) is { } security
                ? TypedResults.Ok(security)
                : TypedResults.Problem(Problems.NotFound());
        }
    }
}
