using Npgsql;
using Platform.Contracts;
using Platform.Contracts.Licensing;
using Platform.Core.Audit;
using Platform.Core.Storage;

namespace Platform.Core.Licensing;

/// <summary>One entry for each user, in the order they were named; or why nothing was done.</summary>
public readonly record struct GrantsOutcome(IReadOnlyList<GrantedItem> Items, Rejection? Rejection);

/// <param name="IsNew">False for a grant that was there already.</param>
public readonly record struct GrantedItem(long UserId, GrantResponse? Grant, bool IsNew, Rejection? Rejection);

/// <summary>
/// Grants, revokes and changes in two round trips: one batch reads, one batch writes, and each is a transaction. The
/// rules decide upon what was read; the statements that write hold only while it is still true, and a caller that was
/// too late reads again. So the answer always is that of the rules.
/// </summary>
public sealed class ChangeGrants(PlatformSql sql, TimeProvider clock)
{
    /// <summary>
    /// Each attempt that is lost is a change that somebody else has made; so many in a row are a fault.
    /// </summary>
    private const int Attempts = 20;

    public async Task<GrantsOutcome> GrantAsync(
        long tenantId, string application, GrantWish wish, AuditSource source, CancellationToken ct)
    {
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            var now = clock.Now;
            var (facts, ids) = await ReadAsync(tenantId, application, wish, now, ct);
            if (facts is null) return new([], GrantRules.Unknown);

            var (plan, refusal) = GrantRules.Plan(facts, wish, now);
            if (refusal is not null) return new([], refusal);

            var fresh = GrantWrites.Fresh(facts, wish, plan, ids, source, now);
            var adopted = GrantWrites.Adopted(wish, plan, source, now);
            var statements = GrantWrites.Statements(facts, fresh, adopted, source, now);
            if (statements.Count == 0 || await WriteAsync(tenantId, statements, ct))
            {
                return GrantWrites.Outcome(plan, fresh, adopted);
            }
        }

        return new([], Busy);
    }

    /// <summary>
    /// Frees the seat, unless groups give it as well. Revoking again changes nothing; who never had a grant has none
    /// to revoke.
    /// </summary>
    public Task<(GrantResponse? Grant, Rejection? Rejection)> RevokeAsync(
        long tenantId, string application, long userId, AuditSource source, CancellationToken ct) =>
        ChangeAsync(tenantId, application, userId, null, (target, now) =>
        {
            if (target.Current is not { } grant) return (target.Last, target.Last is null ? GrantRules.Unknown : null, null);
            if (GrantRules.CheckRevoke(target) is { } ofGroup) return (null, ofGroup, null);

            var (taken, statements) = GrantWrites.Taken(target, source, now);
            return (taken, null, [
                .. Locks(tenantId, application), GroupStatements.CheckGroups(grant, target.Groups.Count > 0), .. statements,
            ]);
        }, ct);

    /// <summary>The role in the application; null lets the user's own type count.</summary>
    /// <param name="checkVersion">Why the grant is not the one that the caller means to change, by its version.</param>
    public Task<(GrantResponse? Grant, Rejection? Rejection)> ChangeRoleAsync(
        long tenantId, string application, long userId, string? role, Func<long, Rejection?> checkVersion,
        AuditSource source, CancellationToken ct) =>
        ChangeAsync(tenantId, application, userId, role, (target, now) =>
        {
            if (target.Current is not { } grant) return (null, GrantRules.Unknown, null);
            if (checkVersion(grant.Version) is { } stale) return (null, stale, null);
            if (grant.Role == role) return (grant, null, null);

            var (changed, statements) = GrantWrites.RoleChanged(grant, role, source, now);
            return (changed, null, [.. Locks(tenantId, application), .. statements]);
        }, ct);

    /// <summary>What a grant would cost this user now.</summary>
    public async Task<(GrantPreviewResponse? Preview, Rejection? Rejection)> PreviewAsync(
        long tenantId, string application, long userId, CancellationToken ct)
    {
        var now = clock.Now;
        var wish = new GrantWish([userId], null);
        var (facts, _) = await ReadAsync(tenantId, application, wish, now, ct);
        if (facts is null || !facts.Targets.TryGetValue(userId, out var target)) return (null, GrantRules.Unknown);

        return (
            new(
                userId, facts.Application, target.UserType, target.Price?.Price, target.Price?.Currency,
                target.Price?.BillingCycle, facts.License?.Available, target.Current is not null,
                GrantRules.Plan(facts, wish, now).Refusal?.Code),
            null);
    }

    private async Task<(GrantResponse? Grant, Rejection? Rejection)> ChangeAsync(
        long tenantId,
        string application,
        long userId,
        string? role,
        Func<GrantTarget, DateTimeOffset, (GrantResponse?, Rejection?, NpgsqlBatchCommand[]? Statements)> change,
        CancellationToken ct)
    {
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            var now = clock.Now;
            var (facts, _) = await ReadAsync(tenantId, application, new([userId], role), now, ct);
            if (facts is null || !facts.Targets.TryGetValue(userId, out var target)) return (null, GrantRules.Unknown);
            if (!facts.RoleExists) return (null, GrantRules.UnknownRole);

            var (grant, rejection, statements) = change(target, now);
            if (statements is null || await WriteAsync(tenantId, statements, ct)) return (grant, rejection);
        }

        return (null, Busy);
    }

    private static NpgsqlBatchCommand[] Locks(long tenantId, string application) =>
        [GrantStatements.LockTenant(tenantId), GrantStatements.LockLicense(tenantId, application)];

    /// <returns>No facts where tenant or application does not exist; ids for as many grants as there may be.</returns>
    private async Task<(GrantFacts? Facts, IReadOnlyList<long> Ids)> ReadAsync(
        long tenantId, string application, GrantWish wish, DateTimeOffset now, CancellationToken ct)
    {
        await using var reader = await sql.ReadAsync(
            tenantId, GrantStatements.FindFacts(tenantId, application, wish, now), ct);
        return await GrantStatements.ReadFactsAsync(reader, tenantId, ct);
    }

    /// <returns>False if somebody was faster: looking again gives the true answer.</returns>
    private async Task<bool> WriteAsync(long tenantId, IEnumerable<NpgsqlBatchCommand> statements, CancellationToken ct)
    {
        try
        {
            await sql.ExecuteAsync(tenantId, statements, ct);
            return true;
        }
        catch (PostgresException e) when (e.IsRefusal(GrantStatements.Changed) || e.LostARace())
        {
            return false;
        }
    }

    private static readonly Rejection Busy =
        new(RejectionKind.Conflict, Codes.VersionMismatch, "It keeps changing; try again.");
}
