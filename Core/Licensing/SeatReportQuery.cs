using Platform.Contracts;
using Platform.Contracts.Licensing;
using Platform.Core.Storage;

namespace Platform.Core.Licensing;

/// <summary><c>v_tenant_app_seats_by_type</c> with the names of what it numbers.</summary>
public sealed class SeatReportQuery(PlatformSql sql)
{
    /// <param name="application">Slug; all where it is null.</param>
    public async Task<IReadOnlyList<SeatsByTypeRow>> ReadAsync(Scope scope, string? application, CancellationToken ct)
    {
        await using var reader = await sql.ReadAsync(
            scope,
            [
                TenantSql.Statement(
                    """
                    select t.id, t.slug, t.name, a.slug, a.name, ut.slug, ut.name, v.seats_count, v.total_price, v.currency
                    from v_tenant_app_seats_by_type v
                    join tenants t on t.id = v.tenant_id_fk
                    join applications a on a.id = v.application_id_fk
                    join user_types ut on ut.id = v.user_type_id_fk
                    where ($1::bigint is null or t.id = $1) and ($2::text is null or a.slug = $2)
                    order by t.name, t.id, a.name, ut.hierarchy_level, v.currency
                    """,
                    scope.TenantId, application),
            ],
            ct);
        List<SeatsByTypeRow> rows = [];
        while (await reader.ReadAsync(ct))
        {
            rows.Add(new(
                reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetString(4),
                reader.GetString(5), reader.GetString(6), reader.GetInt32(7),
                reader.Text(9) is { } currency ? new Money(reader.GetDecimal(8), currency) : null));
        }

        return rows;
    }
}
