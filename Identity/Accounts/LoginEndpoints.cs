using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Platform.Contracts.Audit;

namespace Platform.Identity.Accounts;

/// <summary>What happened at the door, for the Api, which shows it to platform staff.</summary>
internal static class LoginEndpoints
{
    private const int MaxRows = 501; // a page of the Api, and one more

    public static void MapLogins(this WebApplication app) =>
        app.MapGet("/api/logins", ListAsync).RequireAuthorization(AccountEndpoints.Policy);

    /// <summary>Newest first.</summary>
    /// <param name="before">
    /// The number of a row: only what comes behind it. Rows stay for good, so a page can end at any.
    /// </param>
    private static async Task<Ok<List<LoginResponse>>> ListAsync(
        IdentityDb db, long? accountId, string? kind, DateTimeOffset? from, DateTimeOffset? to, long? before, int limit,
        CancellationToken ct)
    {
        var rows = db.Set<AuditRow>().AsNoTracking();
        if (accountId is not null) rows = rows.Where(r => r.AccountId == accountId);
        if (kind is not null) rows = rows.Where(r => r.Kind == kind);
        if (from?.ToUniversalTime() is { } first) rows = rows.Where(r => r.OccurredAt >= first);
        if (to?.ToUniversalTime() is { } last) rows = rows.Where(r => r.OccurredAt < last);
        if (before is { } number)
        {
            var end = await db.Set<AuditRow>().Where(r => r.Id == number).Select(r => r.OccurredAt).ToListAsync(ct);
            if (end is not [var at]) return TypedResults.Ok(new List<LoginResponse>());

            rows = rows.Where(r => EF.Functions.LessThan(
                ValueTuple.Create(r.OccurredAt, r.Id), ValueTuple.Create(at, number)));
        }

        return TypedResults.Ok(await rows
            .OrderByDescending(r => r.OccurredAt).ThenByDescending(r => r.Id)
            .Take(Math.Clamp(limit, 1, MaxRows))
            .Select(r => new LoginResponse(
                r.Id, r.OccurredAt, r.Kind, r.AccountId, r.ClientId, r.Detail, r.RemoteAddress, r.TraceId))
            .ToListAsync(ct));
    }
}
