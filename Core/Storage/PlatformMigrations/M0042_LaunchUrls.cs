using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Core.Storage.PlatformMigrations;

/// <summary>Where an application of its own opens.</summary>
[DbContext(typeof(PlatformDb)), Migration("0042_LaunchUrls")]
internal sealed class M0042_LaunchUrls : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.Sql("alter table applications add launch_url text;");
}
