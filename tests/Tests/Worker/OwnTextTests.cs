using System.Text.Json;
using Platform.Contracts.Events;
using Platform.Contracts.Messages;
using Platform.Core.Bookings;
using Platform.Worker;
using Platform.Worker.Notifications;

namespace Platform.Tests.Worker;

/// <summary>Mails in the words of a tenant, sent to a real mail server.</summary>
public sealed class OwnTextTests
{
    private const string Key = "a key that only the tests have, long enough";

    private const string Tables =
        """
        insert into public.tenants (id, slug, name, time_zone, locale, currency, status, branding, labels, booking_page)
        values (7, 'aurora', 'Aurora', 'Europe/Lisbon', 'en', 'EUR', 'active',
            '{ "primaryColor": "#336699", "logoUrl": "https://cdn.example/logo.png" }',
            '{ "booking": { "singular": "Visit", "plural": "Visits" } }', '{ "legalName": "Aurora Ltda" }');
        create schema tenant_7;
        create table tenant_7.bookings (id bigint, status text, start_at timestamptz, end_at timestamptz);
        create table tenant_7.message_templates (kind text, locale text, subject text, text text);
        insert into tenant_7.bookings
        select n, case when n = 2 then 'cancelled' else 'confirmed' end, '2026-11-23 17:00Z', '2026-11-23 18:00Z'
        from generate_series(1, 3) n;
        insert into tenant_7.message_templates values
            ('booking.confirmed', 'en', 'See you, {{ name }}', 'Own words for {{ booking_label }}. {{ manage_url }}'),
            ('booking.confirmed', 'pt-BR', 'Até logo', '{{ links }}'),
            ('booking.cancelled', 'en', 'Broken', 'From before a rule: {{ unknown }}');
        grant usage on schema tenant_7 to platform_app;
        grant select on all tables in schema tenant_7 to platform_app
        """;

    [Fact]
    public async Task Own_texts_are_sent_and_those_that_cannot_be_used_give_way_to_the_default()
    {
        await using var world = await WorkerWorld.CreateAsync();
        await using var mail = new MailServer();
        await world.ExecuteAsync(Tables);
        await world.StartAsync(
            builder => builder.AddMail(),
            ("Mail:Url", mail.Url), ("ManageLinks:Key", Key), ("ManageLinks:Api", "https://api.example"),
            ("ManageLinks:Pages", "https://hub.example"));

        await QueueAsync(world, 1, new BookingMail(MessageKinds.Confirmed, Booking(1, "confirmed")));
        await QueueAsync(world, 2, new BookingMail(MessageKinds.Cancelled, Booking(2, "cancelled"), "Ill"));
        await QueueAsync(world, 3, new TestMessage(MessageKinds.Reminder, "pt-BR", null), TestMessage.MailKind);

        await Eventually.EqualAsync(3L, () => world.CountAsync("platform.notifications where status = 'sent'"));
        var mails = mail.Mails.ToDictionary(m => m.To.Mailboxes.Single().Address[..7]);
        var (own, fallback, test) = (mails["client1"], mails["client2"], mails["client3"]);
        Assert.Equal("See you, Client 1", own.Subject);
        Assert.StartsWith("Own words for visit. https://hub.example/aurora/manage/", own.TextBody, StringComparison.Ordinal);
        Assert.Contains("https://cdn.example/logo.png", own.HtmlBody, StringComparison.Ordinal);
        Assert.Contains("#336699", own.HtmlBody, StringComparison.Ordinal);
        Assert.Contains("Aurora Ltda", own.HtmlBody, StringComparison.Ordinal);
        Assert.Contains("href=\"https://hub.example/aurora/manage/", own.HtmlBody, StringComparison.Ordinal);
        Assert.Contains(own.BodyParts, part => part.ContentType.IsMimeType("text", "calendar"));

        Assert.Equal("Your visit is cancelled: Checkup", fallback.Subject);
        Assert.Contains("Reason: Ill", fallback.TextBody, StringComparison.Ordinal);
        Assert.Contains("See what was booked: https://hub.example/aurora/manage/", fallback.TextBody, StringComparison.Ordinal);
        Assert.DoesNotContain("calendar.ics", fallback.TextBody, StringComparison.Ordinal);

        Assert.Equal("Lembrete de visit: Consulta", test.Subject);
        Assert.Contains("https://example.com/reminders", test.TextBody, StringComparison.Ordinal);
        Assert.Single(test.BodyParts, part => part.ContentType.IsMimeType("text", "plain"));
    }

