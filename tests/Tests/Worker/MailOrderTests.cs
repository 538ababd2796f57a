using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Hosting;
using Platform.Contracts.Events;
using Platform.Contracts.Messages;
using Platform.Worker;
using Platform.Worker.Notifications;

namespace Platform.Tests.Worker;

/// <summary>Mails of one booking: in order, true when they leave, and once.</summary>
public sealed partial class MailOrderTests
{
    private static readonly string[] Ranks = ["Booking confirmed", "Booking moved", "Booking cancelled"];

    [Fact]
    public async Task A_mail_that_waits_for_a_retry_is_dropped_when_a_newer_one_is_queued()
    {
        await using var world = await WorkerWorld.CreateAsync();
        await using var mail = new MailServer { Recipient = n => n == 1 ? "450 later" : "250 fine" };
        await StartAsync(world, mail, ("Mail:RetryAfter", "01:00:00"));
        await QueueAsync(world, 1, version: 1, MessageKinds.Confirmed);
        await Eventually.EqualAsync(1L, () => world.CountAsync("platform.notifications where status = 'pending' and attempts = 1"));

        await QueueAsync(world, 1, version: 2, MessageKinds.Cancelled, "cancelled");

        await Eventually.EqualAsync(1L, () => world.CountAsync("platform.notifications where version = 2 and status = 'sent'"));
        Assert.Equal("Booking cancelled: Checkup", Assert.Single(mail.Mails).Subject);
        Assert.Equal(1, await world.CountAsync(
            "platform.notifications where version = 1 and status = 'superseded' and last_error = 'A newer mail replaces it.'"));
    }

    [Fact]
    public async Task A_client_without_a_confirmation_gets_it_with_the_new_time()
    {
        await using var world = await WorkerWorld.CreateAsync();
        await using var mail = new MailServer { Recipient = n => n == 1 ? "450 later" : "250 fine" };
        await StartAsync(world, mail, ("Mail:RetryAfter", "01:00:00"));
        await QueueAsync(world, 1, version: 1, MessageKinds.Confirmed);
        await Eventually.EqualAsync(1L, () => world.CountAsync("platform.notifications where status = 'pending' and attempts = 1"));

        await QueueAsync(world, 1, version: 2, MessageKinds.Moved);

        await Eventually.TrueAsync(() => !mail.Messages.IsEmpty);
        Assert.Equal("Booking confirmed: Checkup", mail.Mails.Single().Subject);
    }

    [Fact]
    public async Task Mails_of_a_booking_are_sent_in_the_order_of_its_versions_despite_refusals()
    {
        const int bookings = 25;
        await using var world = await WorkerWorld.CreateAsync();
        await using var mail = new MailServer { Recipient = n => n % 4 == 0 ? "450 later" : "250 fine" };
        (string, string)[] settings = [("Mail:RetryAfter", "00:00:00.020"), ("Mail:Attempts", "20")];
        await StartAsync(world, mail, settings);
        await StartAsync(world, mail, settings);

        for (var version = 1; version <= 3; version++)
        {
            for (var n = 1; n <= bookings; n++)
            {
                await QueueAsync(
                    world, n, version, version switch { 1 => MessageKinds.Confirmed, 2 => MessageKinds.Moved, _ => MessageKinds.Cancelled },
                    version == 3 ? "cancelled" : "confirmed");
            }
        }

        await Eventually.EqualAsync(0L, () => world.CountAsync("platform.notifications where status in ('pending', 'sending')"));
        var byClient = mail.Mails.GroupBy(m => m.To.Mailboxes.Single().Address, m => Array.IndexOf(Ranks, m.Subject!.Split(':')[0])).ToList();
        Assert.Equal(bookings, byClient.Count);
        Assert.All(byClient, ranks => Assert.Equal(ranks.Order().Distinct(), ranks));
        Assert.All(byClient, ranks => Assert.Equal(2, ranks.Last()));
        Assert.Equal(0, await world.CountAsync("platform.notifications where status = 'failed'"));
    }

    [Fact]
    public async Task A_confirmation_is_dropped_when_the_booking_is_cancelled_by_now()
    {
        await using var world = await WorkerWorld.CreateAsync();
        await using var mail = new MailServer();
        await world.ExecuteAsync(
            """
            create schema tenant_7;
            create table tenant_7.bookings (id bigint, status text, start_at timestamptz, end_at timestamptz);
            create table tenant_7.message_templates (kind text, locale text, subject text, text text);
            insert into tenant_7.bookings values
                (1, 'cancelled', '2026-11-23 17:00Z', '2026-11-23 18:00Z'), (2, 'confirmed', '2026-11-23 19:00Z', '2026-11-23 20:00Z'),
                (3, 'confirmed', '2026-11-23 17:00Z', '2026-11-23 18:00Z');
            grant usage on schema tenant_7 to platform_app;
            grant select on all tables in schema tenant_7 to platform_app
            """);
        for (var n = 1; n <= 4; n++) await QueueAsync(world, n, version: 1, MessageKinds.Confirmed);

        await StartAsync(world, mail);

        await Eventually.EqualAsync(3L, () => world.CountAsync("platform.notifications where status = 'superseded'"));
        await Eventually.EqualAsync(1L, () => world.CountAsync("platform.notifications where status = 'sent'"));
        Assert.Equal("client3@example.org", mail.Mails.Single().To.Mailboxes.Single().Address);
        Assert.Equal(1, await world.CountAsync("platform.notifications where last_error = 'The booking is cancelled by now.'"));
        Assert.Equal(1, await world.CountAsync("platform.notifications where last_error = 'The booking has another time by now.'"));
    }

