using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Platform.Identity.Accounts;

namespace Platform.Identity.Storage.Migrations;

[DbContext(typeof(IdentityDb)), Migration("0004_LoginsByTime")]
internal sealed class M0004_LoginsByTime : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.Sql("create index ix_login_audit_occurred_at on login_audit (occurred_at, id);");
}
