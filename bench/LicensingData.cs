using Npgsql;

namespace Platform.Bench;

/// <summary>
/// Applications, licenses and members for the load, written at once; and statements like those of the product.
/// </summary>
internal sealed class LicensingData(NpgsqlDataSource sql)
{
    /// <summary>Members of the loaded tenant; no grant takes one twice.</summary>
    public const int Members = 60_000;

    /// <summary>Where the numbers of members begin; pgbench takes the upper half.</summary>
    public const long FirstMember = 1_000_000;

    /// <summary>The data of the platform when its lists are measured.</summary>
    public const int Tenants = 2_000, People = 200_000;

    /// <summary>Without limit of seats; one with ten; and one whose price changes.</summary>
    public const string Open = "bench-open", Scarce = "bench-scarce", Repriced = "bench-repriced";

    public static async Task<LicensingData> PrepareAsync(string platformDb)
    {
        var data = new LicensingData(NpgsqlDataSource.Create(platformDb));
        await data.ExecuteAsync($"""
            insert into applications (id, slug, name) values (900, '{Open}', 'Open'), (901, '{Scarce}', 'Scarce'), (902, '{Repriced}', 'Repriced');
            insert into application_pricing (application_id_fk, user_type_id_fk, price, valid_from)
            values (900, 1, 35, '2025-01-01Z'), (901, 1, 35, '2025-01-01Z'), (902, 1, 1, '2025-01-01Z');
            insert into tenant_applications (id, tenant_id_fk, application_id_fk, status, activated_at, user_limit)
            values (900, {BenchStack.Tenant.Id}, 900, 'active', '2026-01-01Z', null),
                (901, {BenchStack.Tenant.Id}, 901, 'active', '2026-01-01Z', 10),
                (902, {BenchStack.Tenant.Id}, 902, 'active', '2026-01-01Z', null);
            insert into users (id, name, email, locale)
            select n, 'Member ' || n, 'm' || n || '@bench.example', 'en'
            from generate_series({FirstMember}, {FirstMember + Members - 1}) n;
            insert into memberships (tenant_id_fk, user_id_fk, user_type_id_fk)
            select {BenchStack.Tenant.Id}, n, 1 from generate_series({FirstMember}, {FirstMember + Members - 1}) n;
            create sequence bench_member start {FirstMember + Members / 2};
            analyze;
            """);
        return data;
    }

    public async Task ExecuteAsync(string text)
    {
        await using var command = sql.CreateCommand(text);
        command.CommandTimeout = 600;
        await command.ExecuteNonQueryAsync();
    }

