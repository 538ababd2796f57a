using Npgsql;
using NpgsqlTypes;
using Platform.Contracts.Licensing;
using Platform.Core.Storage;
using Platform.Core.Tenants;

namespace Platform.Core.Licensing;

/// <summary>
/// The statements that read and write grants. Writers take locks in this order, so that two never wait for each
/// other: the tenant, the application's prices (<see cref="PriceLock"/>), the license, grants, the head of the audit
/// chain. A tenant's row is shared: it keeps its status, and its members what they are.
/// </summary>
internal static class GrantStatements
{
    /// <summary>With what a write is ended that rests on inputs which are no longer true.</summary>
    public const string Changed = "CHANGED";

    private const string Columns = """
        {0}.id, {0}.tenant_id_fk, {0}.user_id_fk, a.slug, {0}.role_in_app, {0}.active, {0}.granted_at, {0}.revoked_at,
        {0}.price_snapshot, {0}.currency_snapshot, (select slug from user_types where id = {0}.user_type_id_fk_snapshot),
        {0}.granted_cycle, {0}.version, {0}.direct,
        {0}.created_by, {0}.updated_at, {0}.updated_by
        """;

    private const int ColumnCount = 17;

    /// <summary>The columns of <see cref="ReadGrant"/>, where applications are <c>a</c>.</summary>
    public static string ColumnsOf(string alias) => Columns.Replace("{0}", alias, StringComparison.Ordinal);

    public static GrantResponse? ReadGrant(NpgsqlDataReader reader, int column) => reader.IsDBNull(column)
        ? null
        : new(
            reader.GetInt64(column),
            reader.GetInt64(column + 1),
            reader.GetInt64(column + 2),
            reader.GetString(column + 3),
            reader.Text(column + 4),
            reader.GetBoolean(column + 5),
            reader.GetFieldValue<DateTimeOffset>(column + 6),
            reader.Value<DateTimeOffset>(column + 7),
            reader.Value<decimal>(column + 8),
            reader.Text(column + 9),
            reader.Text(column + 10),
            reader.Text(column + 11),
            reader.GetInt64(column + 12),
            reader.GetBoolean(column + 13),
            reader.Text(column + 14),
            reader.GetFieldValue<DateTimeOffset>(column + 15),
            reader.Text(column + 16));

    /// <summary>What <see cref="ReadInputsAsync"/> reads, with numbers for as many grants as there may be.</summary>
    public static NpgsqlBatchCommand[] FindInputs(
        long tenantId, string application, RequestedGrants requested, DateTimeOffset now) =>
    [
        FindLicense(tenantId, application, requested.Role),
        FindTargets(tenantId, application, requested.UserIds, now),
        TenantSql.Statement(
            "select nextval('user_application_access_id_seq') from generate_series(1, $1)", requested.UserIds.Count),
    ];

    /// <returns>No inputs where tenant or application does not exist; ids for as many grants as there may be.</returns>
    public static async Task<(GrantInputs? Inputs, IReadOnlyList<long> Ids)> ReadInputsAsync(
        NpgsqlDataReader reader, long tenantId, CancellationToken ct)
    {
        if (!await reader.ReadAsync(ct)) return (null, []);

        Dictionary<long, GrantTarget> targets = [];
        var inputs = new GrantInputs(
            tenantId, reader.GetInt64(0), reader.GetString(1), reader.GetBoolean(2), AccessQuery.ReadTerms(reader, 4),
            reader.GetBoolean(3), reader.GetString(12), targets);

        await reader.NextResultAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            var target = ReadTarget(reader);
            targets[target.UserId] = target;
        }

        await reader.NextResultAsync(ct);
        List<long> ids = [];
        while (await reader.ReadAsync(ct)) ids.Add(reader.GetInt64(0));

