using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Core.Storage.EventsMigrations;

[DbContext(typeof(EventsDb)), Migration("0010_RelayLease")]
internal sealed class M0010_RelayLease : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        -- Who publishes the events of this database; Worker/Outbox/RelayLease.cs says how it is taken.
        create table platform.relay_lease (
            only_row     boolean primary key default true check (only_row),
            epoch        bigint not null default 0, -- raised by each relay that takes over
            heartbeat_at timestamptz not null default '-infinity',
            backend_pid  integer not null default 0
        );
        insert into platform.relay_lease default values;

        grant select, update on platform.relay_lease to platform_app;
        """);
}
