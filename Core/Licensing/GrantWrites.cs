using Npgsql;
using Platform.Contracts.Events;
using Platform.Contracts.Licensing;
using Platform.Core.Audit;
using Platform.Core.Outbox;

namespace Platform.Core.Licensing;

/// <summary>A grant that is to be made, and what it rests on.</summary>
internal readonly record struct FreshGrant(GrantResponse Grant, GrantTarget Target);

/// <summary>A grant as it is after a change, and the statements that write it.</summary>
internal readonly record struct GrantChange(GrantResponse Grant, NpgsqlBatchCommand[] Statements);

/// <summary>What is written when grants are made, changed or revoked: rows, audit and events.</summary>
internal static class GrantWrites
{
    /// <param name="ids">At least as many as there are grants to be made.</param>
    public static List<FreshGrant> Fresh(
        GrantInputs inputs, RequestedGrants requested, IReadOnlyList<PlannedGrant> plan, IReadOnlyList<long> ids, AuditSource source,
        DateTimeOffset now) =>
    [
        .. plan.Select(item => item.Fresh).OfType<GrantTarget>()
            .Select((target, i) => new FreshGrant(Grant(inputs, requested, target, ids[i], source.Actor, now), target)),
    ];

    /// <summary>Grants by groups that their users get as well.</summary>
    public static List<GrantChange> Adopted(
        RequestedGrants requested, IReadOnlyList<PlannedGrant> plan, AuditSource source, DateTimeOffset now) => requested.ByGroup
        ? []
        : [
            .. plan.Select(item => item.Existing).OfType<GrantResponse>().Where(grant => !grant.Direct)
                .Select(grant => DirectChanged(grant, true, source, now)),
        ];

    public static GrantedItem[] Outcome(
        IReadOnlyList<PlannedGrant> plan, IReadOnlyList<FreshGrant> fresh, IReadOnlyList<GrantChange> adopted)
    {
        var written = fresh.Select(entry => entry.Grant).Concat(adopted.Select(entry => entry.Grant))
            .ToDictionary(grant => grant.UserId);
        return
        [
            .. plan.Select(item => new GrantedItem(item.UserId, (written.GetValueOrDefault(item.UserId) ?? item.Existing) is { } grant
                ? new Granted(grant, IsNew: item.Fresh is not null)
                : item.Rejection ?? Rejection.NotFound)),
        ];
    }

    /// <returns>None where there is nothing to write.</returns>
    public static List<NpgsqlBatchCommand> Statements(
        GrantInputs inputs, IReadOnlyList<FreshGrant> fresh, IReadOnlyList<GrantChange> adopted, AuditSource source,
        DateTimeOffset now)
    {
        List<NpgsqlBatchCommand> statements = [];
        if (fresh.Count > 0)
        {
            statements.Add(GrantStatements.TakeSeats(inputs, fresh.Count));
            statements.Add(GrantStatements.Insert(inputs, fresh, now, source.Actor));
            statements.AddRange(fresh.SelectMany(entry =>
                Record("grant.created", null, entry.Grant, new GrantCreated(Snapshot(entry.Grant)), source, now)));
        }
        else if (adopted.Count > 0)
        {
            statements.Add(GrantStatements.LockTenant(inputs.TenantId));
            statements.Add(GrantStatements.LockLicense(inputs.TenantId, inputs.Application));
        }

        statements.AddRange(adopted.SelectMany(entry => entry.Statements));
        return statements;
    }

    /// <summary>
    /// Whether the seat is the user's own besides that of groups. The caller holds the lock of the license's row.
    /// </summary>
    public static GrantChange DirectChanged(
        GrantResponse grant, bool direct, AuditSource source, DateTimeOffset now)
    {
        var changed = Changed(grant, source, now) with { Direct = direct };
        return new(changed, [
            GroupStatements.SetDirect(grant, changed),
            .. Record("grant.changed", grant, changed, new GrantChanged(Snapshot(changed)), source, now),
        ]);
    }

    /// <summary>Takes from the user what is theirs alone: a seat that groups give as well stays.</summary>
    public static GrantChange Taken(
        GrantResponse grant, IReadOnlyList<long> groups, AuditSource source, DateTimeOffset now) =>
        groups.Count > 0 ? DirectChanged(grant, false, source, now) : Revoked(grant, source, now);

    private static GrantResponse Changed(GrantResponse grant, AuditSource source, DateTimeOffset now) =>
        grant with { Version = grant.Version + 1, UpdatedAt = now, UpdatedBy = source.Actor };

    /// <summary>The caller holds the lock of the license's row.</summary>
    public static GrantChange Revoked(
        GrantResponse grant, AuditSource source, DateTimeOffset now)
    {
        var revoked = grant with
        {
            Active = false,
            RevokedAt = now > grant.GrantedAt ? now : grant.GrantedAt, // clocks of two processes may differ
            Version = grant.Version + 1,
        };
        revoked = revoked with { UpdatedAt = revoked.RevokedAt.Value, UpdatedBy = source.Actor };
        return new(revoked, [
            GrantStatements.Revoke(grant, revoked.UpdatedAt, source.Actor),
            .. Record("grant.revoked", grant, revoked, new GrantRevoked(Snapshot(revoked)), source, now),
        ]);
    }

    /// <summary>The caller holds the lock of the license's row.</summary>
    public static GrantChange RoleChanged(
        GrantResponse grant, string? role, AuditSource source, DateTimeOffset now)
    {
        var changed = Changed(grant, source, now) with { Role = role };
        return new(changed, [
            GrantStatements.ChangeRole(grant, changed),
            .. Record("grant.changed", grant, changed, new GrantChanged(Snapshot(changed)), source, now),
        ]);
    }

    private static GrantResponse Grant(
        GrantInputs inputs, RequestedGrants requested, GrantTarget target, long id, string actor, DateTimeOffset now) => new(
        id, inputs.TenantId, target.UserId, inputs.Application, requested.Role ?? (requested.OnlyReactivate ? target.Last?.Role : null),
        Active: true, now, RevokedAt: null, target.Price!.Price, target.Price.Currency, target.UserType,
        target.Price.BillingCycle, Version: 1, Direct: !requested.ByGroup,
        CreatedBy: actor, UpdatedAt: now, UpdatedBy: actor);

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
}
