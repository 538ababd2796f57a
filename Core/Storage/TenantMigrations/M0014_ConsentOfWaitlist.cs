using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Core.Storage.TenantMigrations;

[DbContext(typeof(TenantDb)), Migration("0014_ConsentOfWaitlist")]
internal sealed class M0014_ConsentOfWaitlist : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        alter table waitlist_entries add column consented_at timestamptz;
        """);
}
