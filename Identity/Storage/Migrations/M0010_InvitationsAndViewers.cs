using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Platform.Identity.Accounts;

namespace Platform.Identity.Storage.Migrations;

/// <summary>Staff who only read; one mail that is owed for each invitation.</summary>
[DbContext(typeof(IdentityDb)), Migration("0010_InvitationsAndViewers")]
internal sealed class M0010_InvitationsAndViewers : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        alter table accounts drop constraint accounts_platform_role_check;
        alter table accounts add constraint ck_accounts_platform_role
            check (platform_role in ('internal_admin', 'internal_viewer'));

        create unique index ux_account_mails_joining on account_mails (email, md5(detail))
            where sent_at is null and failed_at is null and kind = 'joining';
        """);
}
