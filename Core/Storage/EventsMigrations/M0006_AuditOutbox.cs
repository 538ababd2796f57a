using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Core.Storage.EventsMigrations;

[DbContext(typeof(EventsDb)), Migration("0006_AuditOutbox")]
internal sealed class M0006_AuditOutbox : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        -- Audit rows on their way to the chains, which are in platformdb; written in the transaction of the change.
        create table platform.audit_outbox (
            position    bigint generated always as identity primary key,
            entry_id    uuid not null default gen_random_uuid(), -- known to platformdb once it is carried
            tenant_id   bigint not null,
            occurred_at timestamptz not null,
            actor       text not null,
            acting_for  text,
            action      text not null,
            target_type text not null,
            target_id   bigint,
            before      jsonb,
            after       jsonb,
            outcome     text not null,
            request_id  text,
            ip_address  text,
            user_agent  text
        );
        create index ix_audit_outbox_tenant on platform.audit_outbox (tenant_id, position);

        grant select, insert, delete on platform.audit_outbox to platform_app;
        grant update on platform.audit_outbox to platform_app; -- what "for update" asks for
        """);
}
