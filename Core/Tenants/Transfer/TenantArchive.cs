using System.Data;
using System.Text;
using Npgsql;

namespace Platform.Core.Tenants.Transfer;

/// <summary>
/// Which tables an export holds, under which names. Those of the tenant's schema and those of platformdb with a
/// <c>tenant_id_fk</c> are found in the catalog, so that a new one is exported without being named here.
/// </summary>
public static class TenantArchive
{
    public const string ContentType = "application/zip";
    public const string Manifest = "manifest.json";
    public const string Tenant = "platform/tenants.ndjson";
    public const string Jobs = "events/due_jobs.ndjson";
    public const string Webhooks = "events/webhook_endpoints.ndjson";

    /// <summary>Folder of the tenant's own tables.</summary>
    public const string OfTenant = "tenant";
    public const string OfPlatform = "platform";

    /// <summary>
    /// Answers kept for repeated requests, EF Core's list, which the manifest has, and what lets programs in: a copy
    /// of a tenant opens to none of the keys of the first, no directory manages both, and invitations lead to the
    /// first. Outside calendars stay with it: their secrets cannot be read elsewhere. So do feeds of people, whose
    /// numbers mean nothing elsewhere.
    /// </summary>
    private static readonly string[] Left =
    [
        "idempotency_keys", "migrations", "service_accounts", "service_account_roles", "api_keys", "scim_users",
        "scim_groups", "invitations", "group_applications", "outside_calendars", "outside_busy_times", "person_feeds",
    ];

    public static string Name(string folder, string table) => $"{folder}/{table}.ndjson";

    /// <summary>Ids mean nothing elsewhere, so these rows include what they refer to.</summary>
    private static readonly Dictionary<string, string> Joined = new()
    {
        ["memberships"] = """
            select x.*, u.name, u.email, u.locale, t.slug as user_type
            from memberships x join users u on u.id = x.user_id_fk join user_types t on t.id = x.user_type_id_fk
            """,
        ["membership_roles"] = """
            select x.*, u.email, r.slug as role, r.tenant_id_fk is null as of_platform
            from membership_roles x join roles r on r.id = x.role_id_fk
            join memberships m on m.id = x.membership_id_fk join users u on u.id = m.user_id_fk
            """,
        ["tenant_applications"] = """
            select x.*, a.slug as application
            from tenant_applications x join applications a on a.id = x.application_id_fk
            """,
        ["user_application_access"] = """
            select x.*, a.slug as application, u.email
            from user_application_access x join applications a on a.id = x.application_id_fk
            join users u on u.id = x.user_id_fk
            """,
    };

    /// <summary>Tables of the tenant's schema, by name, each with what sorts its rows.</summary>
    public static async Task<List<ArchivedTable>> TablesAsync(NpgsqlConnection schema, CancellationToken ct)
    {
        var tables = await FindAsync(schema, "c.relnamespace = current_schema()::regnamespace", ct);
        tables.RemoveAll(t => Left.Contains(t.Name));
        return tables;
    }

    /// <summary>The file of each table, with the statement that reads it line by line.</summary>
    public static IEnumerable<(string Name, string Sql)> Files(IEnumerable<ArchivedTable> ofTenant) =>
        ofTenant.Select(t => (Name(OfTenant, t.Name), Lines($"select x.* from {t.Quoted} x", t.Order)));

    /// <summary>As <see cref="Files"/>, for the rows of one tenant in platformdb.</summary>
    public static async Task<List<(string Name, string Sql)>> PlatformFilesAsync(
        NpgsqlConnection platform, long tenantId, CancellationToken ct)
    {
        var tables = await FindAsync(
            platform,
            """
            c.relnamespace = 'public'::regnamespace and exists (
                select from pg_attribute a
                where a.attrelid = c.oid and a.attname = 'tenant_id_fk' and not a.attisdropped)
            """,
            ct);
        tables.RemoveAll(t => Left.Contains(t.Name));
        return
        [
            (Tenant, Lines($"select x.* from tenants x where x.id = {tenantId}", "id")),
            .. from table in tables
               let rows = Joined.GetValueOrDefault(table.Name, $"select x.* from {table.Quoted} x")
               select (Name(OfPlatform, table.Name), Lines($"{rows} where x.tenant_id_fk = {tenantId}", table.Order)),
        ];
    }

    /// <summary>What is to happen to its bookings at a time: rows of the cell.</summary>
    public static (string Name, string Sql) JobsFile(long tenantId) => (
        Jobs,
        Lines($"select x.* from platform.due_jobs x where x.tenant_id = {tenantId}", "kind, tenant_id, subject_id"));

    /// <summary>Its webhooks, without their secrets: rows of the cell.</summary>
    public static (string Name, string Sql) WebhooksFile(long tenantId) => (
        Webhooks,
        Lines(
            $"""
            select x.id, x.url, x.description, x.event_types, x.enabled, x.disabled_reason, x.created_at, x.updated_at
            from platform.webhook_endpoints x where x.tenant_id = {tenantId}
            """,
            "id"));

    /// <summary>A transaction in which nothing that others change is seen, and times are written in UTC.</summary>
    public static async Task<NpgsqlConnection> BeginSnapshotAsync(DbContext db, CancellationToken ct)
    {
        await db.Database.BeginTransactionAsync(IsolationLevel.RepeatableRead, ct);
        await db.Database.ExecuteSqlRawAsync("set local timezone to 'UTC'", ct);
        return (NpgsqlConnection)db.Database.GetDbConnection();
    }

    private static string Lines(string rows, string order) =>
        $"select row_to_json(t)::text from ({rows} order by {Qualified(order)}) t";

    private static string Qualified(string order) =>
        order.Length == 0 ? "1" : string.Join(", ", order.Split(", ").Select(column => $"x.{column}"));

    private static async Task<List<ArchivedTable>> FindAsync(
        NpgsqlConnection connection, string which, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select c.relname, quote_ident(c.relname), coalesce((
                select string_agg(quote_ident(a.attname), ', ' order by k.place)
                from pg_index i cross join unnest(i.indkey) with ordinality as k (attnum, place)
                join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
                where i.indrelid = c.oid and i.indisprimary), '')
            from pg_class c
            where c.relkind in ('r', 'p') and not c.relispartition and {which}
            order by 1
            """,
            connection);
        await using var reader = await command.ExecuteReaderAsync(ct);
        List<ArchivedTable> tables = [];
        while (await reader.ReadAsync(ct))
        {
            tables.Add(new(reader.GetString(0), reader.GetString(1), reader.GetString(2)));
        }

        return tables;
    }
}

/// <param name="Quoted">As SQL has to name it.</param>
/// <param name="Order">The columns of its primary key.</param>
public sealed record ArchivedTable(string Name, string Quoted, string Order);

/// <summary>How text is encoded in the files of an archive.</summary>
public static class ArchiveText
{
    /// <summary>Broken UTF-8 is no text of ours.</summary>
    public static readonly UTF8Encoding Encoding = new(false, throwOnInvalidBytes: true);
}
