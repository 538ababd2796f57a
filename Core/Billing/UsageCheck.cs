using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using NpgsqlTypes;
using Platform.Contracts.Billing;
using Platform.Core.Storage;

namespace Platform.Core.Billing;

/// <summary>
/// Whether the bill of a month, which is computed from grants, is what the events of grants add up to. The two are
/// written by different processes into different databases.
/// </summary>
public sealed class UsageCheck(
    BillingQuery bills, PlatformSql sql, [FromKeyedServices(Databases.Tenant)] NpgsqlDataSource tenantSource)
{
    /// <returns>Null if the tenant does not exist.</returns>
    public async Task<BillingUsage?> ReadAsync(BillingMonth month, Scope scope, CancellationToken ct)
    {
        // The events first: those that are written in between are in the bill and pending.
        var published = await EventsAsync(scope, ct);
        if (await bills.ReadAsync(month, scope, ct) is not { } bill) return null;

        var tenants = bill.Tenants.Where(t => !t.IsPurged).ToList();
        var (usage, pending) = await UsageAsync(month, tenants, published, ct);
        var known = tenants.Select(t => t.Id).ToHashSet();
        var differences = UsageRules.Compare(bill.Lines.Where(line => known.Contains(line.TenantId)), usage);
        return new(month.ToString(), scope.TenantId, differences.Count == 0, pending, tenants.Count, differences);
    }

    /// <summary>The latest, as far back as they can still be on their way.</summary>
    private async Task<Guid[]> EventsAsync(Scope scope, CancellationToken ct)
    {
        await using var reader = await sql.ReadAsync(
            scope,
            [
                TenantSql.Statement(
                    """
                    select event_id from platform.outbox_messages
                    where aggregate_type = any ($1) and ($2::bigint is null or tenant_id = $2)
                    union all
                    select event_id from platform.event_log
                    where aggregate_type = any ($1) and ($2::bigint is null or tenant_id = $2)
                        and published_at > now() - interval '7 days'
                    """,
                    UsageEvents.AggregateTypes.ToArray(), scope.TenantId),
            ],
            ct);

        List<Guid> events = [];
        while (await reader.ReadAsync(ct)) events.Add(reader.GetGuid(0));
        return [.. events];
    }

    private async Task<(List<TenantLine> Lines, int Pending)> UsageAsync(
        BillingMonth month, IReadOnlyList<BilledTenant> tenants, Guid[] events, CancellationToken ct)
    {
        await using var batch = tenantSource.CreateBatch();
        batch.BatchCommands.Add(TenantSql.Statement(
            "select count(*)::int from unnest($1) as e (id) where not exists (select from platform.usage_events where event_id = e.id)",
            events));
        batch.BatchCommands.Add(BillingQuery.OfMonth(
            UsageEvents.Lines, month, tenants, tenants.Select(t => t.Id).ToArray(), Texts(tenants.Select(t => t.TimeZone)),
            Texts(tenants.Select(t => t.Currency))));
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        var pending = reader.GetInt32(0);
        await reader.NextResultAsync(ct);

        List<TenantLine> lines = [];
        while (await reader.ReadAsync(ct)) lines.Add(BillingQuery.LineOf(reader));
        return (lines, pending);
    }

    private static NpgsqlParameter Texts(IEnumerable<string> values) =>
        new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text, Value = values.ToArray() };
}
