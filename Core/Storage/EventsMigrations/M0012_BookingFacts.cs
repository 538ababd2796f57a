using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Core.Storage.EventsMigrations;

[DbContext(typeof(EventsDb)), Migration("0012_BookingFacts")]
internal sealed class M0012_BookingFacts : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        -- What the events say of each booking, nothing personal. It can be built again of the event log at any time.
        create table platform.booking_facts (
            tenant_id    bigint not null,
            booking_id   bigint not null,
            version      bigint not null,
            service_id   bigint not null,
            resource_ids bigint[] not null,
            booked_at    timestamptz not null,
            start_at     timestamptz not null,
            end_at       timestamptz not null,
            status       text not null,
            price        numeric,
            currency     text,
            primary key (tenant_id, booking_id)
        );
        create index ix_booking_facts_start on platform.booking_facts (tenant_id, start_at);

        grant select, insert, update, delete on platform.booking_facts to platform_app;
        """);
}
