using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Core.Storage.PlatformMigrations;

[DbContext(typeof(PlatformDb)), Migration("0008_EventLog")]
internal sealed class M0008_EventLog : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        -- As in tenantdb, so that one relay serves both: what left the outbox, and where it went.
        create table platform.event_log (
            position          bigint not null,
            event_id          uuid not null,
            event_type        text not null,
            event_version     integer not null,
            tenant_id         bigint not null,
            aggregate_type    text not null,
            aggregate_id      bigint not null,
            aggregate_version bigint not null,
            occurred_at       timestamptz not null,
            actor             text not null,
            traceparent       text,
            data              jsonb not null,
            stream            text not null,
            entry_id          text not null,
            published_at      timestamptz not null,
            primary key (occurred_at, position)
        ) partition by range (occurred_at);
        create table platform.event_log_default partition of platform.event_log default;
        create index ix_event_log_published_at on platform.event_log (published_at, position);
        create index ix_event_log_aggregate on platform.event_log (tenant_id, aggregate_type, aggregate_id);
        grant select, insert on platform.event_log to platform_app;
        """);
}
