using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Platform.Contracts;
using Platform.Contracts.Clients;
using Platform.Core.Outbox;
using Platform.Tests.Bookings;
using Platform.Tests.Support;
using Platform.Tests.Tenants;

namespace Platform.Tests.Clients;

public sealed class EraseTests(PlatformFixture platform)
{
    private const string Secret = "unmistakable";

    [Fact]
    public async Task Erasing_removes_all_personal_data_and_keeps_the_history()
    {
        var tenant = await platform.NewTenantAsync();
        var id = await PastBookingAsync(tenant);
        Assert.NotEqual(0, await FindingsAsync(tenant));

        using var first = await tenant.EraseAsync(id);
        using var again = await tenant.EraseAsync(id);

        var erased = await first.DataAsync<ClientResponse>();
        Assert.Equal(("Erased", null, null, "{}"), (erased.Name, erased.Email, erased.Phone, erased.Metadata.GetRawText()));
        Assert.Equal(PlatformFixture.Monday9am, erased.ErasedAt);
        Assert.Equal(erased.Version, (await again.DataAsync<ClientResponse>()).Version);
        Assert.Equal(0, await FindingsAsync(tenant));
        using var bookings = await tenant.Client.GetAsync($"{ClientCalls.Clients}/{id}/bookings");
        Assert.Equal("Erased", (await bookings.DataAsync<List<JsonElement>>())[0].GetProperty("client").GetProperty("name").GetString());
        Assert.Equal(1, await tenant.QueryAsync(db => db.Outbox.CountAsync(
            m => m.TenantId == tenant.Id && m.EventType == "client.erased" && m.AggregateId == id)));
        using var list = await tenant.Client.GetAsync(ClientCalls.Clients);
        Assert.Empty(await list.DataAsync<List<ClientResponse>>());
    }

    [Fact]
    public async Task Erasing_keeps_actor_action_and_time_in_history()
    {
        var tenant = await platform.NewTenantAsync();
        var id = await PastBookingAsync(tenant);
        var before = await ChangesAsync(tenant, id);

        using var _ = await tenant.EraseAsync(id);

        var after = await ChangesAsync(tenant, id);
        Assert.Equal(
            before.Select(c => (c.Version, c.EventType, c.OccurredAt, c.Actor)),
            after.Select(c => (c.Version, c.EventType, c.OccurredAt, c.Actor)));
        Assert.Null(after[0].Before);
        Assert.Equal("Erased", after[0].After!.Value.GetProperty("clientName").GetString());
        Assert.Equal(JsonValueKind.Null, after[0].After!.Value.GetProperty("clientEmail").ValueKind);
        Assert.Equal(id, after[0].After!.Value.GetProperty("clientId").GetInt64());
    }

    [Theory]
    [InlineData("confirmed", null, 409)]
    [InlineData("pending", null, 409)]
    [InlineData("cancelled", null, 200)]
    [InlineData("held", "2026-03-02T09:01:00Z", 409)]
    [InlineData("held", "2026-03-02T09:00:00Z", 200)]
    public async Task A_client_with_a_future_booking_or_live_hold_is_not_erased(
        string status, string? heldUntil, int answer)
    {
        var tenant = await platform.NewTenantAsync();
        var booking = await tenant.BookedAsync(tenant.AtNoon());
        await tenant.ExecuteAsync(
            $"update bookings set status = '{status}', hold_expires_at = {(heldUntil is null ? "null" : $"'{heldUntil}'")}");

        using var response = await tenant.EraseAsync(booking.Client!.Id);

        Assert.Equal(answer, (int)response.StatusCode);
        if (answer == 409) Assert.Equal((409, Codes.HasFutureBookings), await response.ProblemAsync());
    }

    [Fact]
    public async Task Erase_with_stale_version_returns_412_and_an_erased_client_cannot_be_changed()
    {
        var tenant = await platform.NewTenantAsync();
        var client = await tenant.KnownAsync(new("Ada"));

        using var stale = await tenant.EraseAsync(client.Id, "\"9\"");
        using var erased = await tenant.EraseAsync(client.Id, "\"1\"");
        using var change = await tenant.SendAsync(
            HttpMethod.Patch, $"{ClientCalls.Clients}/{client.Id}", """{ "name": "Ada" }""");

        Assert.Equal((412, Codes.VersionMismatch), await stale.ProblemAsync());
        Assert.Equal(HttpStatusCode.OK, erased.StatusCode);
        Assert.Equal((409, Codes.ClientErased), await change.ProblemAsync());
    }

