using Npgsql;
using Platform.Contracts;
using Platform.Contracts.Events;
using Platform.Contracts.Licensing;
using Platform.Core.Audit;
using Platform.Core.Outbox;
using Platform.Core.Storage;

namespace Platform.Core.Licensing;

/// <summary>One entry for each user, in the order they were named; or why nothing was done.</summary>
public readonly record struct GrantsOutcome(IReadOnlyList<GrantedItem> Items, Rejection? Rejection);

/// <param name="IsNew">False for a grant that was there already.</param>
public readonly record struct GrantedItem(long UserId, GrantResponse? Grant, bool IsNew, Rejection? Rejection);

/// <summary>
/// Grants, revokes and changes in two round trips: one batch reads, one batch writes, and each is a transaction. The rules
/// decide upon what was read; the statements that write hold only while it is still true, and whoever was too late looks
/// again. So the answer always is that of the rules.
/// </summary>
public sealed class ChangeGrants(PlatformSql sql, TimeProvider clock)
{
    /// <summary>Each attempt that is lost is a change that somebody else has made; so many in a row are a fault.</summary>
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

            var fresh = plan.Where(item => item.Fresh is not null)
                .Select((item, i) => (Grant: Grant(facts, wish, item.Fresh!, ids[i], now), Target: item.Fresh!))
                .ToList();
            if (fresh.Count == 0 || await WriteAsync(tenantId, Statements(facts, fresh, source, now), ct))
            {
                var added = fresh.ToDictionary(entry => entry.Grant.UserId, entry => entry.Grant);
                return new(
                    [
                        .. plan.Select(item => new GrantedItem(
                            item.UserId, item.Existing ?? added.GetValueOrDefault(item.UserId), item.Fresh is not null,
                            item.Refusal)),
                    ],
                    null);
            }
        }

        return new([], Busy);
    }

    /// <summary>Frees the seat. Revoking again changes nothing; who never had a grant has none to revoke.</summary>
    public Task<(GrantResponse? Grant, Rejection? Rejection)> RevokeAsync(
        long tenantId, string application, long userId, AuditSource source, CancellationToken ct) =>
        ChangeAsync(tenantId, application, userId, null, (target, now) =>
        {
            if (target.Current is not { } grant) return (target.Last, target.Last is null ? GrantRules.Unknown : null, null);

            var (revoked, statements) = Revoked(grant, source, now);
            return (revoked, null, [GrantStatements.LockLicense(tenantId, application), .. statements]);
        }, ct);

    /// <summary>
    /// Frees all seats of a user in a tenant, in the transaction that runs there. What else that transaction writes into
    /// the audit it writes afterwards: whoever writes grants has the licenses before the head of the chain.
    /// </summary>
    /// <returns>How many they were.</returns>
    public async Task<int> RevokeAllAsync(
        PlatformDb db, long tenantId, long userId, AuditSource source, CancellationToken ct)
    {
        var now = clock.Now;
        var grants = await db.ReadAsync(
            [GrantStatements.LockLicenses(tenantId), GrantStatements.FindGrants(tenantId, userId)],
            reader => GrantStatements.ReadGrant(reader, 0)!,
            ct);
        var statements = grants.SelectMany(grant => Revoked(grant, source, now).Statements).ToList();
        if (statements.Count > 0) await db.ExecuteAsync(statements, ct);
        return grants.Count;
    }

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

            var changed = grant with { Role = role, Version = grant.Version + 1 };
            return (changed, null, [
                GrantStatements.LockLicense(tenantId, application),
                GrantStatements.ChangeRole(grant, role, source.Actor),
                .. Record("grant.changed", grant, changed, new GrantChanged(Snapshot(changed)), source, now),
            ]);
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

    private static (GrantResponse Grant, NpgsqlBatchCommand[] Statements) Revoked(
        GrantResponse grant, AuditSource source, DateTimeOffset now)
    {
        var revoked = grant with
        {
            Active = false,
            RevokedAt = now > grant.GrantedAt ? now : grant.GrantedAt, // clocks of two processes may differ
            Version = grant.Version + 1,
        };
        return (revoked, [
            GrantStatements.Revoke(grant, revoked.RevokedAt.Value, source.Actor),
            .. Record("grant.revoked", grant, revoked, new GrantRevoked(Snapshot(revoked)), source, now),
        ]);
    }

    /// <returns>No facts where tenant or application does not exist; ids for as many grants as there may be.</returns>
    private async Task<(GrantFacts? Facts, IReadOnlyList<long> Ids)> ReadAsync(
        long tenantId, string application, GrantWish wish, DateTimeOffset now, CancellationToken ct)
    {
        await using var reader = await sql.ReadAsync(
            tenantId,
            [
                GrantStatements.FindLicense(tenantId, application, wish.Role),
                GrantStatements.FindTargets(tenantId, application, wish.UserIds, now),
                GrantStatements.NextIds(wish.UserIds.Count),
            ],
            ct);

        if (!await reader.ReadAsync(ct)) return (null, []);

        var facts = new GrantFacts(
            tenantId, reader.GetInt64(0), reader.GetString(1), reader.GetBoolean(2), AccessQuery.ReadTerms(reader, 4),
            reader.GetBoolean(3), new Dictionary<long, GrantTarget>());

        await reader.NextResultAsync(ct);
        Dictionary<long, GrantTarget> targets = [];
        while (await reader.ReadAsync(ct))
        {
            var target = GrantStatements.ReadTarget(reader);
            targets[target.UserId] = target;
        }

        await reader.NextResultAsync(ct);
        List<long> ids = [];
        while (await reader.ReadAsync(ct)) ids.Add(reader.GetInt64(0));

        return (facts with { Targets = targets }, ids);
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

    private static GrantResponse Grant(
        GrantFacts facts, GrantWish wish, GrantTarget target, long id, DateTimeOffset now) => new(
        id, facts.TenantId, target.UserId, facts.Application, wish.Role ?? (wish.Again ? target.Last?.Role : null),
        Active: true, now, RevokedAt: null, target.Price!.Price, target.Price.Currency, target.UserType,
        target.Price.BillingCycle, Version: 1);

    private static IEnumerable<NpgsqlBatchCommand> Statements(
        GrantFacts facts, List<(GrantResponse Grant, GrantTarget Target)> fresh, AuditSource source, DateTimeOffset now) =>
    [
        GrantStatements.TakeSeats(facts.License!, fresh.Count),
        GrantStatements.Insert(facts, fresh, now, source.Actor),
        .. fresh.SelectMany(entry =>
            Record("grant.created", null, entry.Grant, new GrantCreated(Snapshot(entry.Grant)), source, now)),
    ];

    /// <summary>The audit row and the event of a change.</summary>
    private static NpgsqlBatchCommand[] Record<T>(
        string action, GrantResponse? before, GrantResponse after, T data, AuditSource source, DateTimeOffset now)
        where T : IEventData =>
    [
        new AuditChange(after.TenantId, action, "grant", after.Id, before, after).ToStatement(source, now),
        OutboxMessage.Of(data, after.TenantId, new(after.Id, after.Version, now, source.Actor)).ToStatement(),
    ];

    private static GrantSnapshot Snapshot(GrantResponse g) => new(
        g.Id, g.UserId, g.Application, g.Role, g.Price, g.Currency, g.UserType, g.BillingCycle, g.GrantedAt, g.RevokedAt);

    private static readonly Rejection Busy =
        new(RejectionKind.Conflict, Codes.VersionMismatch, "It keeps changing; try again.");
}
