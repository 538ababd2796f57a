using Npgsql;
using Platform.Contracts.Licensing;
using Platform.Core.Storage;
using Platform.Core.Tenants;

namespace Platform.Core.Licensing;

/// <summary>A page of grants by id.</summary>
/// <param name="Skip">So many are left out.</param>
/// <param name="After">The number of the last one that is known already.</param>
/// <param name="WithTotal">Whether to count how many there are in all.</param>
public sealed record GrantPage(int Count, int Skip = 0, long After = 0, bool WithTotal = false);

/// <summary>Which grants; null is any.</summary>
/// <param name="Application">Slug.</param>
/// <param name="UserType">Slug: of the user when the grant was made.</param>
/// <param name="Currency">Of the price at that time.</param>
public sealed record GrantFilter(
    long? TenantId, string? Application, long? UserId, bool? Active, string? UserType = null, string? Currency = null);

/// <summary>Who may use what in a tenant. One round trip a question.</summary>
public sealed class EntitlementQuery(PlatformSql sql, TimeProvider clock)
{
    /// <summary>
    /// What an answer may hold of each application; a caller that needs all reads its grants in pages.
    /// </summary>
    public const int MaxUsers = 1_000;

    /// <param name="withUsers">
    /// Whether to list the users who have the seats: of each application the first <see cref="MaxUsers"/>.
    /// </param>
    /// <returns>Null if the tenant does not exist.</returns>
    public async Task<IReadOnlyList<EntitlementResponse>?> OfTenantAsync(long tenantId, bool withUsers, CancellationToken ct)
    {
        var now = clock.Now;
        await using var reader = await sql.ReadAsync(
            Scope.Tenant(tenantId),
            [
                TenantSql.Statement("select 1 from tenants where id = $1", tenantId),
                TenantSql.Statement(
                    """
                    select a.slug, a.name, l.id, l.status, l.activated_at, l.trial_ends_at, l.expires_at, l.user_limit,
                        l.seats_used, l.version
                    from tenant_applications l join applications a on a.id = l.application_id_fk
                    where l.tenant_id_fk = $1
                    order by a.slug
                    """,
                    tenantId),
                TenantSql.Statement(
                    $"""
                    select a.slug, g.*
                    from tenant_applications l
                    join applications a on a.id = l.application_id_fk
                    cross join lateral (
                        select u.id as user_id, u.name, u.email, coalesce(g.role_in_app, ut.slug), u.active and m.active,
                            g.granted_at, g.id
                        from user_application_access g
                        join users u on u.id = g.user_id_fk
                        join memberships m on m.tenant_id_fk = g.tenant_id_fk and m.user_id_fk = u.id
                        join user_types ut on ut.id = m.user_type_id_fk
                        where g.tenant_id_fk = $1 and g.application_id_fk = a.id and g.active
                        order by u.name, u.id
                        limit {MaxUsers}) g
                    where $2 and l.tenant_id_fk = $1
                    order by g.name, g.user_id
                    """,
                    tenantId, withUsers),
            ],
            ct);
        if (!await reader.ReadAsync(ct)) return null;

        await reader.NextResultAsync(ct);
        List<(string Application, string Name, LicenseTerms Terms)> licenses = [];
        while (await reader.ReadAsync(ct))
        {
            licenses.Add((reader.GetString(0), reader.GetString(1), AccessQuery.ReadTerms(reader, 2)!));
        }

        await reader.NextResultAsync(ct);
        var users = withUsers ? await ReadUsersAsync(reader, ct) : null;
        return
        [
            .. licenses.Select(l => new EntitlementResponse(
                l.Terms.Id, l.Application, l.Name, LicenseRules.StatusAt(l.Terms, now), l.Terms.ActivatedAt,
                l.Terms.TrialEndsAt, l.Terms.ExpiresAt, l.Terms.UserLimit, l.Terms.SeatsUsed, l.Terms.Available,
                users is null ? null : [.. users[l.Application]])),
        ];
    }

    /// <summary>The applications that a member may use right now.</summary>
    public async Task<IReadOnlyList<MyApplication>> OfUserAsync(long tenantId, long userId, CancellationToken ct)
    {
        var now = clock.Now;
        await using var reader = await sql.ReadAsync(
            Scope.Tenant(tenantId),
            [
                TenantSql.Statement(
                    $"""
                    select a.slug, a.name, coalesce(g.role_in_app, ut.slug), r.hierarchy_level,
                        l.id, l.status, l.activated_at, l.trial_ends_at, l.expires_at, l.user_limit, l.seats_used, l.version,
                        t.status = '{TenantStatuses.Active}', u.active and m.active, a.launch_url
                    from user_application_access g
                    join applications a on a.id = g.application_id_fk and a.active
                    join tenant_applications l on l.tenant_id_fk = g.tenant_id_fk and l.application_id_fk = a.id
                    join tenants t on t.id = g.tenant_id_fk
                    join users u on u.id = g.user_id_fk
                    join memberships m on m.tenant_id_fk = t.id and m.user_id_fk = u.id
                    join user_types ut on ut.id = m.user_type_id_fk
                    join user_types r on r.slug = coalesce(g.role_in_app, ut.slug)
                    where g.tenant_id_fk = $1 and g.user_id_fk = $2 and g.active
                    order by a.slug
                    """,
                    tenantId, userId),
            ],
            ct);

        List<MyApplication> applications = [];
        while (await reader.ReadAsync(ct))
        {
            var inputs = new AccessInputs(
                ApplicationIsActive: true, reader.GetBoolean(12), AccessQuery.ReadTerms(reader, 4), reader.GetBoolean(13),
                HasGrant: true, reader.GetString(2), reader.GetInt32(3), MinimumLevel: null);
            if (AccessRules.Decide(inputs, now) is { Allowed: true } decision)
            {
                applications.Add(new(
                    reader.GetString(0), reader.GetString(1), reader.GetString(2), decision.ExpiresAt,
                    reader.GetValue(14) as string));
            }
        }

        return applications;
    }

