using System.Globalization;

namespace Platform.Ui.Time;

/// <summary>Instants as the clocks of a zone show them, and as links and forms carry them.</summary>
public static class ZoneText
{
    extension(TimeZoneInfo zone)
    {
        public DateTimeOffset At(DateTimeOffset instant) => TimeZoneInfo.ConvertTime(instant, zone);

        public DateOnly DayOf(DateTimeOffset instant) => DateOnly.FromDateTime(zone.At(instant).DateTime);

        /// <summary>
        /// The instant of a local time: the first of two, and after a gap the time that clocks show then.
        /// </summary>
        public DateTimeOffset InstantOf(DateTime local)
        {
            var time = DateTime.SpecifyKind(local, DateTimeKind.Unspecified);
            if (zone.IsInvalidTime(time)) return new(time, zone.GetUtcOffset(time.AddDays(-1)));
            return new(time, zone.IsAmbiguousTime(time) ? zone.GetAmbiguousTimeOffsets(time).Max() : zone.GetUtcOffset(time));
        }

        /// <summary>The instant at which a local day begins.</summary>
        public DateTimeOffset StartOf(DateOnly day) => zone.InstantOf(day.ToDateTime(TimeOnly.MinValue));

        /// <summary>The zone's name with its offset at that instant: <c>America/Sao Paulo, UTC−03:00</c>.</summary>
        public string NameAt(DateTimeOffset instant)
        {
            var offset = zone.At(instant).Offset;
            var sign = offset < TimeSpan.Zero ? "−" : "+";
            return $"{zone.Id.Replace('_', ' ')}, UTC{sign}{offset.ToString(@"hh\:mm", CultureInfo.InvariantCulture)}";
        }

        /// <summary>The zone of an IANA name; UTC when this machine does not know the name.</summary>
        public static TimeZoneInfo Named(string id) =>
            TimeZoneInfo.TryFindSystemTimeZoneById(id, out var found) ? found : TimeZoneInfo.Utc;
    }

    extension(DateTimeOffset instant)
    {
        /// <summary>UTC to the second, with <c>Z</c>: needs no escaping in a query string.</summary>
        public string ToIso() => instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
    }

    extension(DateOnly day)
    {
        public string ToIso() => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
    }
}
