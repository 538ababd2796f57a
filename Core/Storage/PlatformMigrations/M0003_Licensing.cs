using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Core.Storage.PlatformMigrations;

[DbContext(typeof(PlatformDb)), Migration("0003_Licensing")]
internal sealed class M0003_Licensing : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.Sql(Versions);
        migrationBuilder.Sql(Seats);
        migrationBuilder.Sql(Outbox);
        migrationBuilder.Sql(AuditTables);
        migrationBuilder.Sql(AuditFunctions);
        migrationBuilder.Sql(AuditChecks);
        migrationBuilder.Sql(Grants);
    }

    /// <summary>A license's version counts changes of its terms. Grants do not raise it.</summary>
    private const string Versions = """
        create function raise_row_version() returns trigger language plpgsql as $$
        begin
            new.version := old.version + 1;
            return new;
        end $$;

        alter table applications
            add version bigint not null default 1,
            add constraint ck_applications_slug check (slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$');
        alter table application_pricing add version bigint not null default 1;
        alter table user_application_access add version bigint not null default 1;
        alter table tenant_applications
            add trial_ends_at timestamptz,
            add suspended_at  timestamptz,
            add cancelled_at  timestamptz;

        create trigger raise_row_version before update on applications
            for each row execute function raise_row_version();
        create trigger raise_row_version before update on application_pricing
            for each row execute function raise_row_version();
        create trigger raise_row_version before update on user_application_access
            for each row execute function raise_row_version();
        create trigger raise_row_version
            before update of status, activated_at, expires_at, trial_ends_at, suspended_at, cancelled_at, user_limit
            on tenant_applications for each row execute function raise_row_version();
        """;

    private const string Seats = """
        -- Which price a grant relies on; it keeps that price from being deleted.
        alter table user_application_access
            add pricing_id_fk_snapshot bigint references application_pricing;
        create index ix_user_application_access_pricing on user_application_access (pricing_id_fk_snapshot);
        create index ix_user_application_access_user on user_application_access (tenant_id_fk, user_id_fk, id);
        create index ix_user_application_access_application
            on user_application_access (tenant_id_fk, application_id_fk, id);
        create index ix_tenant_applications_application on tenant_applications (application_id_fk);

        -- As the source has it, and by currency: amounts of different currencies are never added.
        create view v_tenant_app_seats_by_type with (security_invoker = true) as
        select g.tenant_id_fk, g.application_id_fk,
            coalesce(g.user_type_id_fk_snapshot, m.user_type_id_fk) as user_type_id_fk,
            count(*)::int as seats_count,
            sum(coalesce(g.price_snapshot, 0))::numeric(12, 2) as total_price,
            g.currency_snapshot as currency
        from user_application_access g
        join memberships m on m.tenant_id_fk = g.tenant_id_fk and m.user_id_fk = g.user_id_fk
        where g.active
        group by 1, 2, 3, 6;
        """;

    /// <summary>As in tenantdb, so that an event exists if, and only if, the change is committed.</summary>
    private const string Outbox = """
        create schema if not exists platform;

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

        -- Of staff; those of tenants are in their own schemas.
        create table platform.idempotency_keys (
            caller       text not null,
            key          text not null,
            request_hash bytea not null,
            status       integer not null,
            location     text,
            etag         text,
            code         text not null,
            body         text not null,
            created_at   timestamptz not null,
            primary key (caller, key)
        );

        -- Ends a transaction whose statements went out together, so that nobody could look between them.
        create function platform.refuse(reason text) returns boolean language plpgsql as $$
        begin
            raise exception '%', reason using errcode = 'PLREF';
        end $$;
        """;

    /// <summary>
    /// Two chains a tenant, and two of the platform itself (tenant 0): decisions and changes. Addresses and browsers
    /// are personal: the chain holds a salted digest of them, so that they can be taken out and it stays whole.
    /// </summary>
    private const string AuditTables = """
        create table audit_heads (
            chain        text not null check (chain in ('access', 'changes')),
            tenant_id_fk bigint not null,
            sequence     bigint not null,
            hash         bytea not null,
            created_at   timestamptz not null default now(),
            updated_at   timestamptz not null default now(),
            primary key (chain, tenant_id_fk)
        );

        create table application_access_logs (
            id              bigint generated by default as identity (start with 1000) primary key,
            tenant_id_fk    bigint not null,
            sequence        bigint not null,
            occurred_at     timestamptz not null,
            actor           text not null,
            user_id_fk      bigint,
            application     text not null,
            minimum_role    text,
            allowed         boolean not null,
            layer           integer,
            reason          text,
            path            text not null,
            request_id      text,
            ip_address      text,
            user_agent      text,
            salt            uuid,
            personal_digest bytea not null,
            hash            bytea not null,
            constraint ux_application_access_logs_sequence unique (tenant_id_fk, sequence)
        );
        create index ix_application_access_logs_time on application_access_logs (tenant_id_fk, occurred_at, id);
        create index ix_application_access_logs_user on application_access_logs (user_id_fk, occurred_at, id);

        create table audit_log (
            id              bigint generated by default as identity (start with 1000) primary key,
            tenant_id_fk    bigint,
            sequence        bigint not null,
            occurred_at     timestamptz not null,
            actor           text not null,
            acting_for      text,
            action          text not null,
            target_type     text not null,
            target_id       bigint,
            before          jsonb,
            after           jsonb,
            outcome         text not null,
            request_id      text,
            ip_address      text,
            user_agent      text,
            salt            uuid,
            personal_digest bytea not null,
            hash            bytea not null
        );
        create unique index ux_audit_log_sequence on audit_log (coalesce(tenant_id_fk, 0), sequence);
        create index ix_audit_log_time on audit_log (tenant_id_fk, occurred_at, id);
        create index ix_audit_log_target on audit_log (target_type, target_id, id);
        create index ix_audit_log_actor on audit_log (actor, occurred_at, id);

        alter table audit_heads enable row level security;
        alter table audit_heads force row level security;
        create policy of_the_tenant on audit_heads using (app_sees(tenant_id_fk));
        alter table application_access_logs enable row level security;
        alter table application_access_logs force row level security;
        create policy of_the_tenant on application_access_logs using (app_sees(tenant_id_fk));
        alter table audit_log enable row level security;
        alter table audit_log force row level security;
        create policy of_the_tenant on audit_log using (app_sees(tenant_id_fk));
        """;

    /// <summary>
    /// The only way to write audit rows. The head is locked, the row is chained to it, the head moves on. Several
    /// tenants in one call are taken in order of their numbers, so that two calls never wait crosswise.
    /// </summary>
    private const string AuditFunctions = """
        -- An array, so that the order of members is no question; times to the microsecond, in UTC.
        create function audit_payload(l application_access_logs) returns bytea language sql stable return
            convert_to(jsonb_build_array(l.sequence, l.tenant_id_fk,
                to_char(l.occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), l.actor, l.user_id_fk,
                l.application, l.minimum_role, l.allowed, l.layer, l.reason, l.path, l.request_id,
                encode(l.personal_digest, 'hex'))::text, 'UTF8');

        create function audit_payload(l audit_log) returns bytea language sql stable return
            convert_to(jsonb_build_array(l.sequence, l.tenant_id_fk,
                to_char(l.occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), l.actor, l.acting_for,
                l.action, l.target_type, l.target_id, l.before, l.after, l.outcome, l.request_id,
                encode(l.personal_digest, 'hex'))::text, 'UTF8');

        create function audit_digest(salt uuid, ip_address text, user_agent text) returns bytea language sql stable return
            sha256(convert_to(jsonb_build_array(salt, ip_address, user_agent)::text, 'UTF8'));

        create function append_access_logs(tenants bigint[], times timestamptz[], actors text[], users bigint[],
            applications text[], minimum_roles text[], outcomes boolean[], layers integer[], reasons text[], paths text[],
            requests text[], addresses text[], agents text[])
        returns void language plpgsql security definer set search_path = public, pg_temp as $$
        declare
            wanted record;
            entry application_access_logs;
            head audit_heads;
        begin
            insert into audit_heads (chain, tenant_id_fk, sequence, hash)
            select distinct 'access', tenant, 0, ''::bytea from unnest(tenants) as tenant order by 2
            on conflict do nothing;

            for wanted in
                select * from unnest(tenants, times, actors, users, applications, minimum_roles, outcomes, layers, reasons,
                    paths, requests, addresses, agents) with ordinality
                    as w (tenant, at, actor, user_id, application, minimum_role, allowed, layer, reason, path, request,
                        address, agent, place)
                order by tenant, place
            loop
                if head.tenant_id_fk is distinct from wanted.tenant then
                    update audit_heads set sequence = head.sequence, hash = head.hash, updated_at = now()
                    where chain = 'access' and tenant_id_fk = head.tenant_id_fk;
                    select * into strict head from audit_heads
                    where chain = 'access' and tenant_id_fk = wanted.tenant for update;
                end if;

                head.sequence := head.sequence + 1;
                entry := row(nextval('application_access_logs_id_seq'), wanted.tenant, head.sequence, wanted.at, wanted.actor,
                    wanted.user_id, wanted.application, wanted.minimum_role, wanted.allowed, wanted.layer, wanted.reason,
                    wanted.path, wanted.request, wanted.address, wanted.agent, gen_random_uuid(), null, null);
                entry.personal_digest := audit_digest(entry.salt, entry.ip_address, entry.user_agent);
                head.hash := sha256(head.hash || audit_payload(entry));
                entry.hash := head.hash;
                insert into application_access_logs select entry.*;
            end loop;

            update audit_heads set sequence = head.sequence, hash = head.hash, updated_at = now()
            where chain = 'access' and tenant_id_fk = head.tenant_id_fk;
        end $$;

        -- A row of the platform itself has no tenant.
        create function append_audit(tenant bigint, at timestamptz, actor text, acting_for text, action text,
            target_type text, target_id bigint, before jsonb, after jsonb, outcome text, request text, address text,
            agent text)
        returns void language plpgsql security definer set search_path = public, pg_temp as $$
        declare
            entry audit_log;
            head audit_heads;
        begin
            insert into audit_heads (chain, tenant_id_fk, sequence, hash)
            values ('changes', coalesce(tenant, 0), 0, ''::bytea) on conflict do nothing;
            select * into strict head from audit_heads
            where chain = 'changes' and tenant_id_fk = coalesce(tenant, 0) for update;

            entry := row(nextval('audit_log_id_seq'), tenant, head.sequence + 1, at, actor, acting_for, action, target_type,
                target_id, before, after, outcome, request, address, agent, gen_random_uuid(), null, null);
            entry.personal_digest := audit_digest(entry.salt, entry.ip_address, entry.user_agent);
            entry.hash := sha256(head.hash || audit_payload(entry));
            insert into audit_log select entry.*;

            update audit_heads set sequence = entry.sequence, hash = entry.hash, updated_at = now()
            where chain = 'changes' and tenant_id_fk = head.tenant_id_fk;
        end $$;
        """;

    /// <summary>
    /// The sequence number of the first row that was changed, is missing, or was cut off the end; null if none.
    /// </summary>
    private const string AuditChecks = """
        create function first_broken_access_log(tenant bigint) returns bigint language sql stable return (
            select min(broken) from (
                select place as broken from (
                    select row_number() over chain as place, l.sequence, l.hash, l.personal_digest, l.salt, l.ip_address,
                        l.user_agent, sha256(coalesce(lag(l.hash) over chain, ''::bytea) || audit_payload(l)) as computed
                    from application_access_logs l where l.tenant_id_fk = tenant
                    window chain as (order by l.sequence)) rows
                where sequence <> place or hash <> computed
                    or (salt is not null and personal_digest <> audit_digest(salt, ip_address, user_agent))
                union all
                select n.count + 1 from audit_heads h,
                    (select count(*) as count from application_access_logs l where l.tenant_id_fk = tenant) n
                where h.chain = 'access' and h.tenant_id_fk = tenant and h.sequence > n.count) found);

        create function first_broken_audit(tenant bigint) returns bigint language sql stable return (
            select min(broken) from (
                select place as broken from (
                    select row_number() over chain as place, l.sequence, l.hash, l.personal_digest, l.salt, l.ip_address,
                        l.user_agent, sha256(coalesce(lag(l.hash) over chain, ''::bytea) || audit_payload(l)) as computed
                    from audit_log l where coalesce(l.tenant_id_fk, 0) = tenant
                    window chain as (order by l.sequence)) rows
                where sequence <> place or hash <> computed
                    or (salt is not null and personal_digest <> audit_digest(salt, ip_address, user_agent))
                union all
                select n.count + 1 from audit_heads h,
                    (select count(*) as count from audit_log l where coalesce(l.tenant_id_fk, 0) = tenant) n
                where h.chain = 'changes' and h.tenant_id_fk = tenant and h.sequence > n.count) found);
        """;

    private const string Grants = """
        grant usage on schema platform to platform_app;
        grant select, insert, update, delete on platform.outbox_messages to platform_app;
        grant select, insert, delete on platform.idempotency_keys to platform_app;
        grant usage on sequence user_application_access_id_seq to platform_app; -- numbers grants before it writes them
        grant select on audit_heads, application_access_logs, audit_log, v_tenant_app_seats_by_type to platform_app;

        revoke execute on function append_access_logs, append_audit from public;
        grant execute on function append_access_logs, append_audit to platform_app;
        """;
}