        return (inputs, ids);
    }

    /// <summary>
    /// Application, license, and whether the role exists; no row where tenant or application does not.
    /// </summary>
    private static NpgsqlBatchCommand FindLicense(long tenantId, string application, string? role) => TenantSql.Statement(
        """
        select a.id, a.slug, a.active, $3::text is null or exists (select from user_types where slug = $3::text),
            l.id, l.status, l.activated_at, l.trial_ends_at, l.expires_at, l.user_limit, l.seats_used, l.version, t.status
        from applications a
        join tenants t on t.id = $1
        left join tenant_applications l on l.tenant_id_fk = t.id and l.application_id_fk = a.id
        where a.slug = $2
        """,
        tenantId, application, role);

    /// <summary>
    /// The users with price and grants. Of several currencies the tenant's own counts, then BRL, then the first by
    /// name.
    /// </summary>
    private static NpgsqlBatchCommand FindTargets(
        long tenantId, string application, IReadOnlyList<long> userIds, DateTimeOffset now) => TenantSql.Statement(
        $"""
        select m.user_id_fk, m.active and u.active, ut.id, ut.slug, p.id, p.price, p.currency, p.billing_cycle, p.version,
            array({GroupStatements.Ways} order by 1), {ColumnsOf("g")}, {ColumnsOf("r")}
        from memberships m
        join users u on u.id = m.user_id_fk
        join user_types ut on ut.id = m.user_type_id_fk
        join tenants t on t.id = m.tenant_id_fk
        join applications a on a.slug = $2
        left join lateral (
            select * from application_pricing p
            where p.application_id_fk = a.id and p.user_type_id_fk = ut.id and p.active and p.valid_from <= $4
                and (p.valid_to is null or p.valid_to > $4)
            order by p.currency = t.currency desc, p.currency = 'BRL' desc, p.currency
            limit 1) p on true
        left join user_application_access g on g.tenant_id_fk = t.id and g.user_id_fk = u.id
            and g.application_id_fk = a.id and g.active
        left join lateral (
            select * from user_application_access r
            where r.tenant_id_fk = t.id and r.user_id_fk = u.id and r.application_id_fk = a.id and not r.active
            order by r.id desc
            limit 1) r on true
        where m.tenant_id_fk = $1 and m.user_id_fk = any($3)
        """,
        tenantId, application, userIds.ToArray(), now);

    private static GrantTarget ReadTarget(NpgsqlDataReader reader) => new(
        reader.GetInt64(0),
        reader.GetBoolean(1),
        reader.GetInt64(2),
        reader.GetString(3),
        reader.IsDBNull(4)
            ? null
            : new(
                reader.GetInt64(4), reader.GetDecimal(5), reader.GetString(6), reader.GetString(7), reader.GetInt64(8)),
        reader.GetFieldValue<long[]>(9),
        ReadGrant(reader, 10),
        ReadGrant(reader, 10 + ColumnCount));

    /// <summary>
    /// The gate: takes the seats if they are there and the license is still the one that was read. One conditional
    /// update holds at every isolation level; counting rows would not. From here on the tenant keeps its status, and
    /// prices stay: the next statement sees those that were changed just before.
    /// </summary>
    public static NpgsqlBatchCommand TakeSeats(GrantInputs inputs, int count) => TenantSql.Statement(
        $"""
        with tenant as materialized (
            select id from tenants where id = $4 and status not in {TenantStatuses.Leaving} for share),
        prices as materialized (
            select {PriceLock.Share("$5")} from tenant),
        taken as (
            update tenant_applications l set seats_used = seats_used + $3
            where id = $1 and version = $2 and (user_limit is null or seats_used + $3 <= user_limit)
                and exists (select from prices)
                and exists (select from applications a where a.id = l.application_id_fk and a.active)
            returning 1)
        select case when exists (select from taken) then true else platform.refuse('{Changed}') end
        """,
        inputs.License!.Id, inputs.License.Version, count, inputs.TenantId, inputs.ApplicationId);

    /// <summary>
    /// The rows, each for a user who is still what was read, at a price that is still in force and the same.
    /// </summary>
    public static NpgsqlBatchCommand Insert(
        GrantInputs inputs, IReadOnlyList<FreshGrant> grants, DateTimeOffset now, string actor) =>
        TenantSql.Statement(
            $"""
            with added as (
                insert into user_application_access (id, tenant_id_fk, user_id_fk, application_id_fk, role_in_app,
                    granted_at, price_snapshot, currency_snapshot, user_type_id_fk_snapshot, granted_cycle,
                    pricing_id_fk_snapshot, direct, created_at, updated_at, created_by, updated_by)
                select w.id, $1, w.user_id, $2, w.role, $3, p.price, p.currency, m.user_type_id_fk, p.billing_cycle, p.id,
                    $12, $3, $3, $4, $4
                from unnest($5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[], $10::text[])
                    as w (id, user_id, user_type, price, price_version, role)
                join memberships m on m.tenant_id_fk = $1 and m.user_id_fk = w.user_id and m.active
                    and m.user_type_id_fk = w.user_type
                join users u on u.id = w.user_id and u.active
                join application_pricing p on p.id = w.price and p.version = w.price_version and p.active
                    and p.valid_from <= $3 and (p.valid_to is null or p.valid_to > $3)
                returning 1)
            select case when (select count(*) from added) = $11 then true else platform.refuse('{Changed}') end
            """,
            inputs.TenantId, inputs.ApplicationId, now, actor,
            grants.Select(g => g.Grant.Id).ToArray(),
            grants.Select(g => g.Grant.UserId).ToArray(),
            grants.Select(g => g.Target.UserTypeId).ToArray(),
            grants.Select(g => g.Target.Price!.Id).ToArray(),
            grants.Select(g => g.Target.Price!.Version).ToArray(),
            new NpgsqlParameter
            {
                NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text,
                Value = grants.Select(g => g.Grant.Role).ToArray(),
            },
            (long)grants.Count,
            grants[0].Grant.Direct);

    /// <summary>All that grants rest on, for transactions that read it and write afterwards.</summary>
    public static NpgsqlBatchCommand[] Lock(long tenantId, IReadOnlyList<string> applications) =>
    [
        LockTenant(tenantId),
        TenantSql.Statement(
            $"""
            select {PriceLock.Share("a.id")}
            from (select id from applications where slug = any($1) order by id) a
            """,
            new NpgsqlParameter { Value = applications.ToArray() }),
        LockLicenses(tenantId),
    ];

    /// <summary>Shared: groups and members of the tenant stay what they are.</summary>
    public static NpgsqlBatchCommand LockTenant(long tenantId) =>
        TenantSql.Statement("select from tenants where id = $1 for share", tenantId);

    public static NpgsqlBatchCommand LockLicense(long tenantId, string application) => TenantSql.Statement(
        """
        select from tenant_applications
        where tenant_id_fk = $1 and application_id_fk = (select id from applications where slug = $2)
        for no key update
        """,
        tenantId, application);

    /// <summary>All of a tenant's licenses: nobody is given a seat there until the transaction ends.</summary>
    public static NpgsqlBatchCommand LockLicenses(long tenantId) => TenantSql.Statement(
        "select from tenant_applications where tenant_id_fk = $1 order by id for no key update", tenantId);

    /// <summary>The active grants of a user, for <see cref="ReadGrant"/>.</summary>
    public static NpgsqlBatchCommand FindGrants(long tenantId, long userId) => TenantSql.Statement(
        $"""
        select {ColumnsOf("g")}
        from user_application_access g join applications a on a.id = g.application_id_fk
        where g.tenant_id_fk = $1 and g.user_id_fk = $2 and g.active
        order by g.id
        """,
        tenantId, userId);

    /// <summary>
    /// The gate's twin: one seat is free for the one row that ends, and for no other. (A counter that was wrong already
    /// does not block this; reconciling repairs it.)
    /// </summary>
    public static NpgsqlBatchCommand Revoke(GrantResponse grant, DateTimeOffset at, string actor) => TenantSql.Statement(
        $"""
        with revoked as (
            update user_application_access set active = false, revoked_at = $3, updated_at = $3, updated_by = $4
            where id = $1 and version = $2 and active
            returning tenant_id_fk, application_id_fk),
        released as (
            update tenant_applications l set seats_used = greatest(l.seats_used - 1, 0)
            from revoked r where l.tenant_id_fk = r.tenant_id_fk and l.application_id_fk = r.application_id_fk)
        select case when exists (select from revoked) then true else platform.refuse('{Changed}') end
        """,
        grant.Id, grant.Version, at, actor);

    public static NpgsqlBatchCommand ChangeRole(GrantResponse grant, GrantResponse changed) => TenantSql.Statement(
        $"""
        with changed as (
            update user_application_access set role_in_app = $3, updated_at = $4, updated_by = $5
            where id = $1 and version = $2 and active
            returning 1)
        select case when exists (select from changed) then true else platform.refuse('{Changed}') end
        """,
        grant.Id, grant.Version, changed.Role, changed.UpdatedAt, changed.UpdatedBy);
}
