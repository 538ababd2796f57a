using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Core.Storage.EventsMigrations;

[DbContext(typeof(EventsDb)), Migration("0001_OutboxAndEventLog")]
internal sealed class M0001_OutboxAndEventLog : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        create extension if not exists btree_gist schema public;

        -- Only what has not been published yet lives here, so that the relay's query stays small for ever.
        create table platform.outbox_messages (
            position          bigint generated always as identity primary key,
            event_id          uuid not null unique,
            event_type        text not null,
            event_version     integer not null,
            tenant_id         bigint not null,
            aggregate_type    text not null,
            aggregate_id      bigint not null,
            aggregate_version bigint not null,
            occurred_at       timestamptz not null,
            actor             text not null,
            traceparent       text,
            data              jsonb not null
        );

        create table platform.event_log (
            position          bigint not null,
            event_id          uuid not null,
            event_type        text not null,
            event_version     integer not null,
            tenant_id         bigint not null,
            aggregate_type    text not null,
            aggregate_id      bigint not null,
            aggregate_version bigint not null,
            occurred_at       timestamptz not null,
            actor             text not null,
            traceparent       text,
            data              jsonb not null,
            stream            text not null,
            entry_id          text not null,
            published_at      timestamptz not null,
            primary key (occurred_at, position)
        ) partition by range (occurred_at);
        create table platform.event_log_default partition of platform.event_log default;

        create table platform.inbox (
            consumer_group text not null,
            event_id       uuid not null,
            handled_at     timestamptz not null,
            primary key (consumer_group, event_id)
        );

        create table platform.notifications (
            id              bigint generated always as identity primary key,
            tenant_id       bigint not null,
            event_id        uuid not null,
            kind            text not null,
            recipient       text not null,
            locale          text not null,
            subject         text not null,
            body            text not null,
            status          text not null check (status in ('pending', 'sent', 'failed')),
            attempts        integer not null default 0,
            next_attempt_at timestamptz not null default now(),
            last_error      text,
            traceparent     text,
            created_at      timestamptz not null default now(),
            updated_at      timestamptz not null default now(),
            sent_at         timestamptz,
            unique (event_id, kind, recipient)
        );
        create index ix_notifications_due on platform.notifications (next_attempt_at) where (status = 'pending');

        -- Ends a transaction whose statements went out together, so that nobody could look between them.
        create function platform.refuse(reason text) returns boolean language plpgsql as $$
        begin
            raise exception '%', reason using errcode = 'PLREF';
        end $$;

        create function platform.touch() returns trigger language plpgsql as $$
        begin
            new.updated_at := now();
            return new;
        end $$;

        grant usage on schema platform to platform_app;
        grant select, insert, delete on platform.outbox_messages to platform_app;
        grant update on platform.outbox_messages to platform_app; -- what "for update skip locked" asks for
        grant select, insert on platform.event_log to platform_app;
        grant select, insert, delete on platform.inbox to platform_app;
        grant select, insert, update on platform.notifications to platform_app;
        """);
}
