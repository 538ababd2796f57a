using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Core.Storage.PlatformMigrations;

/// <summary>Organisations that people have asked for and not confirmed yet, and which tenant came of each.</summary>
[DbContext(typeof(PlatformDb)), Migration("0013_SignUps")]
internal sealed class M0013_SignUps : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        create table sign_ups (
            id           uuid primary key,
            organisation text not null,
            slug         text,
            email        text not null,
            name         text not null,
            time_zone    text not null,
            locale       text not null,
            currency     text not null,
            created_at   timestamptz not null,
            expires_at   timestamptz not null,
            tenant_id_fk bigint references tenants,
            confirmed_at timestamptz
        );
        create index ix_sign_ups_expires_at on sign_ups (expires_at) where confirmed_at is null;
        create unique index ux_sign_ups_tenant on sign_ups (tenant_id_fk);

        -- A sign-up belongs to no tenant.
        alter table sign_ups enable row level security;
        alter table sign_ups force row level security;
        create policy of_the_platform on sign_ups using (current_setting('app.staff', true) = 'on');
        grant select, insert, update, delete on sign_ups to platform_app;
        """);
}
