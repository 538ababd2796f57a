using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Platform.Core.Licensing;
using Platform.Core.Storage;
using Platform.Tests.Support;

namespace Platform.Tests.Storage;

/// <summary>What the logins of our processes can access even if a query has no tenant filter.</summary>
public sealed class RowLevelSecurityTests(PlatformFixture platform)
{
    [Fact]
    public async Task Every_table_with_a_tenant_id_has_row_level_security_that_includes_its_owner()
    {
        var unguarded = await ReadAsync(platform.Databases.PlatformDb, """
            select c.relname from pg_class c
            join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id_fk'
            where c.relkind = 'r' and not (c.relrowsecurity and c.relforcerowsecurity)
            """);
        var guarded = await ReadAsync(platform.Databases.PlatformDb, "select relname from pg_class where relforcerowsecurity");

        Assert.Empty(unguarded);
        Assert.Contains("user_application_access", guarded);
        Assert.Contains("users", guarded);
    }

    [Theory]
    [InlineData("memberships")]
    [InlineData("membership_roles")]
    [InlineData("tenant_applications")]
    [InlineData("user_application_access")]
    [InlineData("users")]
    public async Task Without_a_scope_no_rows_are_visible(string table)
    {
        var e = await Assert.ThrowsAsync<PostgresException>(() => ReadAsync(App, $"select count(*)::text from {table}"));

        Assert.True(e.SqlState is PostgresErrorCodes.UndefinedObject or PostgresErrorCodes.InvalidTextRepresentation, e.Message);
    }

    [Theory]
    [InlineData("memberships")]
    [InlineData("membership_roles")]
    [InlineData("tenant_applications")]
    [InlineData("user_application_access")]
    public async Task A_tenant_sees_its_own_rows_and_staff_sees_all(string table)
    {
        var tenants = $"select distinct tenant_id_fk::text from {table} where tenant_id_fk in (1, 2) order by 1";

        var ofOne = await ReadAsync(App, $"select set_config('app.tenant_id', '1', true); {tenants}");
        var ofStaff = await ReadAsync(App, $"select set_config('app.staff', 'on', true); {tenants}");

        Assert.Equal(["1", "1"], ofOne); // the setting, then the only tenant
        Assert.Equal(["on", "1", "2"], ofStaff);
    }

    [Fact]
    public async Task A_tenant_sees_its_own_people_and_the_roles_of_the_platform()
    {
        var people = await ReadAsync(App, "select set_config('app.tenant_id', '1', true); select email from users order by 1");
        var members = await ReadAsync(App, """
            select set_config('app.staff', 'on', true);
            select email from users where id in (select user_id_fk from memberships where tenant_id_fk = 1) order by 1
            """);
        var roles = await ReadAsync(App, "select set_config('app.tenant_id', '1', true); select slug from roles order by 1");

        Assert.Contains("ana@aurora.example", people);
        Assert.Equal(members[1..], people[1..]);
        Assert.Equal(["1", "manager", "super_admin", "tenant_admin", "user"], roles);
    }

    [Fact]
    public async Task Work_in_the_scope_of_a_tenant_sees_its_rows_alone()
    {
        await using var services = platform.Api.Services.CreateAsyncScope();
        services.ServiceProvider.GetRequiredService<PlatformScope>().Current = Scope.Tenant(1);
        var db = services.ServiceProvider.GetRequiredService<PlatformDb>();
        await using var transaction = await db.Database.BeginTransactionAsync(TestContext.Current.CancellationToken);

        var tenants = await db.Licenses.Select(license => license.TenantId).Distinct()
            .ToListAsync(TestContext.Current.CancellationToken);

        Assert.Equal([1], tenants);
    }

    [Fact]
    public async Task A_tenant_cannot_write_a_row_of_another()
    {
        var e = await Assert.ThrowsAsync<PostgresException>(() => ReadAsync(App, """
            select set_config('app.tenant_id', '1', true);
            insert into tenant_applications (tenant_id_fk, application_id_fk, status, activated_at)
            values (2, 1, 'active', now())
            """));

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, e.SqlState);
    }

    [Theory]
    [InlineData("create table public.mine (id int)")]
    [InlineData("create table platform.mine (id int)")]
    [InlineData("drop table tenant_1.bookings")]
    [InlineData("alter table tenant_1.bookings add column mine int")]
    [InlineData("update tenant_1.booking_events set actor = 'nobody'")]
    [InlineData("delete from tenant_1.booking_events")]
    [InlineData("update platform.event_log set actor = 'nobody'")]
    [InlineData("delete from platform.event_log")]
    public async Task Our_processes_may_not_change_tables_or_history(string sql)
    {
        var e = await Assert.ThrowsAsync<PostgresException>(
            () => ReadAsync(platform.Databases.TenantDb.As(Logins.Api), sql));

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, e.SqlState);
    }

    [Theory]
    [InlineData("update audit_log set actor = 'nobody'")]
    [InlineData("delete from audit_log")]
    [InlineData("insert into audit_log select * from audit_log")]
    [InlineData("update application_access_logs set allowed = true")]
    [InlineData("delete from application_access_logs")]
    [InlineData("truncate application_access_logs")]
    [InlineData("update audit_heads set sequence = 0")]
    [InlineData("delete from audit_heads")]
    public async Task Our_processes_append_to_the_audit_and_change_nothing_in_it(string sql)
    {
        var e = await Assert.ThrowsAsync<PostgresException>(
            () => ReadAsync(App, $"select set_config('app.staff', 'on', true); {sql}"));

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, e.SqlState);
    }

    private string App => platform.Databases.PlatformDb.As(Logins.Api);

    /// <summary>The first column of every row of every answer; all statements are one transaction.</summary>
    private static async Task<List<string>> ReadAsync(string connectionString, string sql)
    {
        await using var source = NpgsqlDataSource.Create($"{connectionString};Pooling=false");
        await using var connection = await source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var command = new NpgsqlCommand(sql, connection, transaction);
        await using var reader = await command.ExecuteReaderAsync();
        List<string> values = [];
        do
        {
            while (await reader.ReadAsync()) values.Add(reader.GetString(0));
        }
        while (await reader.NextResultAsync());

        return values;
    }
}
