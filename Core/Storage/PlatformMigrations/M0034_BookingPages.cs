using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Core.Storage.PlatformMigrations;

/// <summary>What a tenant's public booking pages say beside its brand and labels.</summary>
[DbContext(typeof(PlatformDb)), Migration("0034_BookingPages")]
internal sealed class M0034_BookingPages : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        "alter table tenants add column booking_page jsonb not null default '{}'");
}
