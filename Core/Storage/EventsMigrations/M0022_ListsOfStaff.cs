using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Core.Storage.EventsMigrations;

/// <summary>For the lists of what failed, across tenants, and for the bookings of the last weeks.</summary>
[DbContext(typeof(EventsDb)), Migration("0022_ListsOfStaff")]
internal sealed class M0022_ListsOfStaff : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        create index ix_webhook_deliveries_failed on platform.webhook_deliveries (id) where (status = 'failed');
        create index ix_notifications_failed on platform.notifications (id) where (status = 'failed');
        create index ix_booking_facts_booked_at on platform.booking_facts (booked_at);
        """);
}
