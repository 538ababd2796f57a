using Npgsql;
using NpgsqlTypes;
using Platform.Core.Storage;
using Platform.Core.Tenants;

namespace Platform.Core.Licensing;

/// <summary>Reads what decisions depend on. One round trip, however many are asked for.</summary>
public sealed class AccessQuery(PlatformSql sql)
{
    private const string Inputs = $"""
        select coalesce(a.active, false), t.status = '{TenantStatuses.Active}',
            l.id, l.status, l.activated_at, l.trial_ends_at, l.expires_at, l.user_limit, l.seats_used, l.version,
            m.active and u.active, g.id is not null, r.slug, r.hierarchy_level, least.hierarchy_level
        from unnest($2::bigint[], $3::text[], $4::text[]) with ordinality as w (user_id, application, minimum_role, place)
        join tenants t on t.id = $1
        left join applications a on a.slug = w.application
        left join tenant_applications l on l.tenant_id_fk = t.id and l.application_id_fk = a.id
        left join memberships m on m.tenant_id_fk = t.id and m.user_id_fk = w.user_id
        left join users u on u.id = m.user_id_fk
        left join user_application_access g on g.tenant_id_fk = t.id and g.user_id_fk = w.user_id
            and g.application_id_fk = a.id and g.active
        left join user_types own on own.id = m.user_type_id_fk
        left join user_types r on r.slug = coalesce(g.role_in_app, own.slug)
        left join user_types least on least.slug = w.minimum_role
        order by w.place
        """;

    /// <summary>In the order of the questions.</summary>
    public async Task<IReadOnlyList<AccessInputs>> ReadAsync(
        long tenantId, IReadOnlyList<AccessQuestion> questions, CancellationToken ct)
    {
        var statement = TenantSql.Statement(
            Inputs,
            tenantId,
            new NpgsqlParameter
            {
                NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint,
                Value = questions.Select(q => q.UserId).ToArray(),
            },
            questions.Select(q => q.Application).ToArray(),
            questions.Select(q => q.MinimumRole).ToArray());
        await using var reader = await sql.ReadAsync(Scope.Tenant(tenantId), [statement], ct);

        List<AccessInputs> inputs = [];
        while (await reader.ReadAsync(ct))
        {
            inputs.Add(new(
                reader.GetBoolean(0),
                reader.GetBoolean(1),
                ReadTerms(reader, 2),
                reader.Value<bool>(10),
                reader.GetBoolean(11),
                reader.Text(12),
                reader.Value<int>(13),
                reader.Value<int>(14)));
        }

        return inputs;
    }

    /// <summary>
    /// id, status, activated_at, trial_ends_at, expires_at, user_limit, seats_used and version, from a column on.
    /// </summary>
    internal static LicenseTerms? ReadTerms(NpgsqlDataReader reader, int column) => reader.IsDBNull(column)
        ? null
        : new(
            reader.GetInt64(column),
            reader.GetString(column + 1),
            reader.GetFieldValue<DateTimeOffset>(column + 2),
            reader.Value<DateTimeOffset>(column + 3),
            reader.Value<DateTimeOffset>(column + 4),
            reader.Value<int>(column + 5),
            reader.GetInt32(column + 6),
            reader.GetInt64(column + 7));
}

internal static class NullableColumns
{
    extension(NpgsqlDataReader reader)
    {
        public T? Value<T>(int column) where T : struct =>
            reader.IsDBNull(column) ? null : reader.GetFieldValue<T>(column);

        public string? Text(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
    }
}