    /// <param name="history">Whether to include revoked grants.</param>
    /// <returns>Null if the member does not exist.</returns>
    public Task<(IReadOnlyList<GrantResponse> Grants, long? Total)?> GrantsOfUserAsync(
        long tenantId, long userId, bool history, GrantPage page, CancellationToken ct) => GrantsAsync(
        Scope.Tenant(tenantId),
        TenantSql.Statement("select 1 from memberships where tenant_id_fk = $1 and user_id_fk = $2", tenantId, userId),
        """
        from user_application_access g join applications a on a.id = g.application_id_fk
        where g.tenant_id_fk = $1 and g.user_id_fk = $2 and (g.active or $3)
        """,
        [tenantId, userId, history],
        page,
        ct);

    /// <returns>Null if the application does not exist.</returns>
    public Task<(IReadOnlyList<GrantResponse> Grants, long? Total)?> GrantsOfApplicationAsync(
        long tenantId, string application, bool history, GrantPage page, CancellationToken ct) => GrantsAsync(
        Scope.Tenant(tenantId),
        TenantSql.Statement("select 1 from applications where slug = $1", application),
        """
        from applications a
        join user_application_access g on g.tenant_id_fk = $1 and g.application_id_fk = a.id
        where a.slug = $2 and (g.active or $3)
        """,
        [tenantId, application, history],
        page,
        ct);

    /// <summary>Of every tenant.</summary>
    public async Task<(IReadOnlyList<GrantResponse> Grants, long? Total)> GrantsOfAllAsync(
        GrantFilter filter, GrantPage page, CancellationToken ct) => await GrantsAsync(
        Scope.AllTenants,
        TenantSql.Statement("select 1"),
        """
        from user_application_access g join applications a on a.id = g.application_id_fk
        where ($1::bigint is null or g.tenant_id_fk = $1) and ($2::text is null or a.slug = $2)
            and ($3::bigint is null or g.user_id_fk = $3) and ($4::boolean is null or g.active = $4)
            and ($5::text is null or g.user_type_id_fk_snapshot = (select id from user_types where slug = $5))
            and ($6::text is null or g.currency_snapshot = $6)
        """,
        [filter.TenantId, filter.Application, filter.UserId, filter.Active, filter.UserType, filter.Currency],
        page,
        ct) ?? ([], null);

    /// <summary>In one round trip, also with a total.</summary>
    /// <param name="whose">Has a row if there is somebody, or something, to have grants.</param>
    /// <param name="of">Grants as <c>g</c>.</param>
    private async Task<(IReadOnlyList<GrantResponse> Grants, long? Total)?> GrantsAsync(
        Scope scope, NpgsqlBatchCommand whose, string of, object?[] values, GrantPage page, CancellationToken ct)
    {
        var n = values.Length;
        List<NpgsqlBatchCommand> statements =
        [
            whose,
            TenantSql.Statement(
                $"""
                select {GrantStatements.ColumnsOf("g")}
                {of} and g.id > ${n + 1}
                order by g.id
                offset ${n + 2} limit ${n + 3}
                """,
                [.. values, page.After, page.Skip, page.Count]),
        ];
        if (page.WithTotal) statements.Add(TenantSql.Statement($"select count(*) {of}", values));

        await using var reader = await sql.ReadAsync(scope, statements, ct);
        if (!await reader.ReadAsync(ct)) return null;

        await reader.NextResultAsync(ct);
        List<GrantResponse> grants = [];
        while (await reader.ReadAsync(ct)) grants.Add(GrantStatements.ReadGrant(reader, 0)!);
        if (!page.WithTotal) return (grants, null);

        await reader.NextResultAsync(ct);
        await reader.ReadAsync(ct);
        return (grants, reader.GetInt64(0));
    }

    private static async Task<ILookup<string, EntitledUser>> ReadUsersAsync(NpgsqlDataReader reader, CancellationToken ct)
    {
        List<(string Application, EntitledUser User)> users = [];
        while (await reader.ReadAsync(ct))
        {
            users.Add((reader.GetString(0), new(
                reader.GetInt64(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), reader.GetBoolean(5),
                reader.GetFieldValue<DateTimeOffset>(6), reader.GetInt64(7))));
        }

        return users.ToLookup(entry => entry.Application, entry => entry.User);
    }
}
