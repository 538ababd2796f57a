using Duende.IdentityServer.EntityFramework.DbContexts;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Platform.Identity;
using Platform.Tests.Support;

namespace Platform.Tests.Identity.App;

public sealed class StorageTests(SignInFixture stack)
{
    [Fact]
    public async Task Migrating_at_once_and_again_makes_one_database_with_the_demo_accounts()
    {
        var database = await Servers.NewDatabaseAsync("identity");

        var runs = await Task.WhenAll(MigrateAsync(database), MigrateAsync(database));
        var before = await SnapshotAsync(database);
        var again = await MigrateAsync(database);

        Assert.All([.. runs, again], run => Assert.True(run.ExitCode == 0, run.Output));
        Assert.Equal(before, await SnapshotAsync(database));
        Assert.Equal(
            ["1 staff@platform.example internal_admin", "11 ana@aurora.example", "12 bruno@aurora.example", "21 clara@porto.example", "22 duarte@porto.example"],
            await SignInFixture.QueryAsync(database, "select concat_ws(' ', id, email, platform_role) as \"Value\" from accounts order by id"));
    }

    [Fact]
    public async Task Outside_Development_there_are_no_demo_accounts()
    {
        var database = await Servers.NewDatabaseAsync("identity");

        var run = await SignInFixture.MigrateAsync(typeof(IIdentityAssembly), [("ConnectionStrings__identitydb", database)], "Production");

        Assert.True(run.ExitCode == 0, run.Output);
        Assert.Empty(await SignInFixture.QueryAsync(database, "select email as \"Value\" from accounts"));
    }

    [Fact]
    public async Task Without_a_database_migrating_fails_and_says_what_is_missing()
    {
        var run = await SignInFixture.MigrateAsync(typeof(IIdentityAssembly), []);

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("identitydb", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_migrations_build_what_both_models_map()
    {
        await stack.ReadyAsync();
        await using var accounts = SignInFixture.Open(stack.IdentityDatabase);
        var services = new ServiceCollection();
        services.AddIdentityServerBuilder()
            .AddOperationalStore(store => store.ConfigureDbContext = db => db.UseNpgsql(stack.IdentityDatabase));
        await using var provider = services.BuildServiceProvider();
        var operations = provider.GetRequiredService<PersistedGrantDbContext>();

        var mapped = ColumnsOf(accounts).Concat(ColumnsOf(operations)).ToList();

        var built = await SignInFixture.QueryAsync(stack.IdentityDatabase, """
            select format('%s.%s %s%s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
                          case when a.attnotnull then '' else '?' end) as "Value"
            from pg_attribute a join pg_class c on c.oid = a.attrelid
            where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attnum > 0 and c.relname <> 'migrations'
            """);
        Assert.Equal(mapped.Order(StringComparer.Ordinal), built.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("update login_audit set kind = 'x'")]
    [InlineData("delete from login_audit")]
    [InlineData("create table mine (id int)")]
    [InlineData("create temporary table mine (id int)")]
    [InlineData("alter table accounts add column x int")]
    public async Task A_running_process_may_not(string statement)
    {
        await stack.ReadyAsync();

        var e = await Assert.ThrowsAsync<PostgresException>(
            () => SignInFixture.ExecuteAsync($"{stack.IdentityDatabase};Options=-c role=identity_app", statement));

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, e.SqlState);
    }

    private static Task<(int ExitCode, string Output)> MigrateAsync(string database) =>
        SignInFixture.MigrateAsync(typeof(IIdentityAssembly), [("ConnectionStrings__identitydb", database)]);

    private static Task<List<string>> SnapshotAsync(string database) => SignInFixture.QueryAsync(database, """
        select "MigrationId" as "Value" from migrations
        union all select concat_ws(' ', id, password_hash, security_stamp, updated_at) from accounts order by 1
        """);

    private static IEnumerable<string> ColumnsOf(DbContext db) =>
        from entity in db.Model.GetEntityTypes()
        let table = StoreObjectIdentifier.Create(entity, StoreObjectType.Table)!.Value
        from property in entity.GetProperties()
        select $"{table.Name}.{property.GetColumnName(table)} {property.GetColumnType(table)}{(property.IsNullable ? "?" : "")}";
}
