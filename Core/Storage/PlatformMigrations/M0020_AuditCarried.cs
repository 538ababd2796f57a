using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Core.Storage.PlatformMigrations;

[DbContext(typeof(PlatformDb)), Migration("0020_AuditCarried")]
internal sealed class M0020_AuditCarried : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        -- Which audit rows of tenantdb are in the chains, so that one that is sent again is not chained again.
        create table audit_carried (
            entry_id   uuid primary key,
            carried_at timestamptz not null default now()
        );
        create index ix_audit_carried_time on audit_carried (carried_at);

        grant select, insert, delete on audit_carried to platform_app;
        """);
}