    [Fact]
    public async Task Erasing_a_client_also_erases_the_records_merged_into_them()
    {
        var tenant = await platform.NewTenantAsync();
        var client = await tenant.KnownAsync(new("Ada"));
        var other = await tenant.KnownAsync(new("Ada too"));
        using var _ = await tenant.MergeAsync(client.Id, other.Id);

        using var response = await tenant.EraseAsync(client.Id);

        Assert.Equal("Erased", (await tenant.ClientAsync(other.Id)).Name);
    }

    [Fact]
    public async Task A_client_is_not_booked_while_they_are_erased()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.ExecuteAsync("update resources set capacity = 100");

        for (var round = 0; round < 4; round++)
        {
            var client = await tenant.KnownAsync(new("Ada"));
            var booking = tenant.AtNoon() with { Client = null, ClientId = client.Id, Note = Secret };
            var calls = Enumerable.Range(0, 4).Select(_ => tenant.BookAsync(booking)).ToList();
            var erasing = tenant.EraseAsync(client.Id);
            var booked = await Task.WhenAll(calls.Append(tenant.BookAsync(booking)));
            using var erased = await erasing;

            Assert.All(booked, response => Assert.True((int)response.StatusCode is 201 or 404, response.ToString()));
            Assert.Equal(booked.Any(response => response.IsSuccessStatusCode) ? 409 : 200, (int)erased.StatusCode);
            Assert.Equal(0, await tenant.CountAsync(
                "select count(*) from bookings b join clients c on c.id = b.client_id where c.erased_at is not null"));
        }
    }

    [Fact]
    public async Task Erasing_also_erases_the_data_of_merged_records_and_ends_series()
    {
        var tenant = await platform.NewTenantAsync();
        var id = await PastBookingAsync(tenant);
        var stays = await tenant.KnownAsync(new("Stays"));
        using var series = await tenant.SendAsync("POST", "/series", $$"""
            { "serviceId": {{tenant.ServiceId}}, "clientId": {{id}}, "start": "2026-03-03T12:00:00Z", "rrule": "FREQ=WEEKLY", "note": "{{Secret}}" }
            """, key: "series-key");
        Assert.Equal(HttpStatusCode.Created, series.StatusCode);
        using var _ = await tenant.MergeAsync(stays.Id, id);
        await tenant.ExecuteAsync($"""
            update bookings set client_id = {id}, status = 'cancelled';
            update bookings set note = '{Secret}';
            """);

        using var erased = await tenant.EraseAsync(stays.Id);

        Assert.Equal(HttpStatusCode.OK, erased.StatusCode);
        Assert.Equal(0, await FindingsAsync(tenant));
        Assert.Equal("cancelled", (string?)await tenant.ValueAsync("select status from series"));
    }

    [Fact]
    public async Task An_export_holds_the_person_their_bookings_history_and_messages()
    {
        var tenant = await platform.NewTenantAsync();
        var id = await PastBookingAsync(tenant);

        using var response = await tenant.Client.GetAsync($"{ClientCalls.Clients}/{id}/export");

        var export = await response.DataAsync<ClientExport>();
        Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
        Assert.Equal(id, export.Client.Id);
        var booking = Assert.Single(export.Bookings);
        Assert.Equal(Secret, booking.Answers.GetProperty("allergies").GetString());
        Assert.Equal("booking.created", Assert.Single(booking.Changes).EventType);
        Assert.Equal(["booking.created", "booking.reminder"], export.Messages.Select(m => m.Kind));
        Assert.All(export.Messages, m => Assert.Equal($"{Secret}@example.com", m.Recipient));
        Assert.Single(export.Waitlist);
    }

    /// <summary>
    /// A booking that is over, of a person whose secret is in every place where the platform stores personal data.
    /// </summary>
    private static async Task<long> PastBookingAsync(TestTenant tenant)
    {
        using var known = await tenant.SendAsync(HttpMethod.Post, ClientCalls.Clients, $$"""
            { "name": "{{Secret}} Ada", "email": "{{Secret}}@example.com", "phone": "+442071234567", "metadata": { "x": "{{Secret}}" } }
            """, idempotencyKey: "client-key");
        var client = await known.DataAsync<ClientResponse>();
        using var booked = await tenant.BookAsync(
            tenant.AtNoon($"{Secret}@example.com") with { Note = Secret }, key: "a-key");
        Assert.Equal(HttpStatusCode.Created, booked.StatusCode);
        await tenant.ExecuteAsync($$"""
            update bookings set status = 'completed', start_at = start_at - interval '9 days',
                end_at = end_at - interval '9 days', cancel_reason = '{{Secret}}', answers = '{ "allergies": "{{Secret}}" }';
            insert into waitlist_entries (service_id, client_id, wanted, time_zone, status)
            values ({{tenant.ServiceId}}, {{client.Id}}, '[2026-01-01,2026-01-02)', 'Etc/UTC', 'waiting');
            insert into platform.event_log (position, event_id, event_type, event_version, tenant_id, aggregate_type,
                aggregate_id, aggregate_version, occurred_at, actor, data, stream, entry_id, published_at)
            select position, event_id, event_type, event_version, tenant_id, aggregate_type, aggregate_id,
                aggregate_version, occurred_at, actor, data, 's', '1-1', now()
            from platform.outbox_messages where tenant_id = {{tenant.Id}};
            insert into platform.notifications (tenant_id, event_id, kind, recipient, locale, subject, body, status, data)
            select tenant_id, event_id, event_type, '{{Secret}}@example.com', 'en', '{{Secret}}', '{{Secret}}', 'sent', data
            from platform.outbox_messages where tenant_id = {{tenant.Id}};
            insert into platform.notifications (tenant_id, event_id, kind, recipient, locale, topic, data, status)
            select tenant_id, gen_random_uuid(), 'booking.reminder', '{{Secret}}@example.com', 'en',
                tenant_id || ':booking:' || aggregate_id, data, 'sent'
            from platform.outbox_messages where tenant_id = {{tenant.Id}} and aggregate_type = 'booking';
            insert into platform.webhook_deliveries
                (id, tenant_id, endpoint_id, event_id, event_type, aggregate_type, aggregate_id, occurred_at, data)
            select {{tenant.WebhookId}} + 1, tenant_id, {{tenant.WebhookId}}, event_id, event_type, aggregate_type, aggregate_id, occurred_at, data
            from platform.outbox_messages where tenant_id = {{tenant.Id}} and aggregate_type = 'booking';
            insert into platform.webhook_attempts (delivery_id, attempted_at, url, latency_milliseconds, response_body)
            values ({{tenant.WebhookId}} + 1, now(), 'https://hooks.invalid/', 1, '{{Secret}}');
            """);
        return client.Id;
    }

    private static async Task<IReadOnlyList<ExportedChange>> ChangesAsync(TestTenant tenant, long id)
    {
        using var response = await tenant.Client.GetAsync($"{ClientCalls.Clients}/{id}/export");
        return (await response.DataAsync<ClientExport>()).Bookings[0].Changes;
    }

    /// <summary>The number of rows, in all tables with data of the tenant, that contain the secret.</summary>
    private Task<long> FindingsAsync(TestTenant tenant) => platform.TenantValueAsync<long>($"""
            select coalesce(sum((xpath('/row/n/text()', query_to_xml(format(
                'select count(*) as n from %I.%I t where t::text ilike ''%%{Secret}%%''%s', table_schema, table_name,
                case table_schema when 'platform' then ' and t.tenant_id = {tenant.Id}' else '' end), false, true, '')))[1]::text::bigint), 0)::bigint
            from information_schema.tables
            where table_schema = '{tenant.Schema}' or (table_schema = 'platform'
                and table_name in ('outbox_messages', 'event_log', 'notifications', 'webhook_deliveries'))
            """);
}
