using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Platform.Identity.Accounts;

namespace Platform.Identity.Storage.Migrations;

/// <summary>Second factors: authenticator apps, recovery codes and passkeys.</summary>
[DbContext(typeof(IdentityDb)), Migration("0006_Factors")]
internal sealed class M0006_Factors : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        create table account_authenticators (
            account_id   bigint primary key references accounts on delete cascade,
            secret       bytea not null,
            confirmed_at timestamptz not null,
            last_step    bigint not null
        );

        create table account_recovery_codes (
            account_id bigint not null references accounts on delete cascade,
            code_hash  bytea not null,
            primary key (account_id, code_hash)
        );

        create table account_passkeys (
            credential_id  bytea primary key,
            user_id        bigint not null references accounts on delete cascade,
            data           jsonb not null, -- written by ASP.NET Core Identity
            last_challenge timestamptz
        );
        create index ix_account_passkeys_user_id on account_passkeys (user_id);
        """);
}
