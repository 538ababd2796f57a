using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Core.Storage.EventsMigrations;

[DbContext(typeof(EventsDb)), Migration("0028_UsageEvents")]
internal sealed class M0028_UsageEvents : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        -- What the events say of seats and licenses, for bills: each as the change left it. People are there by id.
        create table platform.usage_events (
            event_id       uuid primary key,
            event_type     text not null,
            tenant_id      bigint not null,
            aggregate_type text not null check (aggregate_type in ('grant', 'license')),
            aggregate_id   bigint not null,
            version        bigint not null,
            occurred_at    timestamptz not null,
            data           jsonb not null
        );
        create index ix_usage_events_aggregate on platform.usage_events (tenant_id, aggregate_type, aggregate_id, version);

        grant select, insert on platform.usage_events to platform_app;
        """);
}
