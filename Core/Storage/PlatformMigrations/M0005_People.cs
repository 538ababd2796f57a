using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Core.Storage.PlatformMigrations;

[DbContext(typeof(PlatformDb)), Migration("0005_People")]
internal sealed class M0005_People : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        -- Looked up by their beginnings. Row-level security lets an index help only with comparisons that give nothing
        -- away: those of plain columns do not, lower() and like might.
        alter table users
            add version      bigint not null default 1,
            add search_name  text collate "C" not null generated always as (lower(name)) stored,
            add search_email text collate "C" not null generated always as (lower(email)) stored;
        create index ix_users_search_name on users (search_name);
        create index ix_users_search_email on users (search_email);

        alter table memberships add version bigint not null default 1;

        alter table roles
            add version bigint not null default 1,
            add constraint ck_roles_slug check (slug ~ '^[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?$');
        create index ix_membership_roles_role on membership_roles (role_id_fk);

        create trigger raise_row_version before update on users for each row execute function raise_row_version();
        create trigger raise_row_version before update on memberships for each row execute function raise_row_version();
        create trigger raise_row_version before update on roles for each row execute function raise_row_version();
        """);
}
