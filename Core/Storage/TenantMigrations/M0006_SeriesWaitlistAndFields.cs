using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Core.Storage.TenantMigrations;

[DbContext(typeof(TenantDb)), Migration("0006_SeriesWaitlistAndFields")]
internal sealed class M0006_SeriesWaitlistAndFields : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.Sql(Series);
        migrationBuilder.Sql(Catalogue);
    }

    private const string Series = """
        -- Dates are made as time goes on: what the rule counts from never moves, and how far it was followed is kept.
        alter table series
            add rule_start    timestamp, -- local
            add moved         interval not null default '0', -- from what the rule says to where the next dates take place
            add planned_until timestamp, -- the last local time of the rule that was looked at
            add is_complete   boolean not null default true; -- whether the rule makes no date after that
        update series s set
            rule_start = s.start_local,
            is_complete = s.status <> 'active' or s.rrule ~* '(COUNT|UNTIL)=',
            planned_until = (select max(b.occurrence) from bookings b where b.series_id = s.id);
        alter table series alter rule_start set not null;
        insert into platform.due_jobs (kind, tenant_id, subject_id, due_at)
        select 'series_extension', substring(current_schema() from '[0-9]+$')::bigint, id, now()
        from series where not is_complete
        on conflict do nothing;

        -- Dates of a series that have no booking.
        create table series_skips (
            series_id   bigint not null references series on delete cascade,
            local       text not null, -- as the rule gives it; there may be no such time
            start_at    timestamptz, -- null when the local time does not exist
            code        text not null,
            found_later boolean not null default false, -- by the job, without a caller
            created_at  timestamptz not null default now(),
            primary key (series_id, local)
        );
        create index ix_series_skips_start on series_skips (start_at) where found_later;
        grant select, insert, update, delete on series_skips to platform_app;
        """;

    private const string Catalogue = """
        create trigger raise_catalogue_version after insert or update or delete on custom_fields
            for each statement execute function raise_catalogue_version();

        -- Starts that were free when the client joined: they know of them, and wait for others.
        alter table waitlist_entries add known_starts timestamptz[] not null default '{}';

        -- Whatever of the catalogue changes may make room for those who wait. Each change has a row of its own, so that
        -- none waits for the job that looks at another.
        create function recheck_waitlist() returns trigger language plpgsql as $$
        declare is_awaited boolean;
        begin
            execute format('select exists (select from %I.waitlist_entries where status = ''waiting'')', tg_table_schema)
                into is_awaited;
            if is_awaited then
                insert into platform.due_jobs (kind, tenant_id, subject_id, due_at)
                values ('waitlist_recheck', substring(tg_table_schema from '[0-9]+$')::bigint, new.version, 'epoch')
                on conflict do nothing;
            end if;
            return null;
        end $$;
        create trigger recheck_waitlist after update on catalogue_version
            for each row execute function recheck_waitlist();
        """;
}
