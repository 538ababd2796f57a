using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Core.Storage.EventsMigrations;

/// <summary>Staff see how far the databases are.</summary>
[DbContext(typeof(EventsDb)), Migration("0024_ReadableMigrations")]
internal sealed class M0024_ReadableMigrations : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.Sql("grant select on platform.migrations to platform_app;");
}
