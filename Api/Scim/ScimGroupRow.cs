using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Npgsql;
using Platform.Core.Scim;
using Platform.Core.Storage;

namespace Platform.Api.Scim;

/// <summary>Which groups.</summary>
/// <param name="Member">Only those that this person is in.</param>
/// <param name="Skip">So many of these are left out.</param>
internal sealed record ScimGroupFilter(
    long? Id = null, string? Name = null, string? ExternalId = null, long? Member = null, int Skip = 0, int Limit = 1);

/// <summary>A role of the tenant, or of the platform, with those of the tenant who have it.</summary>
internal sealed record ScimGroupRow(
    long Id, string Name, bool IsOfPlatform, string? ExternalId, string VersionOfRow, DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt, long[] Members)
{
    /// <summary>The role that only staff give is no group.</summary>
    private const string Rows = """
        from roles r
        left join scim_groups g on g.role_id_fk = r.id and g.tenant_id_fk = $1
        where (r.tenant_id_fk = $1 or (r.tenant_id_fk is null and r.slug <> 'super_admin'))
            and ($2::bigint is null or r.id = $2)
            and ($3::text is null or lower(r.name) = lower($3))
            and ($4::text is null or g.external_id = $4)
            and ($5::bigint is null or exists (
                select from membership_roles h join memberships m on m.id = h.membership_id_fk
                where h.role_id_fk = r.id and h.tenant_id_fk = $1 and m.user_id_fk = $5))
        """;

    private const string Select = $"""
        select r.id, r.name, r.tenant_id_fk is null, g.external_id, r.version || '.' || coalesce(g.version, 0),
            r.created_at, greatest(r.updated_at, g.updated_at),
            array(
                select m.user_id_fk from membership_roles h join memberships m on m.id = h.membership_id_fk
                where h.role_id_fk = r.id and h.tenant_id_fk = $1
                order by m.user_id_fk)
        {Rows}
        order by r.id
        offset $6 limit $7
        """;

    /// <summary>Also changes with its members.</summary>
    public string Version => $"W/\"{VersionOfRow}.{Digest(Members)}\"";

    public static Task<List<ScimGroupRow>> FindAsync(
        PlatformDb db, long tenantId, ScimGroupFilter filter, CancellationToken ct) =>
        db.ReadAsync([Statement(Select, tenantId, filter, filter.Skip, filter.Limit)], Read, ct);

    public static async Task<long> CountAsync(
        PlatformDb db, long tenantId, ScimGroupFilter filter, CancellationToken ct) =>
        (await db.ReadAsync(
            [Statement($"select count(*) {Rows}", tenantId, filter)], reader => reader.GetInt64(0), ct))[0];

    /// <summary>What the directory may write.</summary>
    public JsonObject ToDocument()
    {
        var document = new JsonObject { ["displayName"] = Name };
        if (ExternalId is not null) document["externalId"] = ExternalId;
        if (Members.Length > 0)
        {
            document["members"] = new JsonArray([.. Members.Select(id => new JsonObject { ["value"] = $"{id}" })]);
        }

        return document;
    }

    public JsonObject ToResource(string baseUrl)
    {
        var resource = new JsonObject
        {
            ["schemas"] = new JsonArray(ScimSchemas.Group.Id),
            ["id"] = $"{Id}",
            ["displayName"] = Name,
        };
        if (ExternalId is not null) resource["externalId"] = ExternalId;
        resource["members"] = new JsonArray([.. Members.Select(id => new JsonObject
        {
            ["value"] = $"{id}",
            ["$ref"] = $"{baseUrl}/Users/{id}",
            ["type"] = "User",
        })]);
        resource["meta"] = ScimMeta.Of("Group", CreatedAt, UpdatedAt, $"{baseUrl}/Groups/{Id}", Version);
        return resource;
    }

    private static string Digest(long[] members) =>
        Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(members.AsSpan())).AsSpan(0, 8));

    private static NpgsqlBatchCommand Statement(
        string sql, long tenantId, ScimGroupFilter filter, params int[] range) =>
        TenantSql.Statement(
            sql, [tenantId, filter.Id, filter.Name, filter.ExternalId, filter.Member, .. range.Cast<object>()]);

    private static ScimGroupRow Read(NpgsqlDataReader reader) => new(
        reader.GetInt64(0), reader.GetString(1), reader.GetBoolean(2), reader.IsDBNull(3) ? null : reader.GetString(3),
        reader.GetString(4), reader.GetFieldValue<DateTimeOffset>(5), reader.GetFieldValue<DateTimeOffset>(6),
        reader.GetFieldValue<long[]>(7));
}
