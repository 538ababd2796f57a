using Npgsql;
using Platform.Contracts.Events;
using Platform.Contracts.Licensing;
using Platform.Core.Audit;
using Platform.Core.Outbox;

namespace Platform.Core.Licensing;

/// <summary>A grant that is to be made, and what it rests on.</summary>
internal readonly record struct FreshGrant(GrantResponse Grant, GrantTarget Target);

/// <summary>What is written when grants are made, changed or revoked: rows, audit and events.</summary>
internal static class GrantWrites
{
    /// <param name="ids">At least as many as there are grants to be made.</param>
    public static List<FreshGrant> Fresh(
        GrantFacts facts, GrantWish wish, IReadOnlyList<PlannedGrant> plan, IReadOnlyList<long> ids, DateTimeOffset now) =>
    [
        .. plan.Where(item => item.Fresh is not null)
            .Select((item, i) => new FreshGrant(Grant(facts, wish, item.Fresh!, ids[i], now), item.Fresh!)),
    ];

    public static GrantsOutcome Outcome(IReadOnlyList<PlannedGrant> plan, IReadOnlyList<FreshGrant> fresh)
    {
        var added = fresh.ToDictionary(entry => entry.Grant.UserId, entry => entry.Grant);
        return new(
            [
                .. plan.Select(item => new GrantedItem(
                    item.UserId, item.Existing ?? added.GetValueOrDefault(item.UserId), item.Fresh is not null, item.Refusal)),
            ],
            null);
    }

    public static IEnumerable<NpgsqlBatchCommand> Statements(
        GrantFacts facts, IReadOnlyList<FreshGrant> fresh, AuditSource source, DateTimeOffset now) =>
    [
        GrantStatements.TakeSeats(facts, fresh.Count),
        GrantStatements.Insert(facts, fresh, now, source.Actor),
        .. fresh.SelectMany(entry =>
            Record("grant.created", null, entry.Grant, new GrantCreated(Snapshot(entry.Grant)), source, now)),
    ];

    /// <summary>Whoever executes them has the license's row.</summary>
    public static (GrantResponse Grant, NpgsqlBatchCommand[] Statements) Revoked(
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

    /// <summary>Whoever executes them has the license's row.</summary>
    public static (GrantResponse Grant, NpgsqlBatchCommand[] Statements) RoleChanged(
        GrantResponse grant, string? role, AuditSource source, DateTimeOffset now)
    {
        var changed = grant with { Role = role, Version = grant.Version + 1 };
        return (changed, [
            GrantStatements.ChangeRole(grant, role, source.Actor),
            .. Record("grant.changed", grant, changed, new GrantChanged(Snapshot(changed)), source, now),
        ]);
    }

    private static GrantResponse Grant(
        GrantFacts facts, GrantWish wish, GrantTarget target, long id, DateTimeOffset now) => new(
        id, facts.TenantId, target.UserId, facts.Application, wish.Role ?? (wish.Again ? target.Last?.Role : null),
        Active: true, now, RevokedAt: null, target.Price!.Price, target.Price.Currency, target.UserType,
        target.Price.BillingCycle, Version: 1);

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
