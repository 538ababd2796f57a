using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Platform.Core.Storage;

namespace Platform.Core.Audit;

/// <summary>
/// Carries audit rows from the outbox of <c>tenantdb </c> into the chains of <c>platformdb </c>: each once, those of a
/// tenant in the order in which they were written. The Worker does it continuously, and each read of a trail does it
/// first.
/// <list type="bullet">
/// <item>The rows are locked while they are carried. A second carrier waits and then finds them gone.</item>
/// <item>They leave the outbox after <c>platformdb</c> has committed. If the process dies in between they are found again,
/// and <c>audit_carried</c> says that they are in the chain.</item>
/// <item>A transaction of <c>platformdb</c> writes one chain, so that carriers never wait crosswise.</item>
/// </list>
/// </summary>
public sealed class CarryAudit(
    [FromKeyedServices(Databases.Tenant)] NpgsqlDataSource tenants, PlatformSql platform)
{
    private const int BatchSize = 200;

    /// <summary>How long it is known what was carried. It outlives every outbox, also one from a backup.</summary>
    private const int KnownDays = 90;

    /// <summary>The tenants that have rows to carry.</summary>
    public async Task<IReadOnlyList<long>> WaitingAsync(CancellationToken ct)
    {
        await using var command = tenants.CreateCommand(
            $"select distinct tenant_id from {AuditOutbox.Table} order by tenant_id");
        await using var reader = await command.ExecuteReaderAsync(ct);

        List<long> waiting = [];
        while (await reader.ReadAsync(ct)) waiting.Add(reader.GetInt64(0));
        return waiting;
    }

    /// <summary>All that is committed until now.</summary>
    /// <param name="tenantId">Those of every tenant where it is null.</param>
    /// <returns>How many rows.</returns>
    public async Task<int> RunAsync(long? tenantId, CancellationToken ct)
    {
        var count = 0;
        foreach (var tenant in await WaitingAsync(ct))
        {
            if (tenantId is not null && tenant != tenantId) continue;

            int carried;
            do
            {
                carried = await CarryAsync(tenant, ct);
                count += carried;
            }
            while (carried == BatchSize);
        }

        return count;
    }

    private async Task<int> CarryAsync(long tenantId, CancellationToken ct)
    {
        await using var connection = await tenants.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);

        var rows = await NextAsync(connection, tenantId, ct);
        if (rows.Count == 0) return 0;

        await platform.ExecuteAsync(
            Scope.Tenant(tenantId),
            [
                .. rows.Select(row => row.Append),
                TenantSql.Statement($"delete from audit_carried where carried_at < now() - interval '{KnownDays} days'"),
            ],
            ct);

        await using var leave = new NpgsqlCommand($"delete from {AuditOutbox.Table} where position = any($1)", connection);
        leave.Parameters.Add(new() { Value = rows.Select(row => row.Position).ToArray() });
        await leave.ExecuteNonQueryAsync(ct);
        await transaction.CommitAsync(ct);
        return rows.Count;
    }

    private static async Task<List<(long Position, NpgsqlBatchCommand Append)>> NextAsync(
        NpgsqlConnection connection, long tenantId, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select position, entry_id, occurred_at, actor, acting_for, action, target_type, target_id, before::text,
                after::text, outcome, request_id, ip_address, user_agent
            from {AuditOutbox.Table} where tenant_id = $1 order by position limit {BatchSize} for update
            """,
            connection);
        command.Parameters.Add(new() { Value = tenantId });
        await using var reader = await command.ExecuteReaderAsync(ct);

        List<(long, NpgsqlBatchCommand)> rows = [];
        while (await reader.ReadAsync(ct)) rows.Add((reader.GetInt64(0), Append(reader, tenantId)));
        return rows;
    }

    private static NpgsqlBatchCommand Append(NpgsqlDataReader row, long tenantId)
    {
        return TenantSql.Statement(
            """
            with fresh as (insert into audit_carried (entry_id) values ($1) on conflict do nothing returning entry_id)
            select append_audit($2, $3, $4, $5::text, $6, $7, $8::bigint, $9::jsonb, $10::jsonb, $11, $12::text, $13::text,
                $14::text)
            from fresh
            """,
            row.GetGuid(1), tenantId, row.GetFieldValue<DateTimeOffset>(2), row.GetString(3), Text(4), row.GetString(5),
            row.GetString(6), row.IsDBNull(7) ? null : row.GetInt64(7), Text(8), Text(9), row.GetString(10), Text(11),
            Text(12), Text(13));

        string? Text(int column) => row.IsDBNull(column) ? null : row.GetString(column);
    }
}
