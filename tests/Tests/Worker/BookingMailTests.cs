using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Platform.Contracts.Events;
using Platform.Contracts.Messages;
using Platform.Core.Bookings;
using Platform.Core.Tenants;
using Platform.Mail;
using Platform.Worker.Notifications;

namespace Platform.Tests.Worker;

/// <summary>The content of mails, without sending them.</summary>
public sealed class BookingMailTests
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
        Locale: "pt-BR",
        TenantName: "Clínica Aurora");

    private static readonly PresentBooking Present = new("confirmed", Booking.Start, Booking.End);

    [Fact]
    public async Task The_mail_uses_the_language_of_the_client_and_contains_an_end_on_another_day()
    {
        var night = Booking with
        {
            Locale = "en",
            TimeZone = "Europe/Lisbon",
            Status = "cancelled",
            Start = new(2026, 7, 1, 22, 0, 0, TimeSpan.Zero),
            End = new(2026, 7, 2, 1, 0, 0, TimeSpan.Zero),
        };

        var mail = await WriteAsync("booking.cancelled", new BookingCancelled(night, "The room\r\nis flooded"));

        Assert.Equal("Booking cancelled: Consulta, geral", mail.Subject);
        Assert.Contains("Wednesday, 1 July 2026, 23:00–2 July, 02:00 (Europe/Lisbon)", mail.Text, StringComparison.Ordinal);
        Assert.Contains("Reason: The room  is flooded", mail.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pt-BR", "Uma vaga para você: Consulta, geral", "até 22 de novembro, 09:30 (America/Sao_Paulo)", "Código: t0ken")]
    [InlineData("en", "A place for you: Consulta, geral", "until 22 November, 09:30 (America/Sao_Paulo)", "Reference: t0ken")]
    public async Task An_offer_mail_contains_the_time_and_until_when_it_is_held(
        string locale, string subject, string until, string reference)
    {
        var mail = await WriteAsync("waitlist.offered", new WaitlistOffered(
            5, Booking with { Locale = locale, Status = "held" }, "t0ken", new(2026, 11, 22, 12, 30, 0, TimeSpan.Zero)));

        Assert.Equal((subject, null), (mail.Subject, mail.Calendar));
        Assert.Contains(until, mail.Text, StringComparison.Ordinal);
        Assert.Contains("2026, 14:00–14:30 (America/Sao_Paulo)", mail.Text, StringComparison.Ordinal);
        Assert.Contains(reference, mail.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pending", null, "Pedido de reserva recebido: Consulta, geral", null)]
    [InlineData("confirmed", "pending", "Reserva confirmada: Consulta, geral", "REQUEST")]
    [InlineData("rejected", "pending", "Reserva não confirmada: Consulta, geral", "CANCEL")]
    [InlineData("expired", "pending", "Reserva não confirmada: Consulta, geral", "CANCEL")]
    [InlineData("confirmed", "confirmed", "Reserva remarcada: Consulta, geral", "REQUEST")] // moved
    public async Task A_pending_booking_is_called_a_request_until_it_is_confirmed(
        string status, string? from, string subject, string? method)
    {
        var booking = Booking with { Status = status };

        var mail = await (from switch
        {
            null => WriteAsync("booking.created", new BookingCreated(booking)),
            "pending" => WriteAsync("booking.status_changed", new BookingStatusChanged(booking, from)),
            _ => WriteAsync(
                "booking.rescheduled", new BookingRescheduled(booking, booking.Start.AddDays(-1), booking.End.AddDays(-1))),
        });

        Assert.Equal((subject, method), (mail.Subject, mail.Calendar?.Method));
    }

    [Fact]
    public async Task Values_entered_by_people_appear_in_a_mail_as_plain_text()
    {
        var booking = Booking with
        {
            ServiceName = "<b>x</b>\r\nBcc: eve@example.org {{ brand.name }}",
            ClientName = "{% if %}<script>alert(1)</script>",
        };

        var mail = await WriteAsync("booking.created", new BookingCreated(booking));

        Assert.Equal("Reserva confirmada: <b>x</b>  Bcc: eve@example.org {{ brand.name }}", mail.Subject);
        Assert.Contains("Olá, {% if %}<script>alert(1)</script>!", mail.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", mail.Html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<b>", mail.Html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<style", mail.Html, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("style=", mail.Html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(MessageKinds.Confirmed, "confirmed", 0, true)]
    [InlineData(MessageKinds.Confirmed, "checked_in", 0, true)]
    [InlineData(MessageKinds.Confirmed, "cancelled", 0, false)]
    [InlineData(MessageKinds.Confirmed, "confirmed", 30, false)]
    [InlineData(MessageKinds.Moved, "cancelled", 0, false)]
    [InlineData(MessageKinds.Moved, "confirmed", 30, false)]
    [InlineData(MessageKinds.Requested, "pending", 0, true)]
    [InlineData(MessageKinds.Requested, "confirmed", 0, false)]
    [InlineData(MessageKinds.Requested, "expired", 0, false)]
    [InlineData(MessageKinds.Rejected, "rejected", 0, true)]
    [InlineData(MessageKinds.Rejected, "expired", 0, true)]
    [InlineData(MessageKinds.Cancelled, "cancelled", 0, true)]
    [InlineData(MessageKinds.Offered, "held", 0, true)]
    [InlineData(MessageKinds.Offered, "expired", 0, false)]
    public void A_mail_is_sent_only_while_the_booking_matches_it(
        string template, string status, int movedMinutes, bool isTrue)
    {
        var present = new PresentBooking(status, Present.Start.AddMinutes(movedMinutes), Present.End.AddMinutes(movedMinutes));

        var reason = BookingMailRules.Untrue(new(template, Booking), present, Booking.Start);

        Assert.Equal(isTrue, reason is null);
    }

    [Fact]
    public void No_mail_is_sent_for_an_ended_offer_or_a_deleted_booking()
    {
        var offer = new BookingMail(MessageKinds.Offered, Booking, null, "t0ken", Booking.Start);

        Assert.Equal("The offer has ended.", BookingMailRules.Untrue(offer, Present with { Status = "held" }, Booking.Start));
        Assert.Equal("The booking is gone.", BookingMailRules.Untrue(new(MessageKinds.Confirmed, Booking), null, Booking.Start));
    }

    [Theory]
    [InlineData(MessageKinds.Moved, true, null, MessageKinds.Confirmed)]
    [InlineData(MessageKinds.Moved, false, null, MessageKinds.Moved)]
    [InlineData(MessageKinds.Moved, true, "import", MessageKinds.Moved)]
    [InlineData(MessageKinds.Cancelled, true, null, MessageKinds.Cancelled)]
    public void The_first_mail_about_a_moved_booking_is_a_confirmation(
        string template, bool isFirst, string? source, string expected) =>
        Assert.Equal(expected, BookingMailRules.TemplateOf(new(template, Booking with { Source = source }), isFirst));

    [Fact]
    public async Task A_strict_reader_matches_an_invitation_and_its_cancellation()
    {
        var made = (await WriteAsync("booking.created", new BookingCreated(Booking with { Sequence = 2 }))).Calendar!;
        var ended = (await WriteAsync(
            "booking.cancelled", new BookingCancelled(Booking with { Sequence = 2, Status = "cancelled" }, null))).Calendar!;

        var (first, last) = (Ical.Net.Calendar.Load(made.Content)!, Ical.Net.Calendar.Load(ended.Content)!);
        var (invited, cancelled) = (Assert.Single(first.Events), Assert.Single(last.Events));
        Assert.Equal(("REQUEST", "CANCEL"), (first.Method, last.Method));
        Assert.Equal((Booking.Uid, Booking.Uid), (invited.Uid, cancelled.Uid));
        Assert.True(cancelled.Sequence > invited.Sequence);
        Assert.Equal(("CONFIRMED", "CANCELLED"), (invited.Status, cancelled.Status));
        Assert.All((IEnumerable<Ical.Net.CalendarComponents.CalendarEvent>)[invited, cancelled], e =>
        {
            Assert.Equal(("mailto:no-reply@platform.example", "Clínica Aurora"), (e.Organizer!.Value!.ToString(), e.Organizer.CommonName));
            Assert.Equal("mailto:joao@example.org", Assert.Single(e.Attendees).Value!.ToString());
            Assert.Equal((Booking.Start.UtcDateTime, Booking.End.UtcDateTime), (e.Start!.AsUtc, e.End!.AsUtc));
            Assert.Equal("America/Sao_Paulo", e.Start.TzId);
        });
        Assert.Equal("America/Sao_Paulo", Assert.Single(first.TimeZones).TzId);
    }

    [Fact]
    public void Links_lead_to_one_booking_of_one_tenant()
    {
        const string key = "a key that only the tests have, long enough";
        var none = JsonSerializer.SerializeToElement(new { });
        var tenant = new TenantEntry(7, "aurora", "Clínica Aurora", "America/Sao_Paulo", "pt-BR", "BRL", "active", none, none);
        var links = new ClientLinks(Options.Create(new ClientLinkOptions
        {
            Key = key,
            Api = new("https://api.example/"),
            Pages = new("https://hub.example/"),
        }));

        var can = links.Of(tenant, 12)!;

        var token = new ManageLinks(key).Of(7, 12);
        Assert.Equal($"https://hub.example/aurora/manage/{token}", can.Page);
        Assert.Equal($"https://hub.example/aurora/manage/{token}/reminders", can.Reminders);
        Assert.Equal($"https://hub.example/aurora/waitlist/{new ManageLinks(key).OfWaitlist(7, 5)}", links.OfWaitlist(tenant, 5));
        Assert.Equal($"https://api.example/public/api/v1/aurora/manage/{token}/calendar.ics", can.Calendar);
        Assert.Equal($"https://api.example/public/api/v1/aurora/manage/{token}/reminders/stop", can.StopReminders);
        Assert.Null(new ClientLinks(Options.Create(new ClientLinkOptions { Key = key })).Of(tenant, 12));
    }

    private static async Task<MailContent> WriteAsync<T>(string type, T data)
    {
        var e = new EventEnvelope(
            Guid.CreateVersion7(), type, 1, 7, "booking", 12, 1, Booking.Start, "system", null,
            JsonSerializer.SerializeToElement(data, JsonSerializerOptions.Web));
        var mail = QueueBookingMails.MailOf(e)!;
        var links = new ClientLinks(Options.Create(new ClientLinkOptions()));
        var writer = new BookingMails(
            null!, null!, links, new(NullLogger<MessageWriter>.Instance), Options.Create(new MailOptions()), TimeProvider.System);
        var draft = await writer.WriteAsync(
            new(1, e.EventId.ToString(), null, type, mail.Booking.ClientEmail!, JsonSerializer.Serialize(mail, JsonSerializerOptions.Web), 1,
                Booking.Start, null, IsFirst: false, IsOvertaken: false),
            TestContext.Current.CancellationToken);
        return draft.Content!;
    }
}
