using Npgsql;
using Platform.Contracts.Tenants;
using Platform.Core.Storage;
using Platform.Tests.Support;

namespace Platform.Tests.Storage;

public sealed class MigrateTests
{
    [Fact]
    public async Task Migrating_twice_changes_nothing()
    {
        var databases = await PlatformDatabases.NewAsync();
        var before = await ContentsAsync(databases);

        Assert.Equal(0, await databases.MigrateAsync(withDemo: true, TextWriter.Null));

        Assert.Contains(before, line => line.StartsWith("tenant_1.bookings", StringComparison.Ordinal));
        Assert.Equal(before, await ContentsAsync(databases));
        await databases.ReleaseAsync();
    }

    [Fact]
    public async Task A_run_that_broke_off_is_continued_by_the_next()
    {
        var databases = await PlatformDatabases.NewAsync();
        var whole = await ContentsAsync(databases);
        await ExecuteAsync(databases.TenantDb, "drop schema tenant_2 cascade");
        await ExecuteAsync(databases.PlatformDb, "update tenants set status = 'provisioning' where id = 2");

        await databases.MigrateAsync(withDemo: true, TextWriter.Null);

        Assert.Equal(whole, await ContentsAsync(databases));
        Assert.Equal(["active"], await ReadAsync(databases.PlatformDb, "select status from tenants where id = 2"));
        await databases.ReleaseAsync();
    }

    [Fact]
    public async Task Unfinished_and_purged_tenants_are_not_migrated()
    {
        var databases = await PlatformDatabases.NewAsync();
        await ExecuteAsync(databases.PlatformDb, """
            insert into tenants (id, slug, name, time_zone, locale, currency, status, cell_id_fk, purged_at) values
                (1500, 'purged-1500', 'Purged', 'Etc/UTC', 'en', 'EUR', 'purged', 1, now()),
                (1501, 'half', 'Half', 'Etc/UTC', 'en', 'EUR', 'provisioning', 1, null)
            """);

        await databases.MigrateAsync(withDemo: false, TextWriter.Null);

        Assert.Empty(await ReadAsync(databases.TenantDb, "select nspname from pg_namespace where nspname in ('tenant_1500', 'tenant_1501')"));
        Assert.Equal(
            ["purged", "provisioning"],
            await ReadAsync(databases.PlatformDb, "select status from tenants where id >= 1500 order by id"));
        await databases.ReleaseAsync();
    }

    [Fact]
    public async Task Two_concurrent_migrators_migrate_once()
    {
        var databases = await PlatformDatabases.EmptyAsync();

        await Task.WhenAll(
            databases.MigrateAsync(withDemo: true, TextWriter.Null), databases.MigrateAsync(withDemo: true, TextWriter.Null));

        Assert.Equal(await ContentsAsync(await PlatformDatabases.NewAsync()), await ContentsAsync(databases));
        await databases.ReleaseAsync();
    }

    [Fact]
    public async Task Migrating_outside_Development_creates_reference_data_and_no_demo()
    {
        var databases = await PlatformDatabases.EmptyAsync();
        using var output = new StringWriter();

        await databases.MigrateAsync(withDemo: false, output);

        Assert.Equal(["0"], await ReadAsync(databases.PlatformDb, "select count(*)::text from tenants"));
        Assert.Equal(["0"], await ReadAsync(databases.PlatformDb, "select count(*)::text from users"));
        Assert.Equal(
            ["operations 20,25,30,35", "manager 35,40,50,55", "admin 50,60,70,80"],
            await ReadAsync(databases.PlatformDb, """
                select t.slug || ' ' || string_agg(trunc(p.price)::text, ',' order by p.price)
                from application_pricing p join user_types t on t.id = p.user_type_id_fk
                where p.currency = 'BRL' and p.billing_cycle = 'monthly'
                group by t.id order by t.hierarchy_level
                """));
        Assert.DoesNotContain(DemoTenants.Password, output.ToString());
        await databases.ReleaseAsync();
    }

    [Fact]
    public async Task The_demo_migration_prints_how_to_sign_in()
    {
        var databases = await PlatformDatabases.NewAsync();
        using var output = new StringWriter();

        await databases.MigrateAsync(withDemo: true, output);

        Assert.All(
            DemoTenants.All.SelectMany(tenant => tenant.Users).Append(DemoTenants.Staff).Append(DemoTenants.Viewer),
            user => Assert.Contains(user.Email, output.ToString()));
        await databases.ReleaseAsync();
    }

