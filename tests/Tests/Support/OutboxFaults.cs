using Npgsql;

namespace Platform.Tests.Support;

/// <summary>
/// Makes the outbox refuse the events of one tenant. Its trigger is there in every database of the tests, and asks for
/// a lock: a trigger made and dropped in the middle of a run would lock all other tests out of the table.
/// </summary>
internal static class OutboxFaults
{
    public const string TriggerSql = """
        create function platform.test_fault() returns trigger language plpgsql security definer as $$
        begin
            if not pg_try_advisory_xact_lock_shared(1, new.tenant_id::int) then raise exception 'no'; end if;
            if not pg_try_advisory_xact_lock_shared(2, new.tenant_id::int) then
                perform pg_terminate_backend(pg_backend_pid());
            end if;
            return new;
        end $$;
        create trigger test_fault before insert on platform.outbox_messages for each row execute function platform.test_fault();
        """;

    /// <summary>Until this is disposed, an event of the tenant cannot be stored.</summary>
    public static Task<IAsyncDisposable> RefuseAsync(TestTenant tenant) => TakeAsync(tenant, 1);

    /// <summary>Until this is disposed, a session that stores an event of the tenant ends.</summary>
    public static Task<IAsyncDisposable> EndSessionAsync(TestTenant tenant) => TakeAsync(tenant, 2);

    private static async Task<IAsyncDisposable> TakeAsync(TestTenant tenant, int fault)
    {
        var connection = new NpgsqlConnection(tenant.Platform.Databases.TenantDb);
        await connection.OpenAsync();
        var transaction = await connection.BeginTransactionAsync();
        await using var command = new NpgsqlCommand($"select pg_advisory_xact_lock({fault}, {tenant.Id})", connection, transaction);
        await command.ExecuteNonQueryAsync();
        return new Held(connection, transaction);
    }

    private sealed record Held(NpgsqlConnection Connection, NpgsqlTransaction Transaction) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Transaction.DisposeAsync(); // rolls back, and so releases the lock before the answer
            await Connection.DisposeAsync();
        }
    }
}
