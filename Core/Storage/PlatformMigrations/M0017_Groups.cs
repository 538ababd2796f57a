using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Core.Storage.PlatformMigrations;

/// <summary>Applications that a tenant grants to groups, which are roles and those who have them.</summary>
[DbContext(typeof(PlatformDb)), Migration("0017_Groups")]
internal sealed class M0017_Groups : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        -- False: the seat comes of groups alone, and goes with the last of them.
        alter table user_application_access add direct boolean not null default true;

        create table group_applications (
            tenant_id_fk      bigint not null references tenants,
            role_id_fk        bigint not null references roles on delete cascade,
            application_id_fk bigint not null references applications,
            created_at        timestamptz not null default now(),
            updated_at        timestamptz not null default now(),
            created_by        text,
            updated_by        text,
            primary key (tenant_id_fk, role_id_fk, application_id_fk)
        );
        create index ix_group_applications_role on group_applications (role_id_fk);
        create index ix_group_applications_application on group_applications (application_id_fk);
        create trigger touch before update on group_applications for each row execute function touch();

        alter table group_applications enable row level security;
        alter table group_applications force row level security;
        create policy of_the_tenant on group_applications using (app_sees(tenant_id_fk));
        grant select, insert, update, delete on group_applications to platform_app;
        """);
}
