using Npgsql;
using Platform.Contracts;
using Platform.Contracts.Licensing;
using Platform.Core.Audit;
using Platform.Core.Storage;

namespace Platform.Core.Licensing;

/// <summary>
/// Gives and takes seats in the transaction that runs, for callers that write more than grants in it. What they rest
/// on is locked before it is read, so nothing is tried twice. What else the transaction writes into the audit it
/// writes afterwards: the head of the chain is the last of the locks.
/// </summary>
public sealed class SeatsInTransaction(PlatformDb db, TimeProvider clock)
{
    public async Task<Result<GrantedItem[]>> GrantAsync(
        long tenantId, string application, RequestedGrants requested, AuditSource source, CancellationToken ct)
    {
        await db.ExecuteAsync(GrantStatements.Lock(tenantId, [application]), ct);
        return await GrantLockedAsync(tenantId, application, requested, source, ct);
    }

    /// <summary>Frees the seat of one user, unless groups give it as well. Revoking again changes nothing.</summary>
    public async Task<Result<GrantResponse>> RevokeAsync(
        long tenantId, string application, long userId, AuditSource source, CancellationToken ct)
    {
        await db.ExecuteAsync(
            [GrantStatements.LockTenant(tenantId), GrantStatements.LockLicense(tenantId, application)], ct);
        var now = clock.Now;
        var (inputs, _) = await db.ReadResultsAsync(
            GrantStatements.FindInputs(tenantId, application, new([userId], null), now),
            reader => GrantStatements.ReadInputsAsync(reader, tenantId, ct), ct);
        if (inputs?.Targets.GetValueOrDefault(userId) is not { } target) return Rejection.NotFound;
        if (target.Current is not { } grant) return target.Last is { } last ? last : Rejection.NotFound;
        if (GrantRules.CheckRevoke(target) is { } ofGroup) return ofGroup;

        var taken = GrantWrites.Taken(grant, target.Groups, source, now);
        await db.ExecuteAsync(taken.Statements, ct);
        return taken.Grant;
    }

    /// <summary>
    /// The licenses of the tenant, for callers that write into its audit before the last seat is given.
    /// </summary>
    public Task LockAsync(long tenantId, CancellationToken ct) => db.ExecuteAsync(GrantStatements.LockLicenses(tenantId), ct);

    /// <summary>Frees all seats of a user in a tenant.</summary>
    /// <returns>How many they were.</returns>
    public async Task<int> RevokeAllAsync(long tenantId, long userId, AuditSource source, CancellationToken ct)
    {
        var grants = await db.ReadAsync(
            [GrantStatements.LockLicenses(tenantId), GrantStatements.FindGrants(tenantId, userId)],
            reader => GrantStatements.ReadGrant(reader, 0)!,
            ct);
        await RevokeAsync(grants, source, ct);
        return grants.Count;
    }

    /// <summary>
    /// Gives and takes the seats that come of groups, so that they are as the groups are now: every active member of a
    /// group has a seat of each of its applications, however many groups give it. The tenant is locked already.
    /// </summary>
    /// <param name="userId">Of this member alone; of all where it is null.</param>
    /// <returns>Why not all of them can be given: then none are.</returns>
    public async Task<Rejection?> FollowGroupsAsync(
        long tenantId, long? userId, AuditSource source, CancellationToken ct)
    {
        var missing = (await db.ReadAsync(
            [GroupStatements.FindMissing(tenantId, userId)],
            reader => (Application: reader.GetString(0), User: reader.GetInt64(1)),
            ct)).ToLookup(way => way.Application, way => way.User);
        var surplus = await db.ReadAsync(
            [GroupStatements.FindSurplus(tenantId, userId)], reader => GrantStatements.ReadGrant(reader, 0)!, ct);
        if (missing.Count == 0 && surplus.Count == 0) return null;

        await db.ExecuteAsync(GrantStatements.Lock(tenantId, [.. missing.Select(ofOne => ofOne.Key)]), ct);
        await RevokeAsync(surplus, source, ct);
        foreach (var ofOne in missing)
        {
            var outcome = await GrantLockedAsync(tenantId, ofOne.Key, new([.. ofOne], null, ByGroup: true), source, ct);
            if (outcome.Rejection is { } rejection) return Of(rejection, ofOne.Key);
        }

        return null;
    }

    private async Task<Result<GrantedItem[]>> GrantLockedAsync(
        long tenantId, string application, RequestedGrants requested, AuditSource source, CancellationToken ct)
    {
        var now = clock.Now; // not before a change of prices that came first
        var (inputs, ids) = await db.ReadResultsAsync(
            GrantStatements.FindInputs(tenantId, application, requested, now),
            reader => GrantStatements.ReadInputsAsync(reader, tenantId, ct), ct);
        if (inputs is null) return Rejection.NotFound;
        if (!GrantRules.Plan(inputs, requested, now).TryGet(out var plan, out var refusal)) return refusal;

        var fresh = GrantWrites.Fresh(inputs, requested, plan, ids, source, now);
        var adopted = GrantWrites.Adopted(requested, plan, source, now);
        var statements = GrantWrites.Statements(inputs, fresh, adopted, source, now);
        try
        {
            if (statements.Count > 0) await db.ExecuteAsync(statements, ct);
            return GrantWrites.Outcome(plan, fresh, adopted);
        }
        catch (PostgresException e) when (e.IsRejection(GrantStatements.Changed))
        {
            return Busy; // the platform has deactivated a person just now
        }
    }

    private async Task RevokeAsync(List<GrantResponse> grants, AuditSource source, CancellationToken ct)
    {
        var now = clock.Now;
        var statements = grants.SelectMany(grant => GrantWrites.Revoked(grant, source, now).Statements).ToList();
        if (statements.Count > 0) await db.ExecuteAsync(statements, ct);
    }

    private static Rejection Of(Rejection rejection, string application) => rejection with
    {
        Extras = rejection.Extras with { Application = application },
    };

    private static readonly Rejection Busy =
        new(RejectionKind.Conflict, Codes.VersionMismatch, "A person is being changed; try again.");
}
