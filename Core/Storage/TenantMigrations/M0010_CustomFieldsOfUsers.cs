using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Core.Storage.TenantMigrations;

[DbContext(typeof(TenantDb)), Migration("0010_CustomFieldsOfUsers")]
internal sealed class M0010_CustomFieldsOfUsers : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        alter table custom_fields drop constraint custom_fields_applies_to_check;
        alter table custom_fields add constraint custom_fields_applies_to_check
            check (applies_to in ('client', 'booking', 'resource', 'user'));
        """);
}
