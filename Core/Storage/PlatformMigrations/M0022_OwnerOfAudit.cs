using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Core.Storage.PlatformMigrations;

/// <summary>
/// The functions that append to the trails, and remove what is old, run as the owner of the database and work for every
/// tenant, for each caller. The owner is no superuser, so a policy has to say so.
/// </summary>
[DbContext(typeof(PlatformDb)), Migration("0022_OwnerOfAudit")]
internal sealed class M0022_OwnerOfAudit : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        create policy of_the_owner on audit_heads to pg_database_owner using (true);
        create policy of_the_owner on application_access_logs to pg_database_owner using (true);
        create policy of_the_owner on audit_log to pg_database_owner using (true);
        """);
}
