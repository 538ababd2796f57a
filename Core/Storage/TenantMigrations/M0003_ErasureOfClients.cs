using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Core.Storage.TenantMigrations;

[DbContext(typeof(TenantDb)), Migration("0003_ErasureOfClients")]
internal sealed class M0003_ErasureOfClients : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        -- History is only ever added to, but for a person's name in it: they may want to be forgotten.
        grant update (before, after) on booking_events to platform_app;

        create index ix_clients_merged_into on clients (merged_into_id) where merged_into_id is not null;
        create index ix_series_client on series (client_id) where client_id is not null;
        create index ix_waitlist_entries_client on waitlist_entries (client_id);
        """);
}
