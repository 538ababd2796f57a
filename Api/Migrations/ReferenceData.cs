using Microsoft.EntityFrameworkCore;
using Platform.Core.People;
using Platform.Core.Storage;

namespace Platform.Api.Migrations;

/// <summary>
/// What every installation starts with. Rows that are there already stay as they are, except what the platform's roles
/// permit: that is for us to say.
/// </summary>
internal static class ReferenceData
{
    public static async Task SeedAsync(PlatformDb db, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await db.Database.ExecuteSqlRawAsync(
            """
            insert into cells (id, name, connection) values (1, 'default', 'tenantdb') on conflict do nothing;

            insert into user_types (id, slug, name, hierarchy_level) values
                (1, 'operations', 'Operations', 1),
                (2, 'manager', 'Manager', 2),
                (3, 'admin', 'Admin', 3)
            on conflict do nothing;

            insert into roles (id, tenant_id_fk, slug, name) values
                (1, null, 'super_admin', 'Super admin'),
                (2, null, 'tenant_admin', 'Tenant admin'),
                (3, null, 'manager', 'Manager'),
                (4, null, 'user', 'User')
            on conflict do nothing;

            insert into applications (id, slug, name) values
                (1, 'tq', 'Transcription Quote'),
                (2, 'pm', 'Patient Management'),
                (3, 'billing', 'Billing System'),
                (4, 'reports', 'Reports Dashboard'),
                (5, 'scheduling', 'Scheduling')
            on conflict do nothing;

            insert into applications (id, slug, name, licensable) values
                (6, 'crm', 'CRM', false),
                (7, 'automation', 'Automation', false)
            on conflict do nothing;

            insert into application_pricing (id, application_id_fk, user_type_id_fk, price, valid_from)
            select id, application, user_type, price, timestamptz '2025-01-01 00:00:00+00'
            from (values
                (1, 1, 1, 35), (2, 1, 2, 55), (3, 1, 3, 80),
                (4, 2, 1, 25), (5, 2, 2, 40), (6, 2, 3, 60),
                (7, 3, 1, 30), (8, 3, 2, 50), (9, 3, 3, 70),
                (10, 4, 1, 20), (11, 4, 2, 35), (12, 4, 3, 50)
            ) as matrix (id, application, user_type, price)
            on conflict do nothing;
            """,
            ct);
        foreach (var (slug, permissions) in PermissionRules.OfSystemRoles)
        {
            await db.Database.ExecuteSqlAsync(
                $"""
                update roles set permissions = {permissions.ToArray()}
                where slug = {slug} and tenant_id_fk is null and permissions <> {permissions.ToArray()}
                """,
                ct);
        }

        await transaction.CommitAsync(ct);
    }
}
