using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Platform.Identity.Accounts;

namespace Platform.Identity.Storage.Migrations;

/// <summary>Tenants' own OpenID Connect providers.</summary>
[DbContext(typeof(IdentityDb)), Migration("0007_IdentityProviders")]
internal sealed class M0007_IdentityProviders : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        create table identity_providers (
            tenant_id        bigint primary key, -- of the Api
            name             varchar(100) not null,
            issuer           varchar(400) not null,
            client_id        varchar(200) not null,
            protected_secret text not null,
            user_type        varchar(100) not null,
            roles            text[] not null,
            required         boolean not null,
            active           boolean not null,
            version          bigint not null,
            updated_at       timestamptz not null
        );

        create table email_domains (
            tenant_id   bigint not null references identity_providers on delete cascade,
            name        varchar(253) not null,
            token       varchar(100) not null,
            verified_at timestamptz,
            primary key (tenant_id, name)
        );
        create unique index ux_email_domains_verified on email_domains (name) where verified_at is not null;
        """);
}
