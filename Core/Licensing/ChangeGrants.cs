using Npgsql;
using Platform.Contracts;
using Platform.Contracts.Licensing;
using Platform.Core.Audit;
using Platform.Core.Storage;

namespace Platform.Core.Licensing;

/// <param name="IsNew">False for a grant that existed before the request.</param>
public readonly record struct Granted(GrantResponse Grant, bool IsNew);

/// <summary>What became of one user of the request.</summary>
public readonly record struct GrantedItem(long UserId, Result<Granted> Result);

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

    /// <returns>One item for each user, in the order of the request.</returns>
    public async Task<Result<GrantedItem[]>> GrantAsync(
        long tenantId, string application, RequestedGrants requested, AuditSource source, CancellationToken ct)
    {
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            var now = clock.Now;
            var (inputs, ids) = await ReadAsync(tenantId, application, requested, now, ct);
            if (inputs is null) return Rejection.NotFound;

            if (!GrantRules.Plan(inputs, requested, now).TryGet(out var plan, out var refusal)) return refusal;

            var fresh = GrantWrites.Fresh(inputs, requested, plan, ids, source, now);
            var adopted = GrantWrites.Adopted(requested, plan, source, now);
            var statements = GrantWrites.Statements(inputs, fresh, adopted, source, now);
            if (statements.Count == 0 || await WriteAsync(tenantId, statements, ct))
            {
                return GrantWrites.Outcome(plan, fresh, adopted);
            }
        }

        return Busy;
    }

    /// <summary>
    /// Frees the seat, unless groups give it as well. Revoking again changes nothing; who never had a grant has none
    /// to revoke.
    /// </summary>
    public Task<Result<GrantResponse>> RevokeAsync(
        long tenantId, string application, long userId, AuditSource source, CancellationToken ct) =>
        ChangeAsync(tenantId, application, userId, null, (target, now) =>
        {
            if (target.Current is not { } grant) return target.Last is { } last ? new GrantChange(last, []) : Rejection.NotFound;
            if (GrantRules.CheckRevoke(target) is { } ofGroup) return ofGroup;

            var taken = GrantWrites.Taken(grant, target.Groups, source, now);
            return taken with
            {
                Statements =
                [
                    .. Locks(tenantId, application), GroupStatements.CheckGroups(grant, target.Groups.Count > 0),
                    .. taken.Statements,
                ],
            };
        }, ct);

    /// <summary>The role in the application; null lets the user's own type count.</summary>
    /// <param name="checkVersion">Why the grant is not the one that the caller means to change, by its version.</param>
    public Task<Result<GrantResponse>> ChangeRoleAsync(
        long tenantId, string application, long userId, string? role, Func<long, Rejection?> checkVersion,
        AuditSource source, CancellationToken ct) =>
        ChangeAsync(tenantId, application, userId, role, (target, now) =>
        {
            if (target.Current is not { } grant) return Rejection.NotFound;
            if (checkVersion(grant.Version) is { } stale) return stale;
            if (grant.Role == role) return new GrantChange(grant, []);

            var changed = GrantWrites.RoleChanged(grant, role, source, now);
            return changed with { Statements = [.. Locks(tenantId, application), .. changed.Statements] };
        }, ct);

    /// <summary>What a grant would cost this user now.</summary>
    public async Task<Result<GrantPreviewResponse>> PreviewAsync(
        long tenantId, string application, long userId, CancellationToken ct)
    {
        var now = clock.Now;
        var requested = new RequestedGrants([userId], null);
        var (inputs, _) = await ReadAsync(tenantId, application, requested, now, ct);
        if (inputs is null || !inputs.Targets.TryGetValue(userId, out var target)) return Rejection.NotFound;

        return new GrantPreviewResponse(
            userId, inputs.Application, target.UserType, target.Price?.Price, target.Price?.Currency,
            target.Price?.BillingCycle, inputs.License?.Available, target.Current is not null,
            GrantRules.Plan(inputs, requested, now).Rejection?.Code);
    }

    /// <param name="change">Decides upon what was read; without statements there is nothing to write.</param>
    private async Task<Result<GrantResponse>> ChangeAsync(
        long tenantId,
        string application,
        long userId,
        string? role,
        Func<GrantTarget, DateTimeOffset, Result<GrantChange>> change,
        CancellationToken ct)
    {
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            var now = clock.Now;
            var (inputs, _) = await ReadAsync(tenantId, application, new([userId], role), now, ct);
            if (inputs is null || !inputs.Targets.TryGetValue(userId, out var target)) return Rejection.NotFound;
            if (!inputs.RoleExists) return GrantRules.UnknownRole;
            if (!change(target, now).TryGet(out var changed, out var rejection)) return rejection;
            if (changed.Statements.Length == 0 || await WriteAsync(tenantId, changed.Statements, ct)) return changed.Grant;
        }

        return Busy;
    }

    private static NpgsqlBatchCommand[] Locks(long tenantId, string application) =>
        [GrantStatements.LockTenant(tenantId), GrantStatements.LockLicense(tenantId, application)];

    /// <returns>No inputs where tenant or application does not exist; ids for as many grants as there may be.</returns>
    private async Task<(GrantInputs? Inputs, IReadOnlyList<long> Ids)> ReadAsync(
        long tenantId, string application, RequestedGrants requested, DateTimeOffset now, CancellationToken ct)
    {
        await using var reader = await sql.ReadAsync(
            Scope.Tenant(tenantId), GrantStatements.FindInputs(tenantId, application, requested, now), ct);
        return await GrantStatements.ReadInputsAsync(reader, tenantId, ct);
    }

    /// <returns>False if somebody was faster: looking again gives the true answer.</returns>
    private async Task<bool> WriteAsync(long tenantId, IEnumerable<NpgsqlBatchCommand> statements, CancellationToken ct)
    {
        try
        {
            await sql.ExecuteAsync(Scope.Tenant(tenantId), statements, ct);
            return true;
        }
        catch (PostgresException e) when (e.IsRejection(GrantStatements.Changed) || e.LostARace())
        {
            return false;
        }
    }

    private static readonly Rejection Busy =
        new(RejectionKind.Conflict, Codes.VersionMismatch, "The seats keep changing; try again.");
}
