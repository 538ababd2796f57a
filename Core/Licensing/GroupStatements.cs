using Npgsql;
using Platform.Contracts.Licensing;
using Platform.Core.Storage;

namespace Platform.Core.Licensing;

/// <summary>The statements that compare grants with the groups that give them.</summary>
internal static class GroupStatements
{
    /// <summary>The groups by which a member <c>m</c> has an application <c>a</c>.</summary>
    public const string Ways = """
        select h.role_id_fk from group_applications ga
        join membership_roles h on h.role_id_fk = ga.role_id_fk and h.tenant_id_fk = ga.tenant_id_fk
        where ga.tenant_id_fk = m.tenant_id_fk and ga.application_id_fk = a.id and h.membership_id_fk = m.id
        """;

    /// <summary>Ends the batch unless the user has the application by groups, or by none, as it was read.</summary>
    public static NpgsqlBatchCommand CheckGroups(GrantResponse grant, bool hasGroups) => TenantSql.Statement(
        $"""
        select case when exists (
            select from memberships m join applications a on a.slug = $3
            where m.tenant_id_fk = $1 and m.user_id_fk = $2 and exists ({Ways})) = $4
            then true else platform.refuse('{GrantStatements.Changed}') end
        """,
        grant.TenantId, grant.UserId, grant.Application, hasGroups);

    public static NpgsqlBatchCommand SetDirect(GrantResponse grant, GrantResponse changed) => TenantSql.Statement(
        $"""
        with changed as (
            update user_application_access set direct = $3, updated_at = $4, updated_by = $5
            where id = $1 and version = $2 and active
            returning 1)
        select case when exists (select from changed) then true else platform.refuse('{GrantStatements.Changed}') end
        """,
        grant.Id, grant.Version, changed.Direct, changed.UpdatedAt, changed.UpdatedBy);

    /// <summary>Slug of an application and id of a member who should have a seat by a group but has no seat.</summary>
    /// <param name="userId">Of this member alone; of all where it is null.</param>
    public static NpgsqlBatchCommand FindMissing(long tenantId, long? userId) => TenantSql.Statement(
        $"""
        select a.slug, m.user_id_fk
        from memberships m
        join users u on u.id = m.user_id_fk and u.active
        cross join applications a
        where m.tenant_id_fk = $1 and m.active and ($2::bigint is null or m.user_id_fk = $2) and exists ({Ways})
            and not exists (
                select from user_application_access g
                where g.tenant_id_fk = $1 and g.user_id_fk = m.user_id_fk and g.application_id_fk = a.id and g.active)
        order by a.slug, m.user_id_fk
        """,
        tenantId, userId);

    /// <summary>Grants that came of groups, of whom has no such group any more.</summary>
    public static NpgsqlBatchCommand FindSurplus(long tenantId, long? userId) => TenantSql.Statement(
        $"""
        select {GrantStatements.ColumnsOf("g")}
        from user_application_access g
        join applications a on a.id = g.application_id_fk
        left join memberships m on m.tenant_id_fk = g.tenant_id_fk and m.user_id_fk = g.user_id_fk
        where g.tenant_id_fk = $1 and g.active and not g.direct and ($2::bigint is null or g.user_id_fk = $2)
            and not exists ({Ways})
        order by g.id
        """,
        tenantId, userId);
}
