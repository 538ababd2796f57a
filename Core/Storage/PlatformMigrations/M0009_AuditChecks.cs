using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Core.Storage.PlatformMigrations;

[DbContext(typeof(PlatformDb)), Migration("0009_AuditChecks")]
internal sealed class M0009_AuditChecks : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(CheckpointKeys);

    /// <summary>By which key a checkpoint is signed, so that the key can be changed. Older ones do not say.</summary>
    private const string CheckpointKeys = "alter table audit_checkpoints add key_id bytea;";
}
