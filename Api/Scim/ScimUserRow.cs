using System.Globalization;
using System.Text.Json.Nodes;
using Npgsql;
using Platform.Core.Scim;
using Platform.Core.Storage;

namespace Platform.Api.Scim;

/// <summary>Which members.</summary>
/// <param name="Skip">So many of these are left out.</param>
internal sealed record ScimUserFilter(
    long? Id = null, string? UserName = null, string? ExternalId = null, string? Email = null, bool? Active = null,
    int Skip = 0, int Limit = 1);

/// <summary>A member with what the directory says, if it ever said anything.</summary>
internal sealed record ScimUserRow(
    long Id, long MembershipId, string Name, string Email, string Locale, bool Active, DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt, string? UserName, string? ExternalId, string? Attributes, string Version, string Groups)
{
    private const string Rows = """
        from memberships m
        join users u on u.id = m.user_id_fk
        left join scim_users s on s.membership_id_fk = m.id
        where m.tenant_id_fk = $1
            and ($2::bigint is null or m.user_id_fk = $2)
            and ($3::text is null or lower(coalesce(s.user_name, u.email)) = lower($3))
            and ($4::text is null or s.external_id = $4)
            and ($5::text is null or case
                when s.attributes is null then lower(u.email) = lower($5)
                else exists (
                    select from jsonb_array_elements(s.attributes -> 'emails') e where lower(e ->> 'value') = lower($5))
                end)
            and ($6::boolean is null or (m.active and u.active) = $6)
        """;

    private const string Select = $"""
        select m.user_id_fk, m.id, u.name, u.email, u.locale, m.active and u.active, m.created_at,
            greatest(m.updated_at, u.updated_at, s.updated_at), s.user_name, s.external_id, s.attributes::text,
            'W/"' || m.version || '.' || u.version || '.' || coalesce(s.version, 0) || '"',
            coalesce((
                select json_agg(json_build_object('value', r.id::text, 'display', r.name) order by r.id)
                from membership_roles h join roles r on r.id = h.role_id_fk
                where h.membership_id_fk = m.id
                    and not (r.tenant_id_fk is null and r.slug = 'super_admin')), '[]')::text
        {Rows}
        order by m.user_id_fk
        offset $7 limit $8
        """;

    public static Task<List<ScimUserRow>> FindAsync(
        PlatformDb db, long tenantId, ScimUserFilter filter, CancellationToken ct) =>
        db.ReadAsync([Statement(Select, tenantId, filter, filter.Skip, filter.Limit)], Read, ct);

    public static async Task<long> CountAsync(
        PlatformDb db, long tenantId, ScimUserFilter filter, CancellationToken ct) =>
        (await db.ReadAsync(
            [Statement($"select count(*) {Rows}", tenantId, filter)], reader => reader.GetInt64(0), ct))[0];

    /// <summary>What the directory may write, in the form in which it is kept and changed.</summary>
    public JsonObject ToDocument()
    {
        var document = Attributes is null ? OfPerson() : JsonNode.Parse(Attributes)!.AsObject();
        document["userName"] = UserName ?? Email;
        if (ExternalId is not null) document["externalId"] = ExternalId;
        document["active"] = Active;
        return document;
    }

    public JsonObject ToResource(string baseUrl)
    {
        var document = ToDocument();
        var schemas = new JsonArray(ScimSchemas.User.Id);
        if (document.ContainsKey(ScimSchemas.Enterprise.Id)) schemas.Add(ScimSchemas.Enterprise.Id);

        var resource = new JsonObject { ["schemas"] = schemas, ["id"] = $"{Id}" };
        foreach (var (name, value) in document) resource[name] = value?.DeepClone();
        var groups = JsonNode.Parse(Groups)!.AsArray();
        foreach (var group in groups.OfType<JsonObject>()) group["$ref"] = $"{baseUrl}/Groups/{group["value"]}";
        if (groups.Count > 0) resource["groups"] = groups;
        resource["meta"] = ScimMeta.Of("User", CreatedAt, UpdatedAt, $"{baseUrl}/Users/{Id}", Version);
        return resource;
    }

    /// <summary>Of a member whom the directory has not written.</summary>
    private JsonObject OfPerson() => new()
    {
        ["name"] = new JsonObject { ["formatted"] = Name },
        ["displayName"] = Name,
        ["preferredLanguage"] = Locale,
        ["emails"] = new JsonArray(new JsonObject { ["value"] = Email, ["type"] = "work", ["primary"] = true }),
    };

    private static NpgsqlBatchCommand Statement(string sql, long tenantId, ScimUserFilter filter, params int[] range) =>
        TenantSql.Statement(
            sql,
            [
                tenantId, filter.Id, filter.UserName, filter.ExternalId, filter.Email, filter.Active,
                .. range.Cast<object>(),
            ]);

    private static ScimUserRow Read(NpgsqlDataReader reader) => new(
        reader.GetInt64(0), reader.GetInt64(1), reader.GetString(2), reader.GetString(3), reader.GetString(4),
        reader.GetBoolean(5), reader.GetFieldValue<DateTimeOffset>(6), reader.GetFieldValue<DateTimeOffset>(7),
        Text(reader, 8), Text(reader, 9), Text(reader, 10), reader.GetString(11), reader.GetString(12));

    private static string? Text(NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : reader.GetString(column);
}

internal static class ScimMeta
{
    public static JsonObject Of(
        string type, DateTimeOffset createdAt, DateTimeOffset updatedAt, string location, string version) => new()
        {
            ["resourceType"] = type,
            ["created"] = Contracts.PlatformJson.WriteInstant(createdAt),
            ["lastModified"] = Contracts.PlatformJson.WriteInstant(updatedAt),
            ["location"] = location,
            ["version"] = version,
        };

    /// <summary>Null for text that is no number of ours.</summary>
    public static long? Id(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;
}
