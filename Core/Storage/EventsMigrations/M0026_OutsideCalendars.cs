using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Core.Storage.EventsMigrations;

[DbContext(typeof(EventsDb)), Migration("0026_OutsideCalendars")]
internal sealed class M0026_OutsideCalendars : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        -- When the outside calendars of all tenants are polled next, and which of them bookings are written to. A row
        -- whose calendar is gone is deleted by the poll that does not find it.
        create table platform.calendar_polls (
            tenant_id   bigint not null,
            calendar_id bigint not null,
            resource_id bigint not null,
            is_written  boolean not null,
            due_at      timestamptz not null,
            primary key (tenant_id, calendar_id)
        );
        create index ix_calendar_polls_due on platform.calendar_polls (due_at);

        -- Bookings that are, or were, in an outside calendar. What is written is the booking as it is by then.
        create table platform.calendar_writes (
            tenant_id       bigint not null,
            calendar_id     bigint not null,
            booking_id      bigint not null,
            version         bigint not null, -- of the booking, the latest that is known
            written_version bigint, -- null: never
            etag            text, -- of what was written
            attempts        integer not null default 0,
            next_attempt_at timestamptz, -- null: nothing to do
            error           text,
            primary key (tenant_id, calendar_id, booking_id),
            foreign key (tenant_id, calendar_id) references platform.calendar_polls on delete cascade
        );
        create index ix_calendar_writes_due on platform.calendar_writes (next_attempt_at) where next_attempt_at is not null;

        -- Data protection keys of Api and Worker, encrypted by KeyRing:Certificate: they encrypt secrets of tenants.
        create table platform.key_ring (
            id         bigint generated always as identity primary key,
            name       text not null,
            xml        text not null,
            created_at timestamptz not null default now()
        );

        grant select, insert, update, delete on platform.calendar_polls, platform.calendar_writes to platform_app;
        grant select, insert on platform.key_ring to platform_app;
        """);
}
