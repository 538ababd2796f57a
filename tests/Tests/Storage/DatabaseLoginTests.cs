using Npgsql;
using Platform.Core.Storage;
using Platform.ServiceDefaults.Databases;
using Platform.Tests.Identity.Support;
using Platform.Tests.Support;

namespace Platform.Tests.Storage;

/// <summary>
/// An attacker who injects SQL into a statement of a process cannot do any of the acts listed here.
/// </summary>
public sealed class DatabaseLoginTests(PlatformFixture platform, IdentityFixture identity)
{
    private const string Denied = PostgresErrorCodes.InsufficientPrivilege;

    private static readonly string[] Everywhere =
    [
        "set role postgres", "set session authorization postgres", "create schema mine", "create table mine (id int)",
        "create temporary table mine (id int)", "create database mine", "create role mine",
        "set session_replication_role to replica", "copy (select 1) to program 'true'",
        "select pg_read_file('PG_VERSION')",
    ];

    private static readonly string[] OfPlatform =
    [
        .. Everywhere, "set role tests_platform_owner", "grant tests_platform_owner to tests_api",
        "alter role tests_api superuser", "alter role tests_api bypassrls",
        "alter table tenants add column mine int", "alter table memberships disable row level security",
        "alter table memberships no force row level security", "drop policy of_the_tenant on memberships",
        "create policy mine on memberships using (true)", "alter function append_audit owner to tests_api",
        "update audit_log set actor = 'x'", "delete from audit_log", "truncate audit_log",
        "update application_access_logs set allowed = true", "delete from application_access_logs",
        "update audit_heads set sequence = 0", "delete from audit_checkpoints", "delete from platform.event_log",
        "truncate imported_lines",
    ];

    private static readonly string[] OfTenants =
    [
        .. Everywhere, "set role tests_tenant_owner", "alter table tenant_1.bookings disable trigger all",
        "drop schema tenant_1 cascade", "update tenant_1.booking_events set actor = 'x'",
        "delete from tenant_1.booking_events", "delete from platform.event_log",
    ];

    private static readonly string[] OfIdentity =
    [
        .. Everywhere, "set role tests_identity_owner", "alter table accounts add column mine int",
        "update login_audit set detail = ''", "delete from login_audit",
    ];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_login_of_a_process_cannot_change_the_schema_or_its_role()
    {
        var identityDb = await identity.NewDatabaseAsync();
        (string Login, string[] Statements)[] logins =
        [
            (platform.Databases.PlatformDb.As(Logins.Api), OfPlatform),
            (platform.Databases.TenantDb.As(Logins.Api), OfTenants),
            (platform.Databases.PlatformDb.As(Logins.Worker), OfPlatform),
            (platform.Databases.TenantDb.As(Logins.Worker), OfTenants),
            (identityDb.As(Logins.Identity), OfIdentity),
        ];

        foreach (var (login, statements) in logins)
        {
            await using var connection = await OpenAsync(login);
            await ValueAsync(connection, "set app.staff = 'on'");
            foreach (var sql in statements)
            {
                var e = await Record.ExceptionAsync(() => ValueAsync(connection, sql));
                var refused = e is PostgresException { SqlState: Denied };
                Assert.True(refused, $"{connection.UserName}: {sql}: {e?.Message ?? "done"}");
            }

            await ValueAsync(connection, "reset role; reset session authorization");
            Assert.Equal(
                $"{connection.UserName} {connection.UserName}",
                await ValueAsync(connection, "select concat_ws(' ', session_user, current_user)"));
        }
    }

    [Fact]
    public async Task A_login_sees_the_rows_of_the_tenant_that_it_names_and_of_no_other()
    {
        await using var connection = await OpenAsync(platform.Databases.PlatformDb.As(Logins.Api));

        var unnamed = await Assert.ThrowsAsync<PostgresException>(
            () => ValueAsync(connection, "select count(*) from memberships"));
        await ValueAsync(connection, "set app.tenant_id = '1'");
        var seen = await ValueAsync(connection, "select string_agg(distinct tenant_id_fk::text, ',') from memberships");
        await ValueAsync(connection, "set row_security = off");
        var unguarded = await Assert.ThrowsAsync<PostgresException>(
            () => ValueAsync(connection, "select count(*) from memberships"));

        Assert.Equal(PostgresErrorCodes.UndefinedObject, unnamed.SqlState);
        Assert.Equal("1", seen);
        Assert.Equal(Denied, unguarded.SqlState);
    }

