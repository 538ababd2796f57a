using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Core.Storage.PlatformMigrations;

/// <summary>What imports and purges need, so that no process that serves knows the owner of this database.</summary>
[DbContext(typeof(PlatformDb)), Migration("0023_WorkWithoutTheOwner")]
internal sealed class M0023_WorkWithoutTheOwner : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        -- The lines of a file while a transaction imports it; no transaction leaves any, and none sees those of another.
        create unlogged table imported_lines (
            place bigint generated always as identity,
            line  json
        );
        grant select, insert, delete on imported_lines to platform_app;

        -- Events of a purged tenant go, and its trails forget addresses and browsers, which keeps the chains whole.
        create function erase_purged_tenant(tenant bigint)
        returns void language plpgsql security definer set search_path = public, pg_temp as $$
        begin
            if not exists (select from tenants where id = tenant and status = 'purged') then
                raise exception 'only a purged tenant is erased' using errcode = 'integrity_constraint_violation';
            end if;

            delete from platform.event_log where tenant_id = tenant;
            update application_access_logs set ip_address = null, user_agent = null, salt = null where tenant_id_fk = tenant;
            update audit_log set ip_address = null, user_agent = null, salt = null where tenant_id_fk = tenant;
        end $$;

        revoke execute on function erase_purged_tenant from public;
        grant execute on function erase_purged_tenant to platform_app;
        """);
}
