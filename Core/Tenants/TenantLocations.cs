using Platform.Core.Storage;

namespace Platform.Core.Tenants;

/// <summary>Where people go who have booked at a tenant, and whom they call.</summary>
/// <param name="Phone">E.164.</param>
public sealed record TenantLocation(
    string? Line1, string? Line2, string? City, string? Region, string? PostalCode, string? Country, string? Phone);

/// <summary>
/// The place that a tenant publishes: its head office, and the telephone of its first administrative contact; each the
/// primary one if there are several.
/// </summary>
public sealed class TenantLocations(PlatformSql sql)
{
    public async Task<TenantLocation> ReadAsync(long tenantId, CancellationToken ct)
    {
        await using var reader = await sql.ReadAsync(
            Scope.Tenant(tenantId),
            [
                TenantSql.Statement(
                    """
                    select a.line1, a.line2, a.city, a.region, a.postal_code, a.country::text, c.phone
                    from (values (1)) as one (one)
                    left join lateral (
                        select * from tenant_addresses where tenant_id_fk = $1 and type = 'HQ'
                        order by is_primary desc, id limit 1) a on true
                    left join lateral (
                        select phone from tenant_contacts where tenant_id_fk = $1 and type = 'ADMIN' and phone is not null
                        order by is_primary desc, id limit 1) c on true
                    """,
                    tenantId),
            ],
            ct);
        await reader.ReadAsync(ct);
        string? Text(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
        return new(Text(0), Text(1), Text(2), Text(3), Text(4), Text(5), Text(6));
    }
}
