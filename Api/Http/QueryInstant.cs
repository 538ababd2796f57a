using NodaTime;
using NodaTime.Text;
using Platform.Contracts;
using Platform.Core;
using Platform.Core.Availability;
using Platform.Core.Bookings;
using Platform.Core.Catalogue;

namespace Platform.Api.Http;

/// <summary>
/// An instant in an address: RFC 3339 with an offset, or a local date or time that means something only in a zone.
/// </summary>
internal sealed record QueryInstant(DateTimeOffset? Instant, LocalDateTime? Local, LocalDate? Date)
{
    public static bool TryParse(string? text, out QueryInstant? value)
    {
        value = text switch
        {
            null => null,
            _ when PlatformJson.TryReadInstant(text, out var instant) => new(instant, null, null),
            _ when LocalDatePattern.Iso.Parse(text) is { Success: true } date => new(null, null, date.Value),
            _ when LocalDateTimePattern.ExtendedIso.Parse(text) is { Success: true } local => new(null, local.Value, null),
            _ when LocalMinutes.Parse(text) is { Success: true } local => new(null, local.Value, null),
            _ => null,
        };
        return value is not null;
    }

    /// <summary>Near the calendar's ends there is no arithmetic.</summary>
    public Rejection? CheckYear(string field) =>
        ScheduleRules.CheckDate(
            new(Math.Clamp(Instant?.Year ?? Date?.Year ?? Local!.Value.Year, 1, 9999), 1, 1), field);

    private static readonly LocalDateTimePattern LocalMinutes =
        LocalDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd'T'HH:mm");

    /// <summary>Null where clocks jump over the local time, or over the whole day.</summary>
    public DateTimeOffset? In(DateTimeZone zone) =>
        Instant
        ?? (Date is not { } date ? ZoneRules.ToInstantStrictly(Local!.Value, zone)
            : ZoneRules.Exists(date, zone) ? ZoneRules.StartOf(date, zone)
            : null);

    /// <summary>Why it is no instant in the zone; null if it is one.</summary>
    public Rejection? CheckExists(DateTimeZone zone, string field) =>
        In(zone) is not null ? null
        : Date is null ? BookingRules.Nonexistent(field)
        : BookingRules.NonexistentDate(field, zone.Id);
}
