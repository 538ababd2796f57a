using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Platform.Identity.Accounts;
using Platform.Tests.Identity.App;
using Platform.Tests.Identity.Support;
using Platform.Tests.Support;

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

        foreach (var db in (DbContext[])[accounts])
        {
            foreach (var entity in db.Model.GetEntityTypes().Where(entity => !entity.IsMappedToJson()))
            {
                var table = StoreObjectIdentifier.Table(entity.GetTableName()!, entity.GetSchema());
                var mapped = entity.GetProperties().Select(
                    property => $"{property.GetColumnName(table)} {(property.IsNullable ? "null" : "not null")}");
                var documents = entity.GetNavigations().Where(navigation => navigation.TargetEntityType.IsMappedToJson())
                    .Select(navigation => $"{navigation.TargetEntityType.GetContainerColumnName()} not null");

                Assert.Equal(
                    mapped.Concat(documents).Order(StringComparer.Ordinal), await ColumnsAsync(accounts, entity.GetTableName()!));
            }
        }
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
    public async Task A_database_of_another_version_is_not_migrated()
    {
        var database = await fixture.NewDatabaseAsync();
        await SignInFixture.ExecuteAsync(
            database, """insert into migrations ("MigrationId", "ProductVersion") values ('0099_OfTheFuture', '10')""");

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => IdentityFixture.RunMigrationAsync(database));

        Assert.Contains("was made by another version (0099_OfTheFuture)", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_processes_that_start_concurrently_use_the_same_keys()
    {
        var database = await fixture.NewDatabaseWithoutKeysAsync();
        await using var api = await ApiStub.StartAsync();
        await using var hub = await HubStub.StartAsync();

        var apps = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => IdentityApp.StartAsync(database, api, hub)));
        var keys = await Task.WhenAll(apps.Select(app => KeysAsync(app)));

        Assert.Equal(keys[0].Order(), keys[1].Order()); // Duende may make one each, and publishes both
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

    [Fact]
    public async Task A_key_that_cannot_be_read_stops_the_start_and_stays_the_only_one()
    {
        using var certificate = new CertificateFile();
        using var other = new CertificateFile();
        var database = await fixture.NewDatabaseWithoutKeysAsync();
        await using var api = await ApiStub.StartAsync();
        await using var hub = await HubStub.StartAsync();
        await (await IdentityApp.StartAsync(database, api, hub, SettingsOf(certificate))).DisposeAsync();

        var failure = await Assert.ThrowsAnyAsync<Exception>(
            () => IdentityApp.StartAsync(database, api, hub, SettingsOf(other)));

        Assert.Contains("cannot be read. Is KeyRing:Certificate the one", failure.Message, StringComparison.Ordinal);
        var key = Assert.Single(await RingKeysAsync(database));
        Assert.DoesNotContain("<masterKey", key.Xml, StringComparison.Ordinal);
    }

    private static Dictionary<string, string> SettingsOf(CertificateFile certificate) => new()
    {
        ["KeyRing:Certificate"] = certificate.Path,
        ["KeyRing:Password"] = CertificateFile.Password,
    };

    private static async Task<List<DataProtectionKey>> RingKeysAsync(string database)
    {
        await using var db = SignInFixture.Open(database);
        return await db.DataProtectionKeys.ToListAsync();
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
