using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Core.Storage.PlatformMigrations;

[DbContext(typeof(PlatformDb)), Migration("0002_CustomDomains")]
internal sealed class M0002_CustomDomains : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        -- The host name under which a tenant's own pages are found, in lower case and without a port.
        alter table tenants add custom_domain text
            constraint ux_tenants_custom_domain unique
            constraint ck_tenants_custom_domain check (
                length(custom_domain) <= 253 and custom_domain ~ '^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$');
        """);
}
