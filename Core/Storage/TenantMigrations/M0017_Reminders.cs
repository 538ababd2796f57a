using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Core.Storage.TenantMigrations;

[DbContext(typeof(TenantDb)), Migration("0017_Reminders")]
internal sealed class M0017_Reminders : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        -- How long before the start clients are reminded, and who does not want to be.
        alter table services add column reminders_minutes integer[] not null default '{1440,120}'
            check (cardinality(reminders_minutes) <= 5);
        alter table clients add column reminders boolean not null default true;
        """);
}