    [Fact]
    public async Task A_tenant_keeps_its_time_zone()
    {
        var databases = await PlatformDatabases.NewAsync();

        var e = await Assert.ThrowsAsync<PostgresException>(
            () => ExecuteAsync(databases.PlatformDb, "update tenants set time_zone = 'Etc/UTC' where id = 1"));

        Assert.Equal(PostgresErrorCodes.IntegrityConstraintViolation, e.SqlState);
        await databases.ReleaseAsync();
    }

    [Fact]
    public async Task A_new_tenants_schema_is_the_one_that_the_migrations_build_step_by_step()
    {
        var databases = await PlatformDatabases.NewAsync();
        var migrator = databases.Migrator;
        await ExecuteAsync(databases.TenantDb.As(Logins.TenantOwner), "create schema tenant_1502");

        var steps = await migrator.Tenants.MigrateAsync(1502, TestContext.Current.CancellationToken);
        var atOnce = await migrator.Tenants.MigrateAsync(1503, TestContext.Current.CancellationToken);

        Assert.Equal(TenantSchemas.Migrations.Count, steps);
        Assert.Equal(steps, atOnce);
        Assert.Equal(TenantSchemas.Migrations, await ReadAsync(databases.TenantDb, """
            select "MigrationId" from tenant_1503.migrations order by 1
            """));
        Assert.Equal(await DefinitionsAsync(databases, "tenant_1502"), await DefinitionsAsync(databases, "tenant_1503"));
        Assert.Equal(0, await migrator.Tenants.MigrateAsync(1503, TestContext.Current.CancellationToken));
        await databases.ReleaseAsync();
    }

    [Fact]
    public async Task A_new_tenants_schema_that_cannot_be_built_leaves_nothing_behind()
    {
        var databases = await PlatformDatabases.NewAsync();
        var migrator = databases.Migrator;
        await ExecuteAsync(databases.TenantDb, "drop function platform.touch() cascade");

        await Assert.ThrowsAsync<PostgresException>(
            () => migrator.Tenants.MigrateAsync(1504, TestContext.Current.CancellationToken));

        Assert.Empty(await ReadAsync(databases.TenantDb, "select nspname from pg_namespace where nspname = 'tenant_1504'"));
        await databases.ReleaseAsync();
    }

    /// <summary>How many rows every table has, and how far every sequence has come.</summary>
    private static async Task<List<string>> ContentsAsync(PlatformDatabases databases)
    {
        const string counts = """
            select table_schema || '.' || table_name || ' ' || (xpath('/row/n/text()', query_to_xml(
                format('select count(*) as n from %I.%I', table_schema, table_name), false, true, '')))[1]
            from information_schema.tables
            where table_schema not in ('pg_catalog', 'information_schema')
            union all
            select schemaname || '.' || sequencename || ' at ' || coalesce(last_value::text, 'its start') from pg_sequences
            order by 1
            """;

        return [.. await ReadAsync(databases.PlatformDb, counts), .. await ReadAsync(databases.TenantDb, counts)];
    }

    /// <summary>Tables, columns, constraints, indexes, triggers and grants of a schema, without its name.</summary>
    private static async Task<List<string>> DefinitionsAsync(PlatformDatabases databases, string schema)
    {
        var lines = await ReadAsync(databases.TenantDb, $"""
            set search_path to {schema};
            with tables as (select oid, relname, relkind, relacl from pg_class where relnamespace = '{schema}'::regnamespace)
            select format('%s %s %s', relkind, relname, relacl) from tables
            union all select format('%s.%s %s %s %s', relname, attname, format_type(atttypid, atttypmod), attnotnull,
                (select pg_get_expr(adbin, adrelid) from pg_attrdef where adrelid = attrelid and adnum = attnum))
                from pg_attribute join tables on tables.oid = attrelid where attnum > 0
            union all select format('%s %s', conname, pg_get_constraintdef(c.oid)) from pg_constraint c join tables on tables.oid = conrelid
            union all select pg_get_indexdef(indexrelid) from pg_index join tables on tables.oid = indrelid
            union all select pg_get_triggerdef(t.oid) from pg_trigger t join tables on tables.oid = tgrelid where not tgisinternal
            union all select format('%s %s', proname, prosrc) from pg_proc where pronamespace = '{schema}'::regnamespace
            order by 1
            """);
        Assert.Contains(lines, line => line.Contains("bookings", StringComparison.Ordinal));
        return [.. lines.Select(line => line.Replace(schema, "tenant", StringComparison.Ordinal))];
    }

    private static async Task<List<string>> ReadAsync(string connectionString, string sql)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        List<string> lines = [];
        while (await reader.ReadAsync()) lines.Add(reader.GetString(0));
        return lines;
    }

    private static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
