using System.Globalization;
using NodaTime;
using Platform.Contracts.Events;

namespace Platform.Worker.Notifications;

/// <summary>What a client is told of a booking, in the client's language and the booking's own time zone.</summary>
internal sealed record BookingMessage(string Subject, string Body)
{
    public static BookingMessage Created(BookingSnapshot booking) => IsPortuguese(booking)
        ? new(
            $"Reserva confirmada: {Line(booking.ServiceName)}",
            $"""
            {Greeting("Olá", booking)}

            Sua reserva está confirmada.

            {Details(booking, "Onde", "Serviço", "Com", "Quando", "Código")}

            O convite em anexo coloca a reserva na sua agenda.
            """)
        : new(
            $"Booking confirmed: {Line(booking.ServiceName)}",
            $"""
            {Greeting("Hello", booking)}

            Your booking is confirmed.

            {Details(booking, "Where", "Service", "With", "When", "Reference")}

            The attached invitation puts it into your calendar.
            """);

    /// <summary>Somebody has yet to say yes.</summary>
    public static BookingMessage Requested(BookingSnapshot booking) => IsPortuguese(booking)
        ? new(
            $"Pedido de reserva recebido: {Line(booking.ServiceName)}",
            $"""
            {Greeting("Olá", booking)}

            Recebemos seu pedido de reserva. Ele ainda precisa ser confirmado; avisaremos você.

            {Details(booking, "Onde", "Serviço", "Com", "Quando", "Código")}
            """)
        : new(
            $"Booking request received: {Line(booking.ServiceName)}",
            $"""
            {Greeting("Hello", booking)}

            We have received your request. It still has to be confirmed; we will let you know.

            {Details(booking, "Where", "Service", "With", "When", "Reference")}
            """);

    public static BookingMessage Rejected(BookingSnapshot booking, string? reason) => IsPortuguese(booking)
        ? new(
            $"Reserva não confirmada: {Line(booking.ServiceName)}",
            $"""
            {Greeting("Olá", booking)}

            Seu pedido de reserva não pôde ser confirmado.{Because(" Motivo: ", reason)}

            {Details(booking, "Onde", "Serviço", "Com", "Quando", "Código")}
            """)
        : new(
            $"Booking not confirmed: {Line(booking.ServiceName)}",
            $"""
            {Greeting("Hello", booking)}

            Your request could not be confirmed.{Because(" Reason: ", reason)}

            {Details(booking, "Where", "Service", "With", "When", "Reference")}
            """);

    public static BookingMessage Moved(BookingSnapshot booking) => IsPortuguese(booking)
        ? new(
            $"Reserva remarcada: {Line(booking.ServiceName)}",
            $"""
            {Greeting("Olá", booking)}

            Sua reserva mudou de horário.

            {Details(booking, "Onde", "Serviço", "Com", "Quando", "Código")}
            """)
        : new(
            $"Booking moved: {Line(booking.ServiceName)}",
            $"""
            {Greeting("Hello", booking)}

            Your booking has a new time.

            {Details(booking, "Where", "Service", "With", "When", "Reference")}
            """);

    public static BookingMessage Cancelled(BookingSnapshot booking, string? reason) => IsPortuguese(booking)
        ? new(
            $"Reserva cancelada: {Line(booking.ServiceName)}",
            $"""
            {Greeting("Olá", booking)}

            Sua reserva foi cancelada.{Because(" Motivo: ", reason)}

            {Details(booking, "Onde", "Serviço", "Com", "Quando", "Código")}
            """)
        : new(
            $"Booking cancelled: {Line(booking.ServiceName)}",
            $"""
            {Greeting("Hello", booking)}

            Your booking is cancelled.{Because(" Reason: ", reason)}

            {Details(booking, "Where", "Service", "With", "When", "Reference")}
            """);

