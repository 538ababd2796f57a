using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Platform.Contracts.People;
using Platform.Identity.Engine;
using Platform.Identity.Factors;

namespace Platform.Identity.Accounts;

/// <summary>
/// What staff see and do with an account, through the Api, which knows who they are and keeps the audit.
/// </summary>
internal static class AccountSecurityEndpoints
{
    /// <summary>An account that staff have locked has this end.</summary>
    private static readonly DateTimeOffset Forever = new(9999, 12, 31, 0, 0, 0, TimeSpan.Zero);

    public static void MapAccountSecurity(this WebApplication app)
    {
        var account = app.MapGroup("/api/accounts/{id:long}").RequireAuthorization(AccountEndpoints.Policy);
        account.MapGet("/security", GetAsync);
        account.MapDelete("/sessions", EndAllAsync);
        account.MapDelete("/sessions/{session}", EndAsync);
        account.MapPost("/lock", LockAsync);
        account.MapPost("/unlock", UnlockAsync);
        account.MapPost("/reset-factors", ResetFactorsAsync);
    }

    private static async Task<Results<Ok<AccountSecurityResponse>, NotFound>> GetAsync(
        long id, IdentityDb db, ISessions sessions, SecondFactors factors, IOptions<IdentityOptions> options, TimeProvider clock,
        CancellationToken ct)
    {
        if (await db.Users.AsNoTracking().SingleOrDefaultAsync(a => a.Id == id, ct) is not { } account) return TypedResults.NotFound();

        var now = clock.GetUtcNow();
        var open = await sessions.OfAsync(id, ct);
        var summary = await factors.DescribeAsync(id, ct);
        return TypedResults.Ok(new AccountSecurityResponse(
            id, account.Email!, account.PasswordHash is not null,
            account.LockoutEnd > now ? account.LockoutEnd : null,
            account.LockoutEnd > now + options.Value.Lockout.DefaultLockoutTimeSpan,
            account.DeletionRequestedAt, account.TwoFactorEnabled, summary.TotpSince, summary.RecoveryCodesLeft,
            [.. summary.Passkeys.Select(key => new AccountPasskeyResponse(key.Name, key.CreatedAt, key.LastUsedAt))],
            [
                .. open.Select(session => new AccountSessionResponse(
                    session.Id, session.SignedInAt, session.SeenAt, session.ExpiresAt, session.Device, session.IpAddress,
                    session.Clients)),
            ]));
    }

    private static async Task<Results<NoContent, NotFound>> EndAllAsync(
        long id, IdentityDb db, ISessions sessions, LoginAudit audit, CancellationToken ct)
    {
        if (!await db.Users.AnyAsync(account => account.Id == id, ct)) return TypedResults.NotFound();

        await sessions.EndAllAsync(id, null, ct);
        await WriteAsync(audit, AuditKinds.SessionEnded, id);
        return TypedResults.NoContent();
    }

    private static async Task<Results<NoContent, NotFound>> EndAsync(
        long id, string session, ISessions sessions, LoginAudit audit, CancellationToken ct)
    {
        if (!await sessions.EndAsync(session, id, ct)) return TypedResults.NotFound();

        await WriteAsync(audit, AuditKinds.SessionEnded, id);
        return TypedResults.NoContent();
    }

    /// <summary>No sign-in, no token and no session until staff unlock the account.</summary>
    private static async Task<Results<NoContent, NotFound>> LockAsync(
        long id, IdentityDb db, ISessions sessions, LoginAudit audit, CancellationToken ct)
    {
        if (!await SetLockAsync(db, id, Forever, ct)) return TypedResults.NotFound();

        await sessions.EndAllAsync(id, null, ct);
        await WriteAsync(audit, AuditKinds.Locked, id);
        return TypedResults.NoContent();
    }

    /// <summary>Also ends the short lock after wrong passwords.</summary>
    private static async Task<Results<NoContent, NotFound>> UnlockAsync(
        long id, IdentityDb db, LoginAudit audit, CancellationToken ct)
    {
        if (!await SetLockAsync(db, id, null, ct)) return TypedResults.NotFound();

        await WriteAsync(audit, AuditKinds.Unlocked, id);
        return TypedResults.NoContent();
    }

    /// <summary>For people who have lost their second factors. Their password still works.</summary>
    private static async Task<Results<NoContent, NotFound>> ResetFactorsAsync(
        long id, IdentityDb db, SecondFactors factors, CancellationToken ct)
    {
        if (await db.Users.SingleOrDefaultAsync(a => a.Id == id, ct) is not { } account) return TypedResults.NotFound();

        await factors.ResetAsync(account, "by staff", ct);
        return TypedResults.NoContent();
    }

    private static async Task<bool> SetLockAsync(IdentityDb db, long id, DateTimeOffset? end, CancellationToken ct) =>
        await db.Users.Where(account => account.Id == id).ExecuteUpdateAsync(
            row => row.SetProperty(a => a.LockoutEnd, end).SetProperty(a => a.AccessFailedCount, 0), ct) > 0;

    private static Task WriteAsync(LoginAudit audit, string kind, long id) =>
        audit.WriteAsync(kind, id.ToString(CultureInfo.InvariantCulture), null, "by staff");
}
