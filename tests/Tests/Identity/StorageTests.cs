using Duende.IdentityServer.EntityFramework.DbContexts;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Platform.Identity.Accounts;
using Platform.Tests.Identity.Support;

namespace Platform.Tests.Identity;

/// <summary>identitydb: its migrations, keys and roles.</summary>
public sealed class StorageTests(IdentityFixture fixture)
{
    [Fact]
    public async Task Migrations_build_the_columns_that_the_models_map()
    {
        var app = await fixture.SharedAsync();
        await using var scope = app.Services.CreateAsyncScope();
        var accounts = scope.ServiceProvider.GetRequiredService<IdentityDb>();
        var operations = scope.ServiceProvider.GetRequiredService<PersistedGrantDbContext>();

        foreach (var db in (DbContext[])[accounts, operations])
        {
            foreach (var entity in db.Model.GetEntityTypes())
            {
                var table = StoreObjectIdentifier.Table(entity.GetTableName()!, entity.GetSchema());
                var mapped = entity.GetProperties().Select(
                    property => $"{property.GetColumnName(table)} {(property.IsNullable ? "null" : "not null")}");

                Assert.Equal(
                    mapped.Order(StringComparer.Ordinal), await ColumnsAsync(accounts, entity.GetTableName()!));
            }
        }
    }

    [Fact]
    public async Task Migrating_again_or_twice_at_once_changes_nothing()
    {
        var database = await fixture.NewDatabaseAsync();

        await Task.WhenAll(IdentityFixture.RunMigrationAsync(database), IdentityFixture.RunMigrationAsync(database));

        await using var source = NpgsqlDataSource.Create(database);
        await using var count = source.CreateCommand("select count(*) from accounts");
        Assert.Equal(5L, await count.ExecuteScalarAsync());
    }

    [Fact]
    public async Task The_running_process_cannot_change_tables_or_the_audit()
    {
        var app = await fixture.SharedAsync();
        await using var scope = app.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<IdentityDb>().Database;

        string[] forbidden =
        [
            "create table x (id int)", "drop table login_audit", "delete from login_audit",
            "update login_audit set detail = ''",
        ];
        foreach (var sql in forbidden)
        {
            var refusal = await Assert.ThrowsAsync<PostgresException>(() => db.ExecuteSqlRawAsync(sql));
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refusal.SqlState);
        }
    }

    [Fact]
    public async Task Two_processes_that_start_at_once_share_one_key()
    {
        var database = await fixture.NewDatabaseAsync();
        await using var api = await ApiStub.StartAsync();
        await using var hub = await HubStub.StartAsync();

        var apps = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => IdentityApp.StartAsync(database, api, hub)));
        var keys = await Task.WhenAll(apps.Select(app => KeysAsync(app)));

        Assert.Equal(keys[0], keys[1]);
        Assert.Single(keys[0]);
        foreach (var app in apps) await app.DisposeAsync();
    }

    [Fact]
    public async Task Tokens_outlive_a_restart()
    {
        var database = await fixture.NewDatabaseAsync();
        await using var api = await ApiStub.StartAsync();
        await using var hub = await HubStub.StartAsync();
        await using var before = await IdentityApp.StartAsync(database, api, hub);
        using var person = await before.NewPersonAsync();
        var tokens = await person.TokensAsync(before.Client());

        await using var after = await IdentityApp.StartAsync(database, api, hub, issuer: before.Issuer);

        (await after.Client().RefreshAsync(tokens.RefreshToken)).IsGranted();
    }

    private static async Task<List<string>> KeysAsync(IdentityApp app)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Get, $"{app.Issuer}/.well-known/openid-configuration/jwks");
        var answer = await RelyingParty.SendAsync(request);
        return [.. answer.Json!.Value.GetProperty("keys").EnumerateArray().Select(
            key => key.GetProperty("kid").GetString()!)];
    }

    private static async Task<List<string>> ColumnsAsync(IdentityDb db, string table)
    {
        var columns = await db.Database.SqlQuery<string>($"""
            select column_name || case is_nullable when 'YES' then ' null' else ' not null' end as "Value"
            from information_schema.columns where table_schema = 'public' and table_name = {table}
            """).ToListAsync();
        return [.. columns.Order(StringComparer.Ordinal)];
    }
}
