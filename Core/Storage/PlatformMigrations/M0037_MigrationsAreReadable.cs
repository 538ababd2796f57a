using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Core.Storage.PlatformMigrations;

/// <summary>Staff see how far this database is.</summary>
[DbContext(typeof(PlatformDb)), Migration("0037_MigrationsAreReadable")]
internal sealed class M0037_MigrationsAreReadable : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.Sql("grant select on migrations to platform_app;");
}
