using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Core.Storage.EventsMigrations;

[DbContext(typeof(EventsDb)), Migration("0002_CalendarAndReplay")]
internal sealed class M0002_CalendarAndReplay : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        -- An iCalendar file that goes with the mail.
        alter table platform.notifications add column calendar text;

        -- The order in which the relay publishes again what Redis has lost.
        create index ix_event_log_published_at on platform.event_log (published_at, position);

        -- Handled events are forgotten after the replay window.
        create index ix_inbox_handled_at on platform.inbox (handled_at);
        """);
}
