using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Platform.Core.Bookings;
using Platform.Core.Storage;
using Platform.Tests.Support;

namespace Platform.Tests.Architecture;

public sealed class SchemaTests(PlatformFixture platform)
{
    [Fact]
    public async Task The_tenant_migrations_build_the_columns_that_the_model_maps()
    {
        var tenant = await platform.NewTenantAsync();

        var mapped = await tenant.QueryAsync(db => Task.FromResult(Mapped(db, schema: null)));

        Assert.Equal(mapped, await BuiltAsync(platform.Databases.TenantDb, tenant.Schema, mapped));
    }

    [Fact]
    public async Task The_platform_migrations_build_the_columns_that_the_model_maps()
    {
        await using var scope = platform.Api.Services.CreateAsyncScope();

        var mapped = Mapped(scope.ServiceProvider.GetRequiredService<PlatformDb>(), schema: null);

        var built = await BuiltAsync(platform.Databases.PlatformDb, "public", mapped);
        Assert.Equal(mapped, built.Where(column => !ByHand.Any(column.StartsWith)));
    }

    [Fact]
    public async Task The_outbox_and_the_event_log_have_the_columns_that_the_model_maps()
    {
        await using var scope = platform.Api.Services.CreateAsyncScope();

        var mapped = Mapped(scope.ServiceProvider.GetRequiredService<EventsDb>(), EventsDb.Schema);

        var built = await BuiltAsync(platform.Databases.TenantDb, EventsDb.Schema, mapped);
        string[] ofTheWorker = ["inbox.", "notifications.", "event_log_default.", "due_jobs.", "audit_outbox.", "relay_lease.", "booking_facts.", "calendar_polls.",
            "calendar_writes.", "key_ring.", "usage_events."];
        Assert.Equal(mapped, built.Where(column => !ofTheWorker.Any(column.StartsWith)));
    }

    [Fact]
    public async Task A_query_outside_a_transaction_finds_no_table()
    {
        var tenant = await platform.NewTenantAsync();

        var e = await Assert.ThrowsAsync<PostgresException>(
            () => tenant.QueryWithoutTransactionAsync(db => db.Bookings.CountAsync()));

        Assert.Equal(PostgresErrorCodes.UndefinedTable, e.SqlState);
    }

    /// <summary>Tables that only statements by hand touch.</summary>
    private static readonly string[] ByHand =
        [
            "audit_carried.", "audit_checkpoints.", "billing_months.", "billing_lines.", "billing_adjustments.", "imported_lines.",
            "tenant_task_files.",
        ];

    private static List<string> Mapped(DbContext db, string? schema) =>
    [
        .. (from entity in db.Model.GetEntityTypes()
            let table = StoreObjectIdentifier.Create(entity, StoreObjectType.Table)!.Value
            where table.Schema == schema
            from property in entity.GetProperties()
            select $"{table.Name}.{property.GetColumnName(table)}{(property.IsNullable ? "?" : "")}").Order(),
    ];

    private static async Task<List<string>> BuiltAsync(string connectionString, string schema, List<string> mapped)
    {
        Assert.NotEmpty(mapped);
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand("""
            select table_name || '.' || column_name || case is_nullable when 'YES' then '?' else '' end
            from information_schema.columns join information_schema.tables using (table_schema, table_name)
            where table_schema = $1 and table_name <> 'migrations' and table_type = 'BASE TABLE'
            """);
        command.Parameters.Add(new() { Value = schema });

        List<string> columns = [];
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync()) columns.Add(reader.GetString(0));
        return [.. columns.Order()];
    }
}