    [Fact]
    public async Task A_login_cannot_connect_to_the_databases_of_other_processes()
    {
        var ofIdentity = await identity.NewDatabaseAsync();
        var ofServer = $"{await Servers.PostgresAsync()};Database=postgres";
        (string Database, DatabaseLogin Login)[] foreign =
        [
            (platform.Databases.PlatformDb, Logins.Identity), (platform.Databases.TenantDb, Logins.Identity),
            (platform.Databases.PlatformDb, Logins.IdentityOwner), (ofIdentity, Logins.Api), (ofIdentity, Logins.Worker),
            (ofIdentity, Logins.PlatformOwner), (platform.Databases.PlatformDb, Logins.TenantOwner),
            (platform.Databases.TenantDb, Logins.PlatformOwner), (ofIdentity, Logins.TenantOwner),
            (ofServer, Logins.Api), (ofServer, Logins.Identity),
        ];

        foreach (var (database, login) in foreign)
        {
            var e = await Assert.ThrowsAsync<PostgresException>(() => OpenAsync(database.As(login)));
            Assert.Equal((Denied, login.Name), (e.SqlState, login.Name));
        }
    }

    [Fact]
    public async Task No_role_has_server_privileges()
    {
        await using var connection = await OpenAsync(platform.Databases.PlatformDb);

        var powerful = await ValueAsync(connection, """
            select string_agg(rolname, ',') from pg_roles
            where rolname ~ '^tests_|_app$' and (rolsuper or rolcreatedb or rolcreaterole or rolreplication or rolbypassrls)
            """);
        var memberships = await ValueAsync(connection, """
            select string_agg(concat_ws(' in ', m.rolname, g.rolname), ', ' order by m.rolname)
            from pg_auth_members a join pg_roles m on m.oid = a.member join pg_roles g on g.oid = a.roleid
            where m.rolname ~ '^tests_|_app$'
            """);
        var owner = await ValueAsync(
            connection, "select pg_get_userbyid(datdba)::text from pg_database where datname = current_database()");

        Assert.Equal(DBNull.Value, powerful);
        Assert.Equal("tests_api in platform_app, tests_identity in identity_app, tests_worker in platform_app", memberships);
        Assert.Equal(Logins.PlatformOwner.Name, owner);
    }

    /// <summary>As databases were before they had owners.</summary>
    [Fact]
    public async Task Objects_created_by_the_superuser_are_handed_over_and_keep_working()
    {
        var (server, id) = (await Servers.PostgresAsync(), $"{Guid.CreateVersion7():n}");
        string[] names = [$"old_platformdb_{id}", $"old_tenantdb_{id}"];
        var databases = new PlatformDatabases(
            $"{server};Database={names[0]};Pooling=false", $"{server};Database={names[1]};Pooling=false");
        await SetUpAsync(); // also creates them
        await OwnerSql.ExecuteAsync(databases.PlatformDb, $"alter database {names[0]} owner to postgres");
        await OwnerSql.ExecuteAsync(databases.TenantDb, $"alter database {names[1]} owner to postgres");
        var before = new Migrator(databases.PlatformDb, databases.TenantDb);
        await before.MigratePlatformAsync(Ct);
        await before.MigrateEventsAsync(Ct);
        await before.Tenants.MigrateAsync(1, Ct);

        await SetUpAsync();

        foreach (var database in (string[])[databases.PlatformDb, databases.TenantDb])
        {
            Assert.Equal("", await OwnerSql.ScalarAsync(database, """
                with theirs as (select oid from pg_namespace where nspname in ('public', 'platform', 'tenant_1'))
                select concat(
                    (select string_agg(relname, ',') from pg_class
                        where relowner = 'postgres'::regrole and relnamespace in (select oid from theirs)),
                    (select string_agg(nspname, ',') from pg_namespace
                        where nspowner = 'postgres'::regrole and oid in (select oid from theirs)),
                    (select string_agg(proname, ',') from pg_proc p
                        where proowner = 'postgres'::regrole and pronamespace in (select oid from theirs)
                            and not exists (select from pg_depend where objid = p.oid and deptype = 'e')))
                """));
        }

        Assert.Equal(0, await databases.Migrator.Tenants.MigrateAsync(1, Ct));
        await OwnerSql.ExecuteAsync(databases.PlatformDb.As(Logins.Api), """
            set app.tenant_id = '1';
            select append_audit(1, now(), 'user:1', null, 'a', 'b', 1, null, null, 'done', null, null, null)
            """);
        await databases.Migrator.Tenants.DropAsync(1, Ct);
        await databases.ReleaseAsync();

        async Task SetUpAsync()
        {
            await DatabaseSetup.RunAsync(server, Logins.OfPlatform, [names[0]], Ct);
            await DatabaseSetup.RunAsync(server, Logins.OfTenants, [names[1]], Ct);
        }
    }

    private static async Task<NpgsqlConnection> OpenAsync(string connectionString)
    {
        var connection = new NpgsqlConnection($"{connectionString};Pooling=false");
        await connection.OpenAsync(Ct);
        return connection;
    }

    private static async Task<object?> ValueAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(Ct);
    }
}
