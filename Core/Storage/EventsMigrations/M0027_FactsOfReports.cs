using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Core.Storage.EventsMigrations;

/// <summary>Whose booking it is, by id, and what its cancellation costs: reports read them.</summary>
[DbContext(typeof(EventsDb)), Migration("0027_FactsOfReports")]
internal sealed class M0027_FactsOfReports : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        alter table platform.booking_facts
            add column client_id bigint,
            add column fee numeric,
            add column fee_currency text;
        """);
}
