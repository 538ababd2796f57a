using Microsoft.EntityFrameworkCore;
using Platform.Contracts.Tenants;
using Platform.Core.Storage;

namespace Platform.Api.Migrations;

/// <summary>The demo tenants with their people, licenses and grants. In Development only.</summary>
internal static class DemoPlatformData
{
    /// <summary>Which applications a demo tenant has, by slug.</summary>
    private static readonly Dictionary<long, string[]> Licensed = new()
    {
        [DemoTenants.Clinic.Id] = ["scheduling", "tq", "pm"],
        [DemoTenants.Coworking.Id] = ["scheduling", "reports"],
    };

    public static async Task SeedAsync(PlatformDb db, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);

        await AddUserAsync(db, DemoTenants.Staff, ct);
        await AddUserAsync(db, DemoTenants.Viewer, ct);
        foreach (var tenant in DemoTenants.All)
        {
            await AddTenantAsync(db, tenant, ct);
            foreach (var user in tenant.Users) await AddMemberAsync(db, tenant, user, ct);
            foreach (var application in Licensed[tenant.Id]) await AddLicenseAsync(db, tenant, application, ct);
        }

        await transaction.CommitAsync(ct);
    }

    private static Task<int> AddTenantAsync(PlatformDb db, DemoTenant tenant, CancellationToken ct) =>
        db.Database.ExecuteSqlAsync(
            $"""
            insert into tenants (id, slug, name, time_zone, locale, currency, status, cell_id_fk)
            values ({tenant.Id}, {tenant.Slug}, {tenant.Name}, {tenant.TimeZone}, {tenant.Locale}, {tenant.Currency},
                'provisioning', 1)
            on conflict do nothing
            """,
            ct);

    private static Task<int> AddUserAsync(PlatformDb db, DemoUser user, CancellationToken ct) =>
        db.Database.ExecuteSqlAsync(
            $"""
            insert into users (id, name, email, locale) values ({user.Id}, {user.Name}, {user.Email}, {user.Locale})
            on conflict do nothing
            """,
            ct);

    private static async Task AddMemberAsync(PlatformDb db, DemoTenant tenant, DemoUser user, CancellationToken ct)
    {
        await AddUserAsync(db, user, ct);
        await db.Database.ExecuteSqlAsync(
            $"""
            insert into memberships (id, tenant_id_fk, user_id_fk, user_type_id_fk)
            select {user.Id}, {tenant.Id}, {user.Id}, id from user_types where slug = {user.UserType}
            on conflict do nothing;

            insert into membership_roles (membership_id_fk, role_id_fk, tenant_id_fk)
            select {user.Id}, id, {tenant.Id} from roles where slug = {user.Role} and tenant_id_fk is null
            on conflict do nothing;
            """,
            ct);
    }

    /// <summary>
    /// Ten seats, one of them taken by every user of the tenant, at the price of the day; with the events that consumers
    /// count them by.
    /// </summary>
    private static Task<int> AddLicenseAsync(PlatformDb db, DemoTenant tenant, string application, CancellationToken ct) =>
        db.Database.ExecuteSqlAsync(
            $"""
            with license as (
                insert into tenant_applications
                    (id, tenant_id_fk, application_id_fk, status, activated_at, user_limit, seats_used)
                select {tenant.Id} * 10 + id, {tenant.Id}, id, 'active', now(), 10, {tenant.Users.Count}
                from applications where slug = {application}
                on conflict do nothing
                returning *),
            seat as (
                insert into user_application_access (id, tenant_id_fk, user_id_fk, application_id_fk, granted_at,
                    price_snapshot, currency_snapshot, user_type_id_fk_snapshot, granted_cycle, pricing_id_fk_snapshot)
                select m.user_id_fk * 10 + l.application_id_fk, m.tenant_id_fk, m.user_id_fk, l.application_id_fk, now(),
                    p.price, p.currency, m.user_type_id_fk, p.billing_cycle, p.id
                from license l
                join memberships m on m.tenant_id_fk = l.tenant_id_fk
                left join application_pricing p on p.application_id_fk = l.application_id_fk
                    and p.user_type_id_fk = m.user_type_id_fk and p.currency = 'BRL' and p.active
                    and p.valid_from <= now() and (p.valid_to is null or p.valid_to > now())
                returning *),
            event as (
                select 'license' as kind, l.id, l.version, l.activated_at as happened_at, jsonb_build_object(
                    'licenseId', l.id, 'application', {application}, 'status', l.status, 'activatedAt', l.activated_at,
                    'userLimit', l.user_limit) as data
                from license l
                union all
                select 'grant', s.id, s.version, s.granted_at, jsonb_build_object(
                    'grantId', s.id, 'userId', s.user_id_fk, 'application', {application}, 'price', s.price_snapshot,
                    'currency', s.currency_snapshot, 'userType', t.slug, 'billingCycle', s.granted_cycle,
                    'grantedAt', s.granted_at)
                from seat s join user_types t on t.id = s.user_type_id_fk_snapshot)
            insert into platform.outbox_messages (event_id, event_type, event_version, tenant_id, aggregate_type, aggregate_id,
                aggregate_version, occurred_at, actor, data)
            select gen_random_uuid(), kind || '.created', 1, {tenant.Id}, kind, id, version, happened_at, 'system',
                jsonb_build_object(kind, data)
            from event order by kind desc
            """,
            ct);
}
