using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Core.Storage.EventsMigrations;

[DbContext(typeof(EventsDb)), Migration("0003_ErasureOfClients")]
internal sealed class M0003_ErasureOfClients : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        -- What happened stays; to whom can be taken out of it.
        grant update (data) on platform.event_log to platform_app;

        -- The events of one booking, for those who ask what is held about a person.
        create index ix_event_log_aggregate on platform.event_log (tenant_id, aggregate_type, aggregate_id);
        """);
}
