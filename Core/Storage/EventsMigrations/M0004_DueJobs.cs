using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Core.Storage.EventsMigrations;

[DbContext(typeof(EventsDb)), Migration("0004_DueJobs")]
internal sealed class M0004_DueJobs : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        -- What is to happen at a time without anybody asking. A row is written with what it is about, and goes in the
        -- transaction of its effect.
        create table platform.due_jobs (
            kind       text not null,
            tenant_id  bigint not null,
            subject_id bigint not null,
            due_at     timestamptz not null,
            attempts   integer not null default 0, -- that failed
            primary key (kind, tenant_id, subject_id)
        );
        create index ix_due_jobs_due_at on platform.due_jobs (due_at);

        grant select, insert, update, delete on platform.due_jobs to platform_app;
        """);
}
