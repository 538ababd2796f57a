using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Core.Storage.PlatformMigrations;

/// <summary>Applications in the catalogue that cannot be licensed yet; when grants changed.</summary>
[DbContext(typeof(PlatformDb)), Migration("0018_CatalogueAhead")]
internal sealed class M0018_CatalogueAhead : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        alter table applications add licensable boolean not null default true;

        -- The writer of a grant sets the time: the answer has the same time as the row.
        drop trigger touch on user_application_access;
        """);
}
