using System.Text.RegularExpressions;
using Microsoft.Extensions.Hosting;
using Platform.Contracts.Bookings;
using Platform.Contracts.Events;
using Platform.Worker;
using Platform.Worker.Notifications;

namespace Platform.Tests.Worker;

public sealed partial class NotificationTests
{
    private static readonly BookingSnapshot Booking = new(
        BookingId: 12,
        Uid: "bk-12@aurora",
        ServiceId: 3,
        ServiceName: "Consulta, geral",
        Start: new(2026, 11, 23, 17, 0, 0, TimeSpan.Zero),
        End: new(2026, 11, 23, 17, 30, 0, TimeSpan.Zero),
        TimeZone: "America/Sao_Paulo",
        Status: "confirmed",
        ResourceIds: [1],
        ResourceNames: ["Dra. Ana"],
        ClientId: 9,
        ClientName: "João",
        ClientEmail: "joao@example.org",
        Locale: "pt-BR");

    [Fact]
    public async Task A_booking_sends_one_mail_for_repeated_events()
    {
        await using var world = await WorkerWorld.CreateAsync();
        await using var mail = new MailServer();
        await StartAsync(world, mail);
        var e = world.Envelope(type: "booking.created", data: new BookingCreated(Booking));

        await world.PublishAsync(e, partition: 0);
        await world.PublishAsync(e, partition: 0);
        await Eventually.TrueAsync(() => !mail.Messages.IsEmpty);
        await world.PublishAsync(e, partition: 3); // another worker's partition: still the same event
        await world.ExecuteAsync("delete from platform.inbox"); // as after the replay window
        await world.PublishAsync(e, partition: 0);
        var marker = world.Envelope(type: "booking.cancelled", data: new BookingCancelled(Booking, null));
        await world.PublishAsync(marker, partition: 0);

        await Eventually.EqualAsync(2L, () => world.CountAsync(
            "platform.notifications where status = 'sent' and sent_at is not null and attempts = 1"));
        Assert.Equal(2, mail.Messages.Count);
        Assert.Equal(1, mail.Mails.Count(message => message.TextBody!.Contains("confirmada", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_mail_contains_the_service_time_and_resource_and_an_invitation()
    {
        await using var world = await WorkerWorld.CreateAsync();
        await using var mail = new MailServer();
        await StartAsync(world, mail);
        var e = world.Envelope(type: "booking.created", version: 4, data: new BookingCreated(Booking with { Sequence = 4 }));

        await world.PublishAsync(e);
        await Eventually.TrueAsync(() => !mail.Messages.IsEmpty);

        var message = Assert.Single(mail.Mails);
        var text = message.TextBody;
        Assert.Equal("joao@example.org", Assert.Single(message.To.Mailboxes).Address);
        Assert.Equal($"{e.EventId}.booking.created@platform.example", message.MessageId);
        Assert.Equal("Reserva confirmada: Consulta, geral", message.Subject);
        Assert.Contains("Olá, João!", text, StringComparison.Ordinal);
        Assert.Contains("segunda-feira, 23 de novembro de 2026, 14:00–14:30 (America/Sao_Paulo)", text, StringComparison.Ordinal);
        Assert.Contains("Com: Dra. Ana", text, StringComparison.Ordinal);
        Assert.Contains("Consulta, geral", message.HtmlBody, StringComparison.Ordinal);
        var part = message.BodyParts.OfType<MimeKit.TextPart>().Single(p => p.ContentType.IsMimeType("text", "calendar"));
        Assert.Equal("REQUEST", part.ContentType.Parameters["method"]);
        Assert.Equal(("bk-12@aurora", 4), Ical.Net.Calendar.Load(part.Text)!.Events.Select(v => (v.Uid, v.Sequence)).Single());
    }

    [Fact]
    public async Task A_booking_without_an_address_sends_nothing()
    {
        await using var world = await WorkerWorld.CreateAsync();
        await world.StartAsync(builder => builder.AddConsumer<QueueBookingMails>());

        await world.PublishAsync(world.Envelope(type: "booking.created", data: new BookingCreated(Booking with { ClientEmail = null })));
        await world.PublishAsync(world.Envelope(type: "booking.cancelled", data: new BookingCancelled(Booking, null)));

        await Eventually.EqualAsync(1L, () => world.CountAsync("platform.notifications"));
        Assert.Equal(1, await world.CountAsync("platform.notifications where kind = 'booking.cancelled'"));
        Assert.Equal(1, await world.CountAsync("platform.inbox")); // nothing is written for an event without an effect
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_client_erased_before_the_event_is_handled_gets_no_mail(bool isLogged)
    {
        await using var world = await WorkerWorld.CreateAsync();
        await world.StartAsync(builder => builder.AddConsumer<QueueBookingMails>());
        var erased = await world.WriteAsync(type: "booking.created", data: new BookingCreated(Booking));
        var kept = await world.WriteAsync(type: "booking.created", data: new BookingCreated(Booking));
        await world.ExecuteAsync($$"""
            update platform.outbox_messages set data = jsonb_set(data, '{booking,clientEmail}', 'null')
            where event_id = '{{erased.EventId}}'
            """);
        if (isLogged)
        {
            await world.ExecuteAsync("""
                insert into platform.event_log
                select position, event_id, event_type, event_version, tenant_id, aggregate_type, aggregate_id,
                    aggregate_version, occurred_at, actor, traceparent, data, 'stream', '1-1', now()
                from platform.outbox_messages;
                delete from platform.outbox_messages;
                """);
        }

        await world.PublishAsync(erased);
        await world.PublishAsync(kept);

        await Eventually.EqualAsync(2L, () => world.CountAsync("platform.inbox"));
        Assert.Equal(1, await world.CountAsync($"platform.notifications where event_id = '{kept.EventId}'"));
        Assert.Equal(1, await world.CountAsync("platform.notifications"));
    }

    [Fact]
    public async Task An_imported_booking_sends_nothing_until_something_happens_to_it()
    {
        await using var world = await WorkerWorld.CreateAsync();
        await world.StartAsync(builder => builder.AddConsumer<QueueBookingMails>());
        var imported = Booking with { Source = BookingSources.Import };

        await world.PublishAsync(world.Envelope(type: "booking.created", data: new BookingCreated(imported)));
        await world.PublishAsync(world.Envelope(type: "booking.cancelled", data: new BookingCancelled(imported, null)));

        await Eventually.EqualAsync(1L, () => world.CountAsync("platform.notifications"));
        Assert.Equal(1, await world.CountAsync("platform.notifications where kind = 'booking.cancelled'"));
    }

    [Fact]
    public async Task A_field_of_the_future_is_ignored_and_missing_data_is_a_dead_letter()
    {
        await using var world = await WorkerWorld.CreateAsync();
        await world.StartAsync(builder => builder.AddConsumer<QueueBookingMails>());

        await world.PublishAsync(world.Envelope(type: "booking.created", data: new { Booking, Mood = "sunny" }));
        await world.PublishAsync(world.Envelope(type: "booking.created", data: new { Booking = 5 }));
        await world.PublishAsync(world.Envelope(type: "booking.created", data: new { })); // reads, as nothing

        await Eventually.EqualAsync(1L, () => world.CountAsync("platform.notifications"));
        await Eventually.TrueAsync(async () => (await world.DeadLettersAsync()).Length == 2);
    }

    [Fact]
    public async Task A_mail_waits_until_the_server_is_back()
    {
        await using var world = await WorkerWorld.CreateAsync();
        await using var mail = new MailServer();
        mail.Close();
        await StartAsync(world, mail, ("Mail:Attempts", "20"), ("Mail:RetryAfter", "00:00:00.050"));
        await world.PublishAsync(world.Envelope(type: "booking.created", data: new BookingCreated(Booking)));
        await Eventually.EqualAsync(1L, () => world.CountAsync("platform.notifications where status = 'pending' and last_error is not null"));

        mail.Open();

        await Eventually.EqualAsync(1L, () => world.CountAsync("platform.notifications where status = 'sent'"));
        Assert.Single(mail.Messages);
    }

    [Theory]
    [InlineData("450 try later", 5)]
    [InlineData("550 no such mailbox", 1)]
    public async Task A_mail_that_is_refused_fails_in_the_end(string answer, int attempts)
    {
        await using var world = await WorkerWorld.CreateAsync();
        await using var mail = new MailServer { Recipient = _ => answer };
        await StartAsync(world, mail, ("Mail:RetryAfter", "00:00:00.001"));

        await world.PublishAsync(world.Envelope(type: "booking.created", data: new BookingCreated(Booking)));

        await Eventually.EqualAsync(1L, () => world.CountAsync("platform.notifications where status = 'failed'"));
        Assert.Equal(attempts, mail.Attempts);
        Assert.Equal(1, await world.CountAsync($"platform.notifications where attempts = {attempts} and last_error is not null"));
    }

    [Fact]
    public async Task An_invalid_address_fails_only_its_own_mail()
    {
        await using var world = await WorkerWorld.CreateAsync();
        await using var mail = new MailServer();
        await StartAsync(world, mail);

        await world.PublishAsync(world.Envelope(type: "booking.created", data: new BookingCreated(Booking with { ClientEmail = "x@y@z\r\nBcc: all@example.org" })));
        await world.PublishAsync(world.Envelope(type: "booking.created", data: new BookingCreated(Booking)));

        await Eventually.TrueAsync(() => mail.Messages.Count == 1);
        await Eventually.EqualAsync(1L, () => world.CountAsync("platform.notifications where status = 'failed'"));
    }

    [Fact]
    public async Task Two_senders_send_each_mail_once()
    {
        await using var world = await WorkerWorld.CreateAsync();
        await using var mail = new MailServer();
        await StartAsync(world, mail);
        await StartAsync(world, mail);

        for (var n = 0; n < 30; n++)
        {
            var booking = Booking with { ClientEmail = $"client{n}@example.org" };
            await world.PublishAsync(world.Envelope(type: "booking.created", data: new BookingCreated(booking)), partition: n % 4);
        }

        await Eventually.EqualAsync(30L, () => world.CountAsync("platform.notifications where status = 'sent'"));
        Assert.Equal(30, mail.Messages.Count);
        Assert.Equal(30, mail.Messages.Select(m => Recipient().Match(m).Value).Distinct().Count());
    }

    private static Task<IHost> StartAsync(WorkerWorld world, MailServer mail, params (string, string)[] settings) =>
        world.StartAsync(
            builder => builder.AddConsumer<QueueBookingMails>().AddMail(), [("Mail:Url", mail.Url), .. settings]);

    [GeneratedRegex(@"client\d+@")]
    private static partial Regex Recipient();
}
