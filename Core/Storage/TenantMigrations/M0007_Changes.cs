using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Core.Storage.TenantMigrations;

[DbContext(typeof(TenantDb)), Migration("0007_Changes")]
internal sealed class M0007_Changes : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.Sql(Tables);
        migrationBuilder.Sql(Functions);
        migrationBuilder.Sql(Triggers);
    }

    /// <summary>
    /// A writer cannot know in which order transactions commit, so it is the reader who gives positions, to what is
    /// committed by then: a cursor never passes anything that appears later.
    /// </summary>
    private const string Tables = """
        -- Each thing once, at its last change; what is gone stays as a mark of that.
        create table changes (
            type       text not null,
            id         bigint not null,
            operation  text not null check (operation in ('changed', 'deleted', 'erased', 'merged')),
            changed_at timestamptz not null,
            position   bigint, -- null: changed since somebody read the feed
            primary key (type, id)
        );
        create unique index ux_changes_position on changes (position) where position is not null;
        create index ix_changes_unread on changes (changed_at) where position is null;

        -- One row, the lock of those who give positions.
        create table changes_head (
            id       smallint primary key default 1 check (id = 1),
            position bigint not null default 0
        );
        insert into changes_head default values;
        grant select, insert, update on changes to platform_app;
        grant select, update on changes_head to platform_app;

        create index ix_bookings_updated_at on bookings (updated_at);
        """;

    private const string Functions = """
        create function note_change() returns trigger language plpgsql set search_path from current as $$
        begin
            insert into changes (type, id, operation, changed_at)
            values (tg_argv[0], case tg_op when 'DELETE' then old.id else new.id end,
                case tg_op when 'DELETE' then 'deleted' else 'changed' end, now())
            on conflict (type, id) do update
                set operation = excluded.operation, changed_at = excluded.changed_at, position = null;
            return null;
        end $$;

        create function note_client_change() returns trigger language plpgsql set search_path from current as $$
        begin
            insert into changes (type, id, operation, changed_at)
            values ('client', new.id,
                case when new.erased_at is not null then 'erased' when new.merged_into_id is not null then 'merged'
                    else 'changed' end, now())
            on conflict (type, id) do update
                set operation = excluded.operation, changed_at = excluded.changed_at, position = null;
            return null;
        end $$;

        -- What belongs to a resource or a service is a change of that, unless it goes with it.
        create function note_change_of_resource() returns trigger language plpgsql set search_path from current as $$
        declare resource bigint := case tg_op when 'DELETE' then old.resource_id else new.resource_id end;
        begin
            insert into changes (type, id, operation, changed_at)
            select 'resource', resource, 'changed', now() where exists (select from resources where id = resource)
            union all
            select 'settings', 1, 'changed', now() where resource is null
            on conflict (type, id) do update
                set operation = excluded.operation, changed_at = excluded.changed_at, position = null;
            return null;
        end $$;

        create function note_change_of_schedule() returns trigger language plpgsql set search_path from current as $$
        declare schedule bigint := case tg_op when 'DELETE' then old.schedule_id else new.schedule_id end;
        begin
            insert into changes (type, id, operation, changed_at)
            select case when resource_id is null then 'settings' else 'resource' end, coalesce(resource_id, 1), 'changed', now()
            from schedules where id = schedule
            on conflict (type, id) do update
                set operation = excluded.operation, changed_at = excluded.changed_at, position = null;
            return null;
        end $$;

        create function note_change_of_service() returns trigger language plpgsql set search_path from current as $$
        declare service bigint := case tg_op when 'DELETE' then old.service_id else new.service_id end;
        begin
            insert into changes (type, id, operation, changed_at)
            select 'service', service, 'changed', now() where exists (select from services where id = service)
            on conflict (type, id) do update
                set operation = excluded.operation, changed_at = excluded.changed_at, position = null;
            return null;
        end $$;
        """;

    /// <summary>A hold is no booking: it has no version.</summary>
    private const string Triggers = """
        create trigger note_change after insert or update on bookings
            for each row when (new.version > 0) execute function note_change('booking');
        create trigger note_deletion after delete on bookings
            for each row when (old.version > 0) execute function note_change('booking');
        create trigger note_change after insert or update on clients
            for each row execute function note_client_change();

        do $$
        declare t record;
        begin
            for t in select * from (values ('series', 'series'), ('waitlist_entries', 'waitlist'),
                ('services', 'service'), ('resources', 'resource'), ('categories', 'category'),
                ('blackouts', 'blackout'), ('custom_fields', 'custom_field'),
                ('organisation_settings', 'settings')) as x (name, type)
            loop
                execute format(
                    'create trigger note_change after insert or update or delete on %I '
                    'for each row execute function note_change(%L)', t.name, t.type);
                execute format(
                    'insert into changes (type, id, operation, changed_at) select %L, id, ''changed'', updated_at from %I',
                    t.type, t.name);
            end loop;

            for t in select * from (values ('schedules', 'resource'), ('schedule_overrides', 'resource'),
                ('schedule_rules', 'schedule'), ('service_requirements', 'service'),
                ('service_resources', 'service')) as x (name, type)
            loop
                execute format(
                    'create trigger note_change after insert or update or delete on %I '
                    'for each row execute function %I()', t.name, 'note_change_of_' || t.type);
            end loop;
        end $$;

        insert into changes (type, id, operation, changed_at)
        select 'booking', id, 'changed', updated_at from bookings where version > 0
        union all
        select 'client', id, case when erased_at is not null then 'erased' when merged_into_id is not null then 'merged'
            else 'changed' end, updated_at
        from clients;
        """;
}
