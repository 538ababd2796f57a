using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Core.Storage.EventsMigrations;

[DbContext(typeof(EventsDb)), Migration("0007_MailsInOrder")]
internal sealed class M0007_MailsInOrder : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        -- What a mail is about, and which version of it; mails of one topic leave in this order. The text is written when it
        -- is sent, from the data.
        alter table platform.notifications
            add column topic text,
            add column version bigint not null default 0,
            add column data jsonb,
            alter column subject set default '',
            alter column body set default '',
            drop column calendar,
            drop constraint notifications_status_check,
            add constraint ck_notifications_status
                check (status in ('pending', 'sending', 'sent', 'failed', 'superseded'));

        -- Earlier mails stored their texts, without the data to write them again.
        update platform.notifications set status = 'superseded', last_error = 'From before mails were written when sent.'
        where status = 'pending';

        drop index platform.ix_notifications_due;
        create index ix_notifications_due on platform.notifications (next_attempt_at)
            where status in ('pending', 'sending');
        create index ix_notifications_topic on platform.notifications (topic, version, id);
        """);
}
