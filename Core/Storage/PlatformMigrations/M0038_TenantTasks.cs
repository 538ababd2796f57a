using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Core.Storage.PlatformMigrations;

/// <summary>What the Worker does to the tables of tenants, on behalf of staff who asked the Api for it.</summary>
[DbContext(typeof(PlatformDb)), Migration("0038_TenantTasks")]
internal sealed class M0038_TenantTasks : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        -- No foreign key: the outcome of an import that was refused outlives the tenant that it registered.
        create table tenant_tasks (
            id          bigint generated always as identity primary key,
            tenant_id   bigint not null,
            kind        text not null check (kind in ('build', 'import', 'drop')),
            source      jsonb not null, -- who asked
            created_at  timestamptz not null,
            finished_at timestamptz,
            outcome     jsonb
        );
        create unique index ux_tenant_tasks_open on tenant_tasks (tenant_id) where finished_at is null;
        create index ix_tenant_tasks_finished on tenant_tasks (finished_at) where finished_at is not null;

        -- The archive of an import, in pieces, until the task has finished.
        create table tenant_task_files (
            task_id bigint not null references tenant_tasks on delete cascade,
            place   integer not null,
            bytes   bytea not null,
            primary key (task_id, place)
        );
        alter table tenant_task_files alter column bytes set storage external; -- a ZIP is compressed already

        alter table tenant_tasks enable row level security;
        alter table tenant_tasks force row level security;
        create policy of_the_platform on tenant_tasks using (current_setting('app.staff', true) = 'on');

        grant select, insert, update, delete on tenant_tasks to platform_app;
        grant select, insert, delete on tenant_task_files to platform_app;
        """);
}
