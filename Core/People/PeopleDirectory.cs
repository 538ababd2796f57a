using System.ComponentModel;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Platform.Contracts.People;
using Platform.Core.Storage;

namespace Platform.Core.People;

/// <summary>A person as a current member of one tenant.</summary>
/// <param name="Permissions">All that type, or kind, and roles give, sorted.</param>
/// <param name="Own">Which bookings are their own.</param>
[ImmutableObject(true)]
public sealed record Member(
    long UserId, string Name, string Email, PersonTenant Tenant, IReadOnlyList<string> Permissions, string Kind,
    OwnBookings Own);

/// <summary>Who a person is, in which tenants. One round trip a question, row-level security included.</summary>
public sealed class PeopleDirectory(
    [FromKeyedServices(Databases.Platform)] NpgsqlDataSource source, TimeProvider clock)
{
    /// <summary>Only people, memberships and tenants that are active; a grant counts while its license does.</summary>
    private const string Members = """
        select u.id, u.name, u.email, t.id, t.slug, t.name, t.time_zone, ut.slug,
            array(
                select r.slug from membership_roles mr join roles r on r.id = mr.role_id_fk
                where mr.membership_id_fk = m.id
                order by r.slug),
            array(
                select a.slug from user_application_access g
                join applications a on a.id = g.application_id_fk and a.active
                join tenant_applications l
                    on l.tenant_id_fk = g.tenant_id_fk and l.application_id_fk = g.application_id_fk
                where g.tenant_id_fk = m.tenant_id_fk and g.user_id_fk = u.id and g.active
                    and l.status in ('trial', 'active') and (l.expires_at is null or l.expires_at > $2)
                order by a.slug),
            array(
                select unnest(r.permissions) from membership_roles mr join roles r on r.id = mr.role_id_fk
                where mr.membership_id_fk = m.id),
            m.kind, m.resource_id, m.client_id
        from users u
        join memberships m on m.user_id_fk = u.id and m.active
        join tenants t on t.id = m.tenant_id_fk and t.status = 'active'
        join user_types ut on ut.id = m.user_type_id_fk
        where u.id = $1 and u.active and ($3::bigint is null or t.id = $3)
        order by m.created_at, m.id
        """;

    /// <summary>Null unless the person is an active member of the tenant.</summary>
    public async Task<Member?> FindAsync(long userId, long tenantId, CancellationToken ct) =>
        (await ReadAsync(Scope.Tenant(tenantId), userId, ct)).FirstOrDefault();

    /// <summary>Every tenant of a person, oldest membership first; null if nobody has this number.</summary>
    public async Task<PersonContext?> ContextAsync(long userId, CancellationToken ct)
    {
        var members = await ReadAsync(Scope.AllTenants, userId, ct);
        return members.Count > 0 || await ExistsAsync(userId, ct)
            ? new(userId, [.. members.Select(member => member.Tenant)])
            : null;
    }

    private async Task<List<Member>> ReadAsync(Scope scope, long userId, CancellationToken ct)
    {
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(scope.ToStatement());
        batch.BatchCommands.Add(TenantSql.Statement(Members, userId, clock.GetUtcNow(), scope.TenantId));

        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);

        List<Member> members = [];
        while (await reader.ReadAsync(ct))
        {
            members.Add(new(
                reader.GetInt64(0),
                reader.GetString(1),
                reader.GetString(2),
                new(
                    reader.GetInt64(3),
                    reader.GetString(4),
                    reader.GetString(5),
                    reader.GetString(6),
                    reader.GetString(7),
                    reader.GetFieldValue<string[]>(8),
                    reader.GetFieldValue<string[]>(9)),
                PermissionRules.Of(reader.GetString(7), reader.GetFieldValue<string[]>(10), reader.GetString(11)),
                reader.GetString(11),
                new(reader.GetFieldValue<long?>(12), reader.GetFieldValue<long?>(13))));
        }

        return members;
    }

    /// <summary>Whether the platform has deactivated this person. False for an unknown person.</summary>
    public Task<bool> IsBlockedAsync(long userId, CancellationToken ct) =>
        AnyAsync("select 1 from users where id = $1 and not active", userId, ct);

    private Task<bool> ExistsAsync(long userId, CancellationToken ct) =>
        AnyAsync("select 1 from users where id = $1", userId, ct);

    private async Task<bool> AnyAsync(string sql, long userId, CancellationToken ct)
    {
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(Scope.AllTenants.ToStatement());
        batch.BatchCommands.Add(TenantSql.Statement(sql, userId));

        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        return await reader.ReadAsync(ct);
    }
}
