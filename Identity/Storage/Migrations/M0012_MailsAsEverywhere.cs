using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Platform.Identity.Accounts;

namespace Platform.Identity.Storage.Migrations;

/// <summary>The columns that the sender of mails works with (<see cref="Mail.MailTable"/>).</summary>
[DbContext(typeof(IdentityDb)), Migration("0012_MailsAsEverywhere")]
internal sealed class M0012_MailsAsEverywhere : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        drop index ix_account_mails_due;
        drop index ux_account_mails_owed;
        drop index ux_account_mails_joining;
        drop index ix_account_mails_email;

        alter table account_mails rename column email to recipient;
        alter table account_mails rename column detail to data;
        alter table account_mails
            add column status text not null default 'pending'
                constraint ck_account_mails_status check (status in ('pending', 'sending', 'sent', 'failed', 'superseded')),
            add column topic text,
            add column version bigint not null default 0,
            add column subject text not null default '',
            add column body text not null default '',
            add column last_error text,
            add column traceparent text,
            add column updated_at timestamptz not null default now();
        update account_mails
        set status = case when sent_at is not null then 'sent' when failed_at is not null then 'failed' else 'pending' end;
        alter table account_mails drop column failed_at;

        create index ix_account_mails_due on account_mails (next_attempt_at) where status in ('pending', 'sending');
        create unique index ux_account_mails_owed on account_mails (kind, recipient)
            where status in ('pending', 'sending') and kind in ('invitation', 'password_reset', 'sign_up');
        create unique index ux_account_mails_joining on account_mails (recipient, md5(data))
            where status in ('pending', 'sending') and kind = 'joining';
        create index ix_account_mails_recipient on account_mails (kind, recipient, created_at);
        create index ix_account_mails_topic on account_mails (topic, version, id) where topic is not null;
        """);
}