    public static BookingMessage Offered(WaitlistOffered offer) => IsPortuguese(offer.Booking)
        ? new(
            $"Uma vaga para você: {Line(offer.Booking.ServiceName)}",
            $"""
            {Greeting("Olá", offer.Booking)}

            Uma vaga ficou livre e está reservada para você até {Until(offer)}.
            Se você não confirmar até lá, ela será oferecida à próxima pessoa da lista de espera.

            {Details(offer.Booking, "Onde", "Serviço", "Com", "Quando", "Código", offer.HoldToken)}
            """)
        : new(
            $"A place for you: {Line(offer.Booking.ServiceName)}",
            $"""
            {Greeting("Hello", offer.Booking)}

            A place has become free and is held for you until {Until(offer)}.
            If you do not take it by then, it is offered to the next person on the waitlist.

            {Details(offer.Booking, "Where", "Service", "With", "When", "Reference", offer.HoldToken)}
            """);

    /// <summary>Names come from people: a line break in one must not become a header of a mail.</summary>
    public static string Line(string text) =>
        new([.. text.Select(c => char.IsControl(c) ? ' ' : c)]);

    private static bool IsPortuguese(BookingSnapshot booking) =>
        booking.Locale.StartsWith("pt", StringComparison.OrdinalIgnoreCase);

    private static string Greeting(string word, BookingSnapshot booking) =>
        booking.ClientName is { Length: > 0 } name ? $"{word}, {Line(name)}!" : $"{word}!";

    private static string Because(string label, string? reason) =>
        string.IsNullOrWhiteSpace(reason) ? "" : $"{label}{Line(reason)}";

    private static string Details(
        BookingSnapshot booking, string where, string service, string with, string when, string reference,
        string? code = null)
    {
        var resources = string.Join(", ", booking.ResourceNames.Select(Line));
        string[] lines =
        [
            .. booking.TenantName is { } tenant ? [$"{where}: {Line(tenant)}"] : Array.Empty<string>(),
            $"{service}: {Line(booking.ServiceName)}",
            .. resources.Length > 0 ? [$"{with}: {resources}"] : Array.Empty<string>(),
            $"{when}: {When(booking)}",
            $"{reference}: {code ?? booking.Uid}",
        ];
        return string.Join('\n', lines);
    }

    private static string Until(WaitlistOffered offer)
    {
        var zone = ZoneOf(offer.Booking);
        var (culture, portuguese) = (CultureOf(offer.Booking), IsPortuguese(offer.Booking));
        var until = Instant.FromDateTimeOffset(offer.ExpiresAt).InZone(zone);
        return $"{until.ToString(portuguese ? "d 'de' MMMM, HH:mm" : "d MMMM, HH:mm", culture)} ({zone.Id})";
    }

    /// <summary>A zone the tz database does not know (any more) is told in UTC, and says so.</summary>
    private static DateTimeZone ZoneOf(BookingSnapshot booking) =>
        DateTimeZoneProviders.Tzdb.GetZoneOrNull(booking.TimeZone) ?? DateTimeZone.Utc;

    private static CultureInfo CultureOf(BookingSnapshot booking) =>
        CultureInfo.GetCultureInfo(IsPortuguese(booking) ? "pt-BR" : "en-GB");

    private static string When(BookingSnapshot booking)
    {
        var zone = ZoneOf(booking);
        var start = Instant.FromDateTimeOffset(booking.Start).InZone(zone);
        var end = Instant.FromDateTimeOffset(booking.End).InZone(zone);

        var portuguese = IsPortuguese(booking);
        var culture = CultureOf(booking);
        var date = start.ToString(portuguese ? "dddd, d 'de' MMMM 'de' uuuu" : "dddd, d MMMM uuuu", culture);
        var until = end.Date == start.Date
            ? end.ToString("HH:mm", culture)
            : end.ToString(portuguese ? "d 'de' MMMM, HH:mm" : "d MMMM, HH:mm", culture);

        return $"{date}, {start.ToString("HH:mm", culture)}–{until} ({zone.Id})";
    }
}
