using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Platform.Identity.Accounts;

namespace Platform.Identity.Storage.Migrations;

/// <summary>Grants for tables to come are those of the role that creates them, which was another one before.</summary>
[DbContext(typeof(IdentityDb)), Migration("0011_GrantsOfTheOwner")]
internal sealed class M0011_GrantsOfTheOwner : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        alter default privileges in schema public grant select, insert, update, delete on tables to identity_app;
        alter default privileges in schema public grant usage, select on sequences to identity_app;
        """);
}
