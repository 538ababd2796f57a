using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Platform.Identity.Accounts;

namespace Platform.Identity.Storage.Migrations;

/// <summary>
/// The framework's <c>DataProtectionKey</c> has an id of 32 bits and does not say when it was made. Rows stay.
/// </summary>
[DbContext(typeof(IdentityDb)), Migration("0005_KeyRingOfTheFramework")]
internal sealed class M0005_KeyRingOfTheFramework : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        alter table data_protection_keys
            alter column id type integer,
            alter column created_at set default now();
        """);
}
