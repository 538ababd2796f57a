using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Core.Storage.PlatformMigrations;

[DbContext(typeof(PlatformDb)), Migration("0010_AuditAppend")]
internal sealed class M0010_AuditAppend : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(AppendAccessLogs);

    /// <summary>
    /// As before, but with one insert for all rows of a call: to start one took as long as the row itself. Only what
    /// depends on the row before is done row by row.
    /// </summary>
    private const string AppendAccessLogs = """
        create or replace function append_access_logs(tenants bigint[], times timestamptz[], actors text[], users bigint[],
            applications text[], minimum_roles text[], outcomes boolean[], layers integer[], reasons text[], paths text[],
            requests text[], addresses text[], agents text[])
        returns void language plpgsql security definer set search_path = public, pg_temp as $$
        declare
            entry application_access_logs;
            entries application_access_logs[];
            head audit_heads;
        begin
            insert into audit_heads (chain, tenant_id_fk, sequence, hash)
            select distinct 'access', tenant, 0, ''::bytea from unnest(tenants) as tenant order by 2
            on conflict do nothing;

            for entry in
                select nextval('application_access_logs_id_seq'), w.tenant, 0, w.at, w.actor, w.user_id, w.application,
                    w.minimum_role, w.allowed, w.layer, w.reason, w.path, w.request, w.address, w.agent, w.salt,
                    audit_digest(w.salt, w.address, w.agent), null::bytea
                from (
                    select u.*, gen_random_uuid() as salt
                    from unnest(tenants, times, actors, users, applications, minimum_roles, outcomes, layers, reasons,
                        paths, requests, addresses, agents) with ordinality
                        as u (tenant, at, actor, user_id, application, minimum_role, allowed, layer, reason, path, request,
                            address, agent, place)
                    order by u.tenant, u.place
                    offset 0) w -- so that a row has one salt, and its number after those before it
            loop
                if head.tenant_id_fk is distinct from entry.tenant_id_fk then
                    update audit_heads set sequence = head.sequence, hash = head.hash, updated_at = now()
                    where chain = 'access' and tenant_id_fk = head.tenant_id_fk;
                    select * into strict head from audit_heads
                    where chain = 'access' and tenant_id_fk = entry.tenant_id_fk for update;
                end if;

                head.sequence := head.sequence + 1;
                entry.sequence := head.sequence;
                head.hash := sha256(head.hash || audit_payload(entry));
                entry.hash := head.hash;
                entries := entries || entry;
            end loop;

            insert into application_access_logs select * from unnest(entries);

            update audit_heads set sequence = head.sequence, hash = head.hash, updated_at = now()
            where chain = 'access' and tenant_id_fk = head.tenant_id_fk;
        end $$;
        """;
}