    [Fact]
    public async Task Joining_the_waitlist_and_a_disabled_webhook_send_mails_while_they_are_true()
    {
        await using var world = await WorkerWorld.CreateAsync();
        await using var mail = new MailServer();
        await world.ExecuteAsync(Tables);
        await world.ExecuteAsync(
            """
            create table tenant_7.waitlist_entries (id bigint, status text);
            insert into tenant_7.waitlist_entries values (1, 'waiting'), (2, 'cancelled');
            insert into tenant_7.message_templates values ('waitlist.joined', 'en', 'Waiting, {{ name }}', '{{ waitlist_url }}');
            create table public.users (id bigint, name text, email text, locale text, active boolean default true);
            create table public.user_types (id bigint, slug text);
            create table public.memberships (
                id bigint, tenant_id_fk bigint, user_id_fk bigint, user_type_id_fk bigint, kind text default 'member',
                active boolean default true);
            create table public.roles (id bigint, permissions text[]);
            create table public.membership_roles (membership_id_fk bigint, role_id_fk bigint);
            insert into public.user_types values (1, 'user'), (3, 'admin');
            insert into public.users select n, 'Admin ' || n, 'admin' || n || '@example.org', 'pt-BR' from generate_series(1, 4) n;
            insert into public.memberships (id, tenant_id_fk, user_id_fk, user_type_id_fk)
            values (1, 7, 1, 3), (2, 7, 2, 1), (3, 7, 3, 1), (4, 8, 4, 3);
            insert into public.roles values (1, '{webhooks.manage}');
            insert into public.membership_roles values (2, 1);
            insert into platform.webhook_endpoints (id, tenant_id, url, secret, enabled)
            values (5, 7, 'https://hooks.example/token', 'x', false), (6, 7, 'https://other.example/', 'x', true);
            grant select on all tables in schema tenant_7, public to platform_app
            """);
        await world.StartAsync(
            builder => builder.AddConsumer<QueueBookingMails>().AddMail(),
            ("Mail:Url", mail.Url), ("ManageLinks:Key", Key), ("ManageLinks:Api", "https://api.example"),
            ("ManageLinks:Pages", "https://hub.example"));

        foreach (var id in (long[])[1, 2])
        {
            var joined = await world.WriteAsync(id, type: "waitlist.joined", data: new WaitlistJoined(new(
                id, 3, "Checkup", new(2026, 11, 23, 9, 0, 0, TimeSpan.Zero), new(2026, 11, 25, 9, 0, 0, TimeSpan.Zero),
                "Europe/Lisbon", 1, 9, "Íris", $"iris{id}@example.org", "en")));
            await world.PublishAsync(joined);
        }

        foreach (var (id, url) in ((long, string)[])[(5, "https://hooks.example/token"), (6, "https://other.example/")])
        {
            await world.PublishAsync(world.Envelope(id, type: "webhook.disabled", data: new WebhookDisabled(id, url, "gone")));
        }

        await Eventually.EqualAsync(
            6L, () => world.CountAsync("platform.notifications where status in ('sent', 'superseded', 'failed')"));
        await using var outcome = world.Sql.CreateCommand(
            "select string_agg(status || ' ' || coalesce(last_error, ''), ',' order by status, last_error) from platform.notifications");
        Assert.Equal(
            "sent ,sent ,sent ,superseded The entry is cancelled by now.,superseded The webhook is enabled or gone by now.,"
            + "superseded The webhook is enabled or gone by now.",
            await outcome.ExecuteScalarAsync());
        var mails = mail.Mails.ToDictionary(m => m.To.Mailboxes.Single().Address);
        Assert.Equal(["admin1@example.org", "admin2@example.org", "iris1@example.org"], mails.Keys.Order());
        Assert.Equal("Waiting, Íris", mails["iris1@example.org"].Subject);
        Assert.StartsWith(
            $"https://hub.example/aurora/waitlist/{new ManageLinks(Key).OfWaitlist(7, 1)}", mails["iris1@example.org"].TextBody,
            StringComparison.Ordinal);
        var notice = mails["admin1@example.org"];
        Assert.Equal("Um webhook de Aurora foi desativado", notice.Subject);
        Assert.Contains("o webhook hooks.example de Aurora", notice.TextBody, StringComparison.Ordinal);
        Assert.Contains("410", notice.TextBody, StringComparison.Ordinal);
        Assert.Contains("https://hub.example/t/aurora/settings/webhooks/5", notice.TextBody, StringComparison.Ordinal);
    }

    private static BookingSnapshot Booking(int n, string status) => new(
        n, $"bk-{n}", 1, "Checkup", new(2026, 11, 23, 17, 0, 0, TimeSpan.Zero), new(2026, 11, 23, 18, 0, 0, TimeSpan.Zero),
        "Europe/Lisbon", status, [1], ["Room 1"], n, $"Client {n}", $"client{n}@example.org", "en");

    private static async Task QueueAsync<T>(WorkerWorld world, int n, T data, string kind = "booking.happened")
    {
        await using var command = world.Sql.CreateCommand(
            """
            insert into platform.notifications (tenant_id, event_id, kind, recipient, locale, topic, version, data, status)
            values (7, gen_random_uuid(), $1, $2, 'en', $3, 1, $4::jsonb, 'pending')
            """);
        command.Parameters.Add(new() { Value = kind });
        command.Parameters.Add(new() { Value = $"client{n}@example.org" });
        command.Parameters.Add(new() { Value = $"7:booking:{n}" });
        command.Parameters.Add(new() { Value = JsonSerializer.Serialize(data, JsonSerializerOptions.Web) });
        await command.ExecuteNonQueryAsync();
    }
}