    [Fact]
    public async Task A_mail_is_sent_once_although_the_database_breaks_between_receipt_and_note()
    {
        await using var world = await WorkerWorld.CreateAsync();
        using var received = new SemaphoreSlim(0);
        using var goOn = new SemaphoreSlim(0);
        await using var mail = new MailServer
        {
            Reply = line =>
            {
                if (line != MailServer.End) return null;
                received.Release();
                goOn.Wait();
                return null;
            },
        };
        await StartAsync(world, mail);
        await StartAsync(world, mail);
        await QueueAsync(world, 1, version: 1, MessageKinds.Confirmed);
        await received.WaitAsync(TestContext.Current.CancellationToken);

        await world.BreakConnectionsAsync();
        goOn.Release();

        await Eventually.EqualAsync(1L, () => world.CountAsync("platform.notifications where status = 'sent' and attempts = 1"));
        Assert.Single(mail.Messages);
    }

    [Fact]
    public async Task A_mail_whose_receipt_was_lost_is_sent_again_with_the_same_id()
    {
        await using var world = await WorkerWorld.CreateAsync();
        var ends = 0;
        await using var mail = new MailServer
        {
            Reply = line => line == MailServer.End && Interlocked.Increment(ref ends) == 1 ? MailServer.HangUp : null,
        };
        await StartAsync(world, mail, ("Mail:RetryAfter", "00:00:00.001"));

        await QueueAsync(world, 1, version: 1, MessageKinds.Confirmed);

        await Eventually.EqualAsync(1L, () => world.CountAsync("platform.notifications where status = 'sent' and attempts = 2"));
        Assert.Equal(2, mail.Messages.Count); // the one window that SMTP leaves
        Assert.Single(mail.Mails.Select(m => m.MessageId).Distinct());
    }

    [Fact]
    public async Task A_server_that_hangs_on_one_mail_does_not_delay_the_others()
    {
        await using var world = await WorkerWorld.CreateAsync();
        await using var mail = new MailServer { Reply = line => Hanging().IsMatch(line) ? MailServer.Hang : null };
        await StartAsync(world, mail, ("Mail:Timeout", "00:00:10"));

        for (var n = 1; n <= 20; n++) await QueueAsync(world, n, version: 1, MessageKinds.Confirmed);

        await Eventually.EqualAsync(19L, () => world.CountAsync("platform.notifications where status = 'sent'"), seconds: 8);
    }

    private static Task<IHost> StartAsync(WorkerWorld world, MailServer mail, params (string, string)[] settings) =>
        world.StartAsync(builder => builder.AddMail(), [("Mail:Timeout", "00:00:05"), ("Mail:Url", mail.Url), .. settings]);

    private static async Task QueueAsync(WorkerWorld world, int n, int version, string template, string status = "confirmed")
    {
        var booking = new BookingSnapshot(
            n, $"bk-{n}", 1, "Checkup", new(2026, 11, 23, 17, 0, 0, TimeSpan.Zero), new(2026, 11, 23, 18, 0, 0, TimeSpan.Zero),
            "Europe/Lisbon", status, [1], ["Room 1"], n, $"Client {n}", $"client{n}@example.org", "en");
        await using var command = world.Sql.CreateCommand(
            """
            insert into platform.notifications (tenant_id, event_id, kind, recipient, locale, topic, version, data, status)
            values (7, gen_random_uuid(), $1, $2, 'en', $3, $4, $5::jsonb, 'pending')
            """);
        command.Parameters.Add(new() { Value = template });
        command.Parameters.Add(new() { Value = booking.ClientEmail! });
        command.Parameters.Add(new() { Value = $"7:booking:{n}" });
        command.Parameters.Add(new() { Value = (long)version });
        command.Parameters.Add(new() { Value = JsonSerializer.Serialize(new BookingMail(template, booking), JsonSerializerOptions.Web) });
        await command.ExecuteNonQueryAsync();
    }

    [GeneratedRegex("^RCPT.*client7@")]
    private static partial Regex Hanging();
}
