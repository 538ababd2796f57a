using Platform.Contracts.Licensing;
using Platform.Core.Audit;
using Platform.Core.Storage;

namespace Platform.Core.Licensing;

/// <summary>
/// Gives and takes seats in the transaction that runs, for whoever writes more than grants in it. What they rest on is
/// locked before it is read, so nothing is tried twice. What else the transaction writes into the audit it writes
/// afterwards: the head of the chain is the last of the locks.
/// </summary>
public sealed class SeatsInTransaction(PlatformDb db, TimeProvider clock)
{
    public async Task<GrantsOutcome> GrantAsync(
        long tenantId, string application, GrantWish wish, AuditSource source, CancellationToken ct)
    {
        await db.ExecuteAsync(GrantStatements.Lock(tenantId, application, wish.UserIds), ct);
        var now = clock.Now; // not before a change of prices that came first
        var (facts, ids) = await db.ReadResultsAsync(
            GrantStatements.FindFacts(tenantId, application, wish, now),
            reader => GrantStatements.ReadFactsAsync(reader, tenantId, ct), ct);
        if (facts is null) return new([], GrantRules.Unknown);

        var (plan, refusal) = GrantRules.Plan(facts, wish, now);
        if (refusal is not null) return new([], refusal);

        var fresh = GrantWrites.Fresh(facts, wish, plan, ids, now);
        if (fresh.Count > 0) await db.ExecuteAsync(GrantWrites.Statements(facts, fresh, source, now), ct);
        return GrantWrites.Outcome(plan, fresh);
    }

    /// <summary>Frees the seat of one user. Revoking again changes nothing.</summary>
    public async Task<(GrantResponse? Grant, Rejection? Rejection)> RevokeAsync(
        long tenantId, string application, long userId, AuditSource source, CancellationToken ct)
    {
        await db.ExecuteAsync(GrantStatements.LockLicense(tenantId, application), ct);
        var (facts, _) = await db.ReadResultsAsync(
            GrantStatements.FindFacts(tenantId, application, new([userId], null), clock.Now),
            reader => GrantStatements.ReadFactsAsync(reader, tenantId, ct), ct);
        if (facts?.Targets.GetValueOrDefault(userId) is not { } target) return (null, GrantRules.Unknown);
        if (target.Current is not { } grant) return (target.Last, target.Last is null ? GrantRules.Unknown : null);

        var (revoked, statements) = GrantWrites.Revoked(grant, source, clock.Now);
        await db.ExecuteAsync(statements, ct);
        return (revoked, null);
    }

    /// <summary>Frees all seats of a user in a tenant.</summary>
    /// <returns>How many they were.</returns>
    public async Task<int> RevokeAllAsync(long tenantId, long userId, AuditSource source, CancellationToken ct)
    {
        var now = clock.Now;
        var grants = await db.ReadAsync(
            [GrantStatements.LockLicenses(tenantId), GrantStatements.FindGrants(tenantId, userId)],
            reader => GrantStatements.ReadGrant(reader, 0)!,
            ct);
        var statements = grants.SelectMany(grant => GrantWrites.Revoked(grant, source, now).Statements).ToList();
        if (statements.Count > 0) await db.ExecuteAsync(statements, ct);
        return grants.Count;
    }
}
