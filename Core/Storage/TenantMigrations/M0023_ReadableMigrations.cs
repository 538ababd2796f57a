using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Core.Storage.TenantMigrations;

/// <summary>The Api writes into an export by which migrations its tables were built.</summary>
[DbContext(typeof(TenantDb)), Migration("0023_ReadableMigrations")]
internal sealed class M0023_ReadableMigrations : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.Sql("grant select on migrations to platform_app;");
}
