using Platform.Tests.Licensing;
using Platform.Tests.Support;

namespace Platform.Tests.Http;

/// <summary>Tenants for tests that walk all lists.</summary>
internal static class FilledTenants
{
    /// <summary>A tenant with three rows or more in each of its lists.</summary>
    public static async Task<TestTenant> NewFilledTenantAsync(this PlatformFixture platform)
    {
        var tenant = await platform.NewTenantAsync();
        foreach (var application in (string[])["tq", "pm", "billing"])
        {
            await platform.LicenseAsync(tenant, application: application);
            await tenant.GrantedAsync(tenant.UserId, application);
        }

        foreach (var member in await platform.MembersAsync(tenant, 3)) await tenant.GrantedAsync(member);
        await platform.ExecutePlatformAsync($"""
            insert into tenant_addresses (tenant_id_fk, type, line1, city, country, is_primary)
            select {tenant.Id}, 'HQ', n, 'Lisboa', 'PT', n = 1 from generate_series(1, 3) n;
            insert into tenant_contacts (tenant_id_fk, type, name, email, is_primary)
            select {tenant.Id}, 'TECH', 'Ada', 'ada@example.com', n = 1 from generate_series(1, 3) n;
            insert into invitations (tenant_id_fk, email, name, locale, user_type_id_fk, expires_at)
            select {tenant.Id}, n || '@{tenant.Slug}.example', n, 'en', 1, '2026-03-05T09:00Z' from generate_series(1, 2) n;
            insert into service_accounts (tenant_id_fk, name) select {tenant.Id}, n from generate_series(1, 2) n;
            insert into api_keys (tenant_id_fk, service_account_id_fk, hash, prefix, scopes)
            select {tenant.Id}, {tenant.ServiceAccountId}, sha256(('{tenant.Id} ' || n)::bytea), 'plk_', '{"{scim}"}'
            from generate_series(1, 2) n;
            """);
        await tenant.ExecuteAsync($"""
            insert into platform.webhook_endpoints (tenant_id, url, secret)
            select {tenant.Id}, 'https://hooks.invalid/', 'whsec_AAAA' from generate_series(1, 2);
            insert into platform.webhook_deliveries
                (tenant_id, endpoint_id, event_id, event_type, aggregate_type, aggregate_id, occurred_at, data)
            select {tenant.Id}, {tenant.WebhookId}, gen_random_uuid(), 'webhook.test', 'test', 1, now(), '{"{}"}'
            from generate_series(1, 2);
            insert into categories (name) select n from generate_series(1, 2) n;
            insert into resources (id, category_id, name) select n, {tenant.CategoryId}, n from generate_series(1, 2) n;
            insert into outside_calendars (resource_id, kind, name, shown_url, secret)
            select 1, 'ics', n, 'https://calendars.invalid/…', '' from generate_series(1, 3) n;
            insert into schedule_overrides (resource_id, date, start_minutes, end_minutes)
            select 1, date '2026-12-27' - n, array[540], array[600] from generate_series(1, 3) n;
            insert into services (name, durations_minutes, public) select n, '{"{60}"}', true from generate_series(1, 2) n;
            insert into blackouts (during) select '[2026-12-24,2026-12-25)' from generate_series(1, 3);
            insert into custom_fields (applies_to, key, label, type) select 'client', 'field' || n, n, 'text' from generate_series(1, 3) n;
            -- Two groups of duplicates begin with the first, by phone and by name; one with the fourth.
            insert into clients (id, name, locale, phone) values
                (1, 'Ada', 'en', '+351210000001'), (2, 'Ada', 'en', '+351210000001'), (3, 'Ada', 'en', null),
                (4, 'Bob', 'en', '+351210000002'), (5, 'Bobby', 'en', '+351210000002');
            insert into bookings (id, uid, service_id, client_id, start_at, end_at, time_zone, status, before_buffer_minutes,
                after_buffer_minutes, version, created_at, updated_at)
            select n, n, {tenant.ServiceId}, 1, day, day + interval '1 hour', 'Etc/UTC', 'confirmed', 0, 0, 1, now(), now()
            from unnest(array[3, 1, 2, 3]) with ordinality as starts (start, n)
            cross join lateral (select timestamptz '2026-03-02T09:00Z' + start * interval '1 day' as day) days;
            insert into booking_events (booking_id, version, event_type, occurred_at, actor)
            select 1, n, 'booking.updated', now(), 'system' from generate_series(1, 3) n;
            insert into series (uid, service_id, start_local, rule_start, time_zone, duration_minutes, rrule, status)
            select n, {tenant.ServiceId}, '2026-03-02', '2026-03-02', 'Etc/UTC', 60, 'FREQ=DAILY', 'active' from generate_series(1, 3) n;
            insert into waitlist_entries (service_id, client_id, wanted, time_zone, status)
            select {tenant.ServiceId}, n, '[2026-03-03,2026-03-04)', 'Etc/UTC', 'waiting' from generate_series(1, 3) n;
            """);
        return tenant;
    }
}
