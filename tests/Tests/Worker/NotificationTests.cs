using System.Text;
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
    public async Task A_booking_becomes_one_mail_however_often_its_event_comes()
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
        Assert.Equal(1, mail.Messages.Count(message => Decode(message).Contains("confirmada", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_mail_says_what_when_and_with_whom_and_carries_an_invitation()
    {
        await using var world = await WorkerWorld.CreateAsync();
        await using var mail = new MailServer();
        await StartAsync(world, mail);
        var e = world.Envelope(type: "booking.created", version: 4, data: new BookingCreated(Booking with { Sequence = 4 }));

        await world.PublishAsync(e);
        await Eventually.TrueAsync(() => !mail.Messages.IsEmpty);

        mail.Messages.TryPeek(out var raw);
        var text = Decode(raw!);
        Assert.Contains("To: joao@example.org", raw, StringComparison.OrdinalIgnoreCase);
        Assert.Contains($"Message-ID: <{e.EventId}.booking.created@platform.example>", raw, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("Reserva confirmada: Consulta, geral", text, StringComparison.Ordinal);
        Assert.Contains("Olá, João!", text, StringComparison.Ordinal);
        Assert.Contains("segunda-feira, 23 de novembro de 2026, 14:00–14:30 (America/Sao_Paulo)", text, StringComparison.Ordinal);
        Assert.Contains("Com: Dra. Ana", text, StringComparison.Ordinal);
        Assert.Contains("text/calendar", raw, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("method=PUBLISH", raw, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("BEGIN:VEVENT\r\nUID:bk-12@aurora\r\n", text, StringComparison.Ordinal);
        Assert.Contains("STATUS:CONFIRMED\r\nSEQUENCE:4\r\n", text, StringComparison.Ordinal);
        Assert.Contains("DTSTART:20261123T170000Z\r\nDTEND:20261123T173000Z\r\nSUMMARY:Consulta\\, geral\r\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_booking_without_an_address_sends_nothing()
    {
        await using var world = await WorkerWorld.CreateAsync();
        await world.StartAsync(builder => builder.AddConsumer<QueueBookingMails>());

        await world.PublishAsync(world.Envelope(type: "booking.created", data: new BookingCreated(Booking with { ClientEmail = null })));

        await Eventually.EqualAsync(1L, () => world.CountAsync("platform.inbox"));
        Assert.Equal(0, await world.CountAsync("platform.notifications"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_client_who_was_erased_while_the_event_was_on_its_way_gets_no_mail(bool isLogged)
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
        await Eventually.EqualAsync(1L, () => world.CountAsync("platform.inbox"));
        var mails = await world.CountAsync("platform.notifications");
        await world.PublishAsync(world.Envelope(type: "booking.cancelled", data: new BookingCancelled(imported, null)));

        await Eventually.EqualAsync(1L, () => world.CountAsync("platform.notifications"));
        Assert.Equal(0, mails);
    }

    [Fact]
    public async Task A_field_of_the_future_is_ignored_and_missing_data_is_a_dead_letter()
    {
        await using var world = await WorkerWorld.CreateAsync();
        await world.StartAsync(builder => builder.AddConsumer<QueueBookingMails>());

        await world.PublishAsync(world.Envelope(type: "booking.created", data: new { Booking, Mood = "sunny" }));
        await world.PublishAsync(world.Envelope(type: "booking.created", data: new { Booking = 5 }));

        await Eventually.EqualAsync(1L, () => world.CountAsync("platform.notifications"));
        await Eventually.TrueAsync(async () => (await world.DeadLettersAsync()).Length == 1);
    }

    [Fact]
    public async Task A_mail_waits_until_the_server_is_back()
    {
        await using var world = await WorkerWorld.CreateAsync();
        await using var mail = new MailServer();
        mail.Close();
        await StartAsync(world, mail, ("Mail:Attempts", "20"), ("Mail:RetryAfter", "00:00:00.050"));
        await world.PublishAsync(world.Envelope(type: "booking.created", data: new BookingCreated(Booking)));
        await Eventually.EqualAsync(1L, () => world.CountAsync("platform.notifications where attempts >= 2 and last_error is not null"));

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
    public async Task An_address_that_is_none_fails_alone()
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

    [Fact]
    public async Task The_language_is_the_clients_and_an_end_on_another_day_is_told()
    {
        await using var world = await WorkerWorld.CreateAsync();
        await world.StartAsync(builder => builder.AddConsumer<QueueBookingMails>());
        var night = Booking with { Locale = "en", TimeZone = "Europe/Lisbon", Start = new(2026, 7, 1, 22, 0, 0, TimeSpan.Zero), End = new(2026, 7, 2, 1, 0, 0, TimeSpan.Zero) };

        await world.PublishAsync(world.Envelope(type: "booking.cancelled", data: new BookingCancelled(night, "The room\r\nis flooded")));

        await Eventually.EqualAsync(1L, () => world.CountAsync("platform.notifications"));
        await using var command = world.Sql.CreateCommand("select subject || E'\n' || body from platform.notifications");
        var text = (string)(await command.ExecuteScalarAsync())!;
        Assert.StartsWith("Booking cancelled: Consulta, geral\n", text, StringComparison.Ordinal);
        Assert.Contains("Wednesday, 1 July 2026, 23:00–2 July, 02:00 (Europe/Lisbon)", text, StringComparison.Ordinal);
        Assert.Contains("Reason: The room  is flooded", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pt-BR", "Uma vaga para você: Consulta, geral", "até 22 de novembro, 09:30 (America/Sao_Paulo)", "Código: t0ken")]
    [InlineData("en", "A place for you: Consulta, geral", "until 22 November, 09:30 (America/Sao_Paulo)", "Reference: t0ken")]
    public async Task Who_waited_is_told_the_time_and_until_when_it_is_held(
        string locale, string subject, string until, string reference)
    {
        await using var world = await WorkerWorld.CreateAsync();
        await world.StartAsync(builder => builder.AddConsumer<QueueBookingMails>());
        var offer = new WaitlistOffered(
            5, Booking with { Locale = locale, Status = "held" }, "t0ken", new(2026, 11, 22, 12, 30, 0, TimeSpan.Zero));

        await world.PublishAsync(world.Envelope(type: "waitlist.offered", data: offer));

        await Eventually.EqualAsync(1L, () => world.CountAsync("platform.notifications"));
        await using var command = world.Sql.CreateCommand("select subject || E'\n' || body from platform.notifications");
        var text = (string)(await command.ExecuteScalarAsync())!;
        Assert.StartsWith($"{subject}\n", text, StringComparison.Ordinal);
        Assert.Contains(until, text, StringComparison.Ordinal);
        Assert.Contains("2026, 14:00–14:30 (America/Sao_Paulo)", text, StringComparison.Ordinal);
        Assert.Contains(reference, text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pending", null, "Pedido de reserva recebido: Consulta, geral", false)]
    [InlineData("confirmed", "pending", "Reserva confirmada: Consulta, geral", true)]
    [InlineData("rejected", "pending", "Reserva não confirmada: Consulta, geral", false)]
    [InlineData("confirmed", "confirmed", "Reserva remarcada: Consulta, geral", true)] // moved
    public async Task A_request_is_called_one_until_it_is_confirmed(string status, string? from, string subject, bool invites)
    {
        await using var world = await WorkerWorld.CreateAsync();
        await world.StartAsync(builder => builder.AddConsumer<QueueBookingMails>());
        var booking = Booking with { Status = status };

        await world.PublishAsync(from switch
        {
            null => world.Envelope(type: "booking.created", data: new BookingCreated(booking)),
            "pending" => world.Envelope(type: "booking.status_changed", data: new BookingStatusChanged(booking, from)),
            _ => world.Envelope(
                type: "booking.rescheduled", data: new BookingRescheduled(booking, booking.Start.AddDays(-1), booking.End.AddDays(-1))),
        });

        await Eventually.EqualAsync(1L, () => world.CountAsync("platform.notifications"));
        await using var command = world.Sql.CreateCommand("select subject, calendar is not null from platform.notifications");
        await using var row = await command.ExecuteReaderAsync();
        await row.ReadAsync();
        Assert.Equal((subject, invites), (row.GetString(0), row.GetBoolean(1)));
    }

    private static Task<IHost> StartAsync(WorkerWorld world, MailServer mail, params (string, string)[] settings) =>
        world.StartAsync(
            builder => builder.AddConsumer<QueueBookingMails>().AddMail(), [("Mail:Url", mail.Url), .. settings]);

    /// <summary>All that is encoded, decoded: words of headers and parts in base64 or quoted-printable.</summary>
    private static string Decode(string raw)
    {
        var headers = EncodedWord().Replace(raw.Replace("?=\r\n =?", "?==?", StringComparison.Ordinal), match =>
            Encoding.UTF8.GetString(Convert.FromBase64String(match.Groups[1].Value)));
        var quoted = QuotedByte().Replace(raw.Replace("=\r\n", "", StringComparison.Ordinal), match =>
            ((char)Convert.ToByte(match.Groups[1].Value, 16)).ToString());
        var parts = Base64Part().Matches(raw).Select(match => Encoding.UTF8.GetString(Convert.FromBase64String(match.Value.Trim())));
        return string.Join('\n', [headers, Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(quoted)), .. parts]);
    }

    [GeneratedRegex(@"=\?utf-8\?B\?([^?]+)\?=")]
    private static partial Regex EncodedWord();

    [GeneratedRegex("=([0-9A-F]{2})")]
    private static partial Regex QuotedByte();

    [GeneratedRegex(@"(?<=\r\n\r\n)(?:[A-Za-z0-9+/]{4,76}={0,2}\r\n)+", RegexOptions.Multiline)]
    private static partial Regex Base64Part();

    [GeneratedRegex(@"client\d+@")]
    private static partial Regex Recipient();
}