    public async Task<T> ScalarAsync<T>(string text)
    {
        await using var command = sql.CreateCommand(text);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>A grant as the product writes it, as the same role: one batch that reads, one that writes.</summary>
    public static string GrantScript { get; } = $$"""
        select nextval('bench_member') as member \gset
        begin;
        set local role platform_app;
        select set_config('app.tenant_id', '{{BenchStack.Tenant.Id}}', true);
        select a.id, a.slug, a.active, l.id, l.status, l.activated_at, l.trial_ends_at, l.expires_at, l.user_limit, l.seats_used, l.version
        from applications a join tenants t on t.id = {{BenchStack.Tenant.Id}}
        left join tenant_applications l on l.tenant_id_fk = t.id and l.application_id_fk = a.id where a.slug = '{{Open}}';
        select m.user_id_fk, m.active and u.active, ut.id, ut.slug, p.id, p.price, p.currency, p.billing_cycle, g.*, r.*
        from memberships m
        join users u on u.id = m.user_id_fk
        join user_types ut on ut.id = m.user_type_id_fk
        join tenants t on t.id = m.tenant_id_fk
        join applications a on a.slug = '{{Open}}'
        left join lateral (
            select * from application_pricing p
            where p.application_id_fk = a.id and p.user_type_id_fk = ut.id and p.active and p.valid_from <= now()
                and (p.valid_to is null or p.valid_to > now())
            order by p.currency = t.currency desc, p.currency = 'BRL' desc, p.currency limit 1) p on true
        left join user_application_access g on g.tenant_id_fk = t.id and g.user_id_fk = u.id
            and g.application_id_fk = a.id and g.active
        left join lateral (
            select * from user_application_access r
            where r.tenant_id_fk = t.id and r.user_id_fk = u.id and r.application_id_fk = a.id and not r.active
            order by r.id desc limit 1) r on true
        where m.tenant_id_fk = {{BenchStack.Tenant.Id}} and m.user_id_fk = any(array[:member]::bigint[]);
        select nextval('user_application_access_id_seq') as grant from generate_series(1, 1) \gset
        commit;
        begin;
        set local role platform_app;
        select set_config('app.tenant_id', '{{BenchStack.Tenant.Id}}', true);
        with taken as (
            update tenant_applications l set seats_used = seats_used + 1
            where id = 900 and version = 1 and (user_limit is null or seats_used + 1 <= user_limit)
                and exists (select from applications a where a.id = l.application_id_fk and a.active)
            returning 1)
        select case when exists (select from taken) then true else platform.refuse('CHANGED') end;
        with added as (
            insert into user_application_access (id, tenant_id_fk, user_id_fk, application_id_fk, role_in_app, granted_at,
                price_snapshot, currency_snapshot, user_type_id_fk_snapshot, granted_cycle, pricing_id_fk_snapshot, created_by, updated_by)
            select w.id, {{BenchStack.Tenant.Id}}, w.user_id, 900, w.role, now(), p.price, p.currency, m.user_type_id_fk,
                p.billing_cycle, p.id, 'bench', 'bench'
            from unnest(array[:grant]::bigint[], array[:member]::bigint[], array[null]::text[]) as w (id, user_id, role)
            join memberships m on m.tenant_id_fk = {{BenchStack.Tenant.Id}} and m.user_id_fk = w.user_id and m.active
            join users u on u.id = w.user_id and u.active
            join application_pricing p on p.application_id_fk = 900 and p.user_type_id_fk = 1 and p.active and p.valid_from <= now()
                and (p.valid_to is null or p.valid_to > now())
            returning 1)
        select case when (select count(*) from added) = 1 then true else platform.refuse('CHANGED') end;
        select append_audit({{BenchStack.Tenant.Id}}, now(), 'bench', null, 'grant.created', 'grant', :grant, null,
            '{"id": 1, "userId": 1, "application": "bench-open", "price": 35, "currency": "BRL"}', 'done', null, '127.0.0.1', 'pgbench');
        insert into platform.outbox_messages (event_id, event_type, event_version, tenant_id, aggregate_type, aggregate_id,
            aggregate_version, occurred_at, actor, data)
        values (gen_random_uuid(), 'grant.created', 1, {{BenchStack.Tenant.Id}}, 'grant', :grant, 1, now(), 'bench',
            '{"grant": {"id": 1, "userId": 1, "application": "bench-open", "price": 35, "currency": "BRL"} }');
        commit;
        """;

    /// <summary>The least that a chained, durable row takes: lock and move the head, insert the row, commit.</summary>
    public const string ChainScript = """
        with head as (
            update bench_head set sequence = sequence + 1,
                hash = sha256(hash || convert_to(jsonb_build_array(sequence + 1, 2, 'bench', 17, 'tq', true, 'GET /')::text, 'UTF8'))
            returning sequence, hash)
        insert into bench_log (tenant_id_fk, sequence, occurred_at, actor, user_id_fk, application, allowed, path, ip_address,
            user_agent, personal_digest, hash)
        select 2, sequence, now(), 'bench', 17, 'tq', true, 'GET /', '127.0.0.1', 'bench', '', hash from head;
        """;

    public Task PrepareChainAsync() => ExecuteAsync("""
        create table bench_log (like application_access_logs including all);
        create table bench_head (sequence bigint, hash bytea);
        insert into bench_head values (0, '');
        """);

    /// <summary>Chained rows of a separate tenant, in groups as the process writes them.</summary>
    public async Task FillChainAsync(long tenant, int rows)
    {
        const int group = 5000;
        for (var i = 0; i < rows / group; i++)
        {
            await ExecuteAsync($"""
                set app.staff = 'on';
                select append_access_logs(array_agg({tenant}::bigint), array_agg(now()), array_agg('user:17'::text),
                    array_agg(17::bigint), array_agg('tq'::text), array_agg('admin'::text), array_agg(n % 7 > 0),
                    array_agg(case when n % 7 = 0 then 3 end), array_agg(case when n % 7 = 0 then 'NO_ACCESS' end),
                    array_agg('POST /api/v1/access/check'::text), array_agg('0123456789abcdef0123456789abcdef'::text),
                    array_agg('127.0.0.1'::text), array_agg('Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36'::text))
                from generate_series(1, {group}) n
                """);
        }
    }

    /// <summary>
    /// A million decisions of 200 tenants, 20,000 users and a year, for searches; their chain is not verified.
    /// </summary>
    public Task FillTrailAsync() => ExecuteAsync("""
        insert into application_access_logs (tenant_id_fk, sequence, occurred_at, actor, user_id_fk, application, allowed,
            layer, reason, path, ip_address, user_agent, personal_digest, hash)
        select 800000 + n % 200, n, now() - n * interval '31 seconds', 'user:' || 5000000 + n::bigint * 7919 % 20000,
            5000000 + n::bigint * 7919 % 20000, (array['tq', 'pm', 'billing', 'reports'])[1 + n % 4], n % 50 > 0,
            case when n % 50 = 0 then 3 end, case when n % 50 = 0 then 'NO_ACCESS' end, 'POST /api/v1/access/check',
            '127.0.0.1', 'bench', '', ''
        from generate_series(1, 1000000) n;
        analyze application_access_logs;
        """);

    /// <summary>Two thousand tenants with four licenses and a hundred people each.</summary>
    public Task FillPlatformAsync() => ExecuteAsync($"""
        insert into tenants (id, slug, name, time_zone, locale, currency, status, cell_id_fk)
        select 900000 + n, 'bench-' || n, 'Tenant ' || n, 'America/Sao_Paulo', 'pt-BR', 'BRL', 'active',
            (select min(id) from cells)
        from generate_series(1, {Tenants}) n;
        insert into tenant_applications (tenant_id_fk, application_id_fk, status, activated_at, user_limit)
        select 900000 + n, a.id, 'active', '2026-01-01Z', 100
        from generate_series(1, {Tenants}) n, applications a where a.slug in ('tq', 'pm', 'billing', 'reports');
        insert into users (id, name, email, locale)
        select 9000000 + n, 'Person ' || n, 'p' || n || '@bench.example', 'pt-BR' from generate_series(1, {People}) n;
        insert into memberships (tenant_id_fk, user_id_fk, user_type_id_fk)
        select 900001 + n % {Tenants}, 9000000 + n, 1 from generate_series(1, {People}) n;
        analyze tenants, tenant_applications, users, memberships;
        """);
}
