using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Core.Storage.PlatformMigrations;

[DbContext(typeof(PlatformDb)), Migration("0021_MemberKinds")]
internal sealed class M0021_MemberKinds : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        -- Resources and clients are in the tenant's schema, so no foreign key can say that they are there.
        alter table memberships
            add kind        text not null default 'member' check (kind in ('member', 'professional', 'client')),
            add resource_id bigint,
            add client_id   bigint,
            add metadata    jsonb not null default '{}',
            add constraint memberships_link_check check (
                (kind = 'professional') = (resource_id is not null) and (kind = 'client') = (client_id is not null));
        """);
}
