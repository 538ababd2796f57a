using System.Runtime.CompilerServices;
using System.Text.Json;
using Npgsql;
using Platform.Contracts.Audit;
using Platform.Core.Storage;

namespace Platform.Core.Audit;

/// <summary>The filters of an audit trail; null filters nothing.</summary>
/// <param name="Action">One that ends with a dot is the beginning of those that are asked for: <c>grant.</c></param>
/// <param name="From">Inclusive; likewise <paramref name="To"/> exclusive.</param>
public sealed record AuditFilter(
    long? TenantId = null, string? Actor = null, DateTimeOffset? From = null, DateTimeOffset? To = null,
    long? UserId = null, string? Application = null, bool? Allowed = null, string? Reason = null,
    string? Action = null, string? TargetType = null, long? TargetId = null, string? Outcome = null);

/// <summary>Where a page ended: rows come newest first.</summary>
public readonly record struct AuditPosition(DateTimeOffset At, long Id);

/// <summary>
/// Reads audit trails page by page, newest first. One round trip a page, and no page costs more than the first.
/// </summary>
public sealed class AuditSearch(PlatformSql sql)
{
    /// <summary>Rows that an export reads at a time; no connection is kept while somebody takes them in.</summary>
    private const int ExportPage = 5000;

    private const string AccessColumns = """
        l.id, l.tenant_id_fk, l.sequence, l.occurred_at, l.actor, l.user_id_fk, l.application, l.minimum_role, l.allowed,
        l.layer, l.reason, l.path, l.request_id, l.ip_address, l.user_agent
        """;

    private const string ChangeColumns = """
        l.id, l.tenant_id_fk, l.sequence, l.occurred_at, l.actor, l.acting_for, l.action, l.target_type, l.target_id,
        l.before, l.after, l.outcome, l.request_id, l.ip_address, l.user_agent
        """;

    public async Task<List<AccessLogResponse>> AccessAsync(
        Scope scope, AuditFilter filter, AuditPosition? after, int limit, CancellationToken ct)
    {
        var where = Common(filter, after);
        where.Add("l.user_id_fk =", filter.UserId);
        where.Add("l.application =", filter.Application);
        where.Add("l.reason =", filter.Reason);
        if (filter.Allowed is { } allowed) where.Add(allowed ? "l.allowed" : "not l.allowed");

        await using var reader = await sql.ReadAsync(
            scope, [where.Select(AccessColumns, "application_access_logs", limit)], ct);
        return await ReadAccessAsync(reader, ct);
    }

    /// <inheritdoc cref="AccessAsync"/>
    public async Task<List<AuditEntryResponse>> ChangesAsync(
        Scope scope, AuditFilter filter, AuditPosition? after, int limit, CancellationToken ct)
    {
        var where = Common(filter, after);
        where.Add(filter.Action is [.., '.'] ? "l.action ^@" : "l.action =", filter.Action);
        where.Add("l.target_type =", filter.TargetType);
        where.Add("l.target_id =", filter.TargetId);
        where.Add("l.outcome =", filter.Outcome);

        await using var reader = await sql.ReadAsync(
            scope, [where.Select(ChangeColumns, "audit_log", limit)], ct);
        return await ReadChangesAsync(reader, ct);
    }

    /// <summary>All of them, newest first.</summary>
    public IAsyncEnumerable<AccessLogResponse> AllAccessAsync(Scope scope, AuditFilter filter, CancellationToken ct) =>
        AllAsync((after, limit) => AccessAsync(scope, filter, after, limit, ct), r => new(r.OccurredAt, r.Id), ct);

    /// <inheritdoc cref="AllAccessAsync"/>
    public IAsyncEnumerable<AuditEntryResponse> AllChangesAsync(Scope scope, AuditFilter filter, CancellationToken ct) =>
        AllAsync((after, limit) => ChangesAsync(scope, filter, after, limit, ct), r => new(r.OccurredAt, r.Id), ct);

