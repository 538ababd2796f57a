using Npgsql;
using Platform.Contracts;
using Platform.Contracts.People;
using Platform.Core.Storage;

namespace Platform.Worker.Notifications;

internal sealed record TenantAdmin(long UserId, string Name, string Email, string Locale);

/// <summary>The members of a tenant who look after its webhooks.</summary>
internal sealed class TenantAdmins([FromKeyedServices(Databases.Platform)] NpgsqlDataSource platform)
{
    private const int Max = 20;

    public async Task<List<TenantAdmin>> FindAsync(long tenantId, CancellationToken ct)
    {
        await using var batch = platform.CreateBatch();
        batch.BatchCommands.Add(Scope.Tenant(tenantId).ToStatement());
        batch.BatchCommands.Add(TenantSql.Statement(
            """
            select u.id, u.name, u.email, u.locale
            from memberships m
            join users u on u.id = m.user_id_fk and u.active
            join user_types t on t.id = m.user_type_id_fk
            where m.tenant_id_fk = $1 and m.active and (m.kind = $2 and t.slug = $3 or exists (
                select from membership_roles mr join roles r on r.id = mr.role_id_fk
                where mr.membership_id_fk = m.id and $4 = any(r.permissions)))
            order by m.id limit $5
            """,
            tenantId, MemberKinds.Member, UserTypes.Admin, Permissions.WebhooksManage, Max));

        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        List<TenantAdmin> found = [];
        while (await reader.ReadAsync(ct))
        {
            found.Add(new(reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetString(3)));
        }

        return found;
    }
}
