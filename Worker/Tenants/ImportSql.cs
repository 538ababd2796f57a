namespace Platform.Worker.Tenants;

/// <summary>
/// What <see cref="ImportTenant"/> does with the lines of a file, once they are in <c>imported_lines </c>.
/// </summary>
internal static class ImportSql
{
    /// <summary>
    /// In tenantdb. platformdb has one for all, because only the owner of a database makes temporary tables.
    /// </summary>
    public const string TemporaryTable =
        "create temporary table imported_lines (place bigint generated always as identity, line json) on commit drop";

    public const string EmptyTemporaryTable = "truncate imported_lines";

    /// <summary>Leaves the lines of others alone; to truncate the table would wait for them.</summary>
    public const string EmptySharedTable = "delete from imported_lines";

    /// <summary>New rows get numbers behind all that are there; those below 1,000 are for seeds.</summary>
    public const string MoveSequences = """
        do $$
        declare
            c record;
            highest bigint;
        begin
            for c in
                select a.attrelid::regclass as named, a.attname,
                    pg_get_serial_sequence(a.attrelid::regclass::text, a.attname) as seq
                from pg_attribute a join pg_class t on t.oid = a.attrelid
                where t.relnamespace = current_schema()::regnamespace and t.relkind = 'r' and a.attidentity <> ''
            loop
                execute format('select coalesce(max(%I), 0) from %s', c.attname, c.named) into highest;
                perform setval(c.seq, greatest(highest, 999));
            end loop;
        end $$
        """;

    /// <summary>
    /// Disabled: their receivers know the secrets of the tenant that was exported. The secrets are written next.
    /// </summary>
    public const string Webhooks = """
        insert into platform.webhook_endpoints
            (tenant_id, url, description, event_types, enabled, disabled_reason, disabled_at, secret)
        select $1, r.url, r.description, coalesce(r.event_types, '{}'), false, 'manual', now(), ''
        from imported_lines l, json_populate_record(null::platform.webhook_endpoints, l.line) r order by l.place limit 50
        """;

    /// <summary>In the order in which they refer to one another. Other tables stay in the file only.</summary>
    public static readonly (string Table, string Sql)[] PlatformTables =
    [
        ("tenant_addresses", """
            insert into tenant_addresses (tenant_id_fk, type, line1, line2, city, region, postal_code, country,
                is_primary)
            select $1, r.type, r.line1, r.line2, r.city, r.region, r.postal_code, r.country, r.is_primary
            from imported_lines l, json_populate_record(null::tenant_addresses, l.line) r order by l.place
            """),
        ("tenant_contacts", """
            insert into tenant_contacts (tenant_id_fk, type, department, name, email, phone, is_primary)
            select $1, r.type, r.department, r.name, r.email, r.phone, r.is_primary
            from imported_lines l, json_populate_record(null::tenant_contacts, l.line) r order by l.place
            """),
        ("roles", """
            insert into roles (tenant_id_fk, slug, name, permissions)
            select $1, r.slug, r.name, r.permissions
            from imported_lines l, json_populate_record(null::roles, l.line) r order by l.place
            """),
        ("memberships", """
            insert into memberships (tenant_id_fk, user_id_fk, user_type_id_fk, active, kind, resource_id, client_id, metadata)
            select $1, u.id, t.id, (l.line ->> 'active')::boolean, coalesce(l.line ->> 'kind', 'member'),
                (l.line ->> 'resource_id')::bigint, (l.line ->> 'client_id')::bigint,
                coalesce((l.line ->> 'metadata')::jsonb, '{}')
            from imported_lines l join users u on lower(u.email) = lower(l.line ->> 'email')
            join user_types t on t.slug = l.line ->> 'user_type' order by l.place
            """),
        ("membership_roles", """
            insert into membership_roles (membership_id_fk, role_id_fk, tenant_id_fk)
            select m.id, r.id, $1
            from imported_lines l join users u on lower(u.email) = lower(l.line ->> 'email')
            join memberships m on m.user_id_fk = u.id and m.tenant_id_fk = $1
            join roles r on r.slug = l.line ->> 'role' and r.slug <> 'super_admin'
                and r.tenant_id_fk is not distinct from case when not (l.line ->> 'of_platform')::boolean then $1 end
            """),
        ("tenant_applications", """
            insert into tenant_applications (tenant_id_fk, application_id_fk, status, activated_at, expires_at,
                trial_ends_at, cancelled_at, user_limit, suspended_at)
            select $1, a.id, case r.status when 'cancelled' then 'cancelled' else 'suspended' end, r.activated_at,
                r.expires_at, r.trial_ends_at, r.cancelled_at, r.user_limit,
                case when r.status <> 'cancelled' then now() end
            from imported_lines l, json_populate_record(null::tenant_applications, l.line) r, applications a
            where a.slug = l.line ->> 'application' order by l.place
            """),
    ];

    public const string UnknownUsers = """
        select distinct l.line ->> 'email' from imported_lines l
        where l.line ->> 'email' is not null
            and not exists (select from users u where lower(u.email) = lower(l.line ->> 'email'))
        order by 1
        """;
}