    /// <returns>Null if the person does not exist.</returns>
    public async Task<PersonReport?> PersonAsync(long userId, CancellationToken ct)
    {
        const int last = 100;
        var decisions = new Conditions();
        decisions.Add("l.user_id_fk =", userId);
        var changes = new Conditions();
        changes.Add("l.actor =", $"user:{userId}");

        await using var reader = await sql.ReadAsync(
            Scope.AllTenants,
            [
                TenantSql.Statement("select active from users where id = $1", userId),
                TenantSql.Statement(
                    """
                    select t.id, t.slug, ut.slug,
                        array(
                            select r.slug from membership_roles mr join roles r on r.id = mr.role_id_fk
                            where mr.membership_id_fk = m.id order by r.slug),
                        m.active, m.created_at
                    from memberships m join tenants t on t.id = m.tenant_id_fk join user_types ut on ut.id = m.user_type_id_fk
                    where m.user_id_fk = $1
                    order by m.created_at, m.id
                    """,
                    userId),
                TenantSql.Statement(
                    """
                    select g.id, g.tenant_id_fk, a.slug, g.role_in_app, g.granted_at, g.revoked_at
                    from user_application_access g join applications a on a.id = g.application_id_fk
                    where g.user_id_fk = $1
                    order by g.id
                    """,
                    userId),
                TenantSql.Statement(
                    """
                    select tenant_id_fk, application, count(*) filter (where allowed), count(*) filter (where not allowed),
                        min(occurred_at), max(occurred_at)
                    from application_access_logs
                    where user_id_fk = $1
                    group by tenant_id_fk, application
                    order by tenant_id_fk, application
                    """,
                    userId),
                decisions.Select(AccessColumns, "application_access_logs", last),
                changes.Select(ChangeColumns, "audit_log", last),
            ],
            ct);
        if (!await reader.ReadAsync(ct)) return null;

        var active = reader.GetBoolean(0);
        await reader.NextResultAsync(ct);
        List<PersonMembership> memberships = [];
        while (await reader.ReadAsync(ct))
        {
            memberships.Add(new(
                reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetFieldValue<string[]>(3),
                reader.GetBoolean(4), reader.GetFieldValue<DateTimeOffset>(5)));
        }

        await reader.NextResultAsync(ct);
        List<PersonGrant> grants = [];
        while (await reader.ReadAsync(ct))
        {
            grants.Add(new(
                reader.GetInt64(0), reader.GetInt64(1), reader.GetString(2), reader.Text(3),
                reader.GetFieldValue<DateTimeOffset>(4), reader.GetFieldValue<DateTimeOffset?>(5)));
        }

        await reader.NextResultAsync(ct);
        List<PersonUse> uses = [];
        while (await reader.ReadAsync(ct))
        {
            uses.Add(new(
                reader.GetInt64(0), reader.GetString(1), reader.GetInt64(2), reader.GetInt64(3),
                reader.GetFieldValue<DateTimeOffset>(4), reader.GetFieldValue<DateTimeOffset>(5)));
        }

        await reader.NextResultAsync(ct);
        var lastDecisions = await ReadAccessAsync(reader, ct);
        await reader.NextResultAsync(ct);
        return new(userId, active, memberships, grants, uses, lastDecisions, await ReadChangesAsync(reader, ct));
    }

    private static async IAsyncEnumerable<T> AllAsync<T>(
        Func<AuditPosition?, int, Task<List<T>>> page, Func<T, AuditPosition> position,
        [EnumeratorCancellation] CancellationToken ct)
    {
        AuditPosition? after = null;
        while (true)
        {
            var rows = await page(after, ExportPage);
            foreach (var row in rows)
            {
                ct.ThrowIfCancellationRequested();
                yield return row;
            }

            if (rows.Count < ExportPage) yield break;
            after = position(rows[^1]);
        }
    }

    private static Conditions Common(AuditFilter filter, AuditPosition? after)
    {
        var where = new Conditions();
        if (filter.TenantId == 0) where.Add("l.tenant_id_fk is null");
        else where.Add("l.tenant_id_fk =", filter.TenantId);
        where.Add("l.actor =", filter.Actor);
        where.Add("l.occurred_at >=", filter.From?.ToUniversalTime());
        where.Add("l.occurred_at <", filter.To?.ToUniversalTime());
        where.Before(after);
        return where;
    }

    private static async Task<List<AccessLogResponse>> ReadAccessAsync(NpgsqlDataReader reader, CancellationToken ct)
    {
        List<AccessLogResponse> rows = [];
        while (await reader.ReadAsync(ct))
        {
            rows.Add(new(
                reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetFieldValue<DateTimeOffset>(3),
                reader.GetString(4), reader.GetFieldValue<long?>(5), reader.GetString(6), reader.Text(7),
                reader.GetBoolean(8), reader.GetFieldValue<int?>(9), reader.Text(10), reader.GetString(11),
                reader.Text(12), reader.Text(13), reader.Text(14)));
        }

        return rows;
    }

    private static async Task<List<AuditEntryResponse>> ReadChangesAsync(NpgsqlDataReader reader, CancellationToken ct)
    {
        List<AuditEntryResponse> rows = [];
        while (await reader.ReadAsync(ct))
        {
            rows.Add(new(
                reader.GetInt64(0), reader.GetFieldValue<long?>(1), reader.GetInt64(2),
                reader.GetFieldValue<DateTimeOffset>(3), reader.GetString(4), reader.Text(5), reader.GetString(6),
                reader.GetString(7), reader.GetFieldValue<long?>(8), reader.GetFieldValue<JsonElement?>(9),
                reader.GetFieldValue<JsonElement?>(10), reader.GetString(11), reader.Text(12), reader.Text(13),
                reader.Text(14)));
        }

        return rows;
    }

    /// <summary>The statement has only the requested filters, so that the planner sees which index serves it.</summary>
    private sealed class Conditions
    {
        private readonly List<string> _conditions = [];
        private readonly List<object> _values = [];

        public void Add(string condition) => _conditions.Add(condition);

        public void Add(string comparison, object? value)
        {
            if (value is null) return;

            _values.Add(value);
            _conditions.Add($"{comparison} ${_values.Count}");
        }

        public void Before(AuditPosition? position)
        {
            if (position is not { } at) return;

            _values.Add(at.At);
            _values.Add(at.Id);
            _conditions.Add($"(l.occurred_at, l.id) < (${_values.Count - 1}, ${_values.Count})");
        }

        public NpgsqlBatchCommand Select(string columns, string table, int limit)
        {
            var where = _conditions.Count == 0 ? "" : $"where {string.Join(" and ", _conditions)}";
            return TenantSql.Statement(
                $"select {columns} from {table} l {where} order by l.occurred_at desc, l.id desc limit {limit}",
                [.. _values]);
        }
    }
}

file static class Columns
{
    extension(NpgsqlDataReader reader)
    {
        public string? Text(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
    }
}
