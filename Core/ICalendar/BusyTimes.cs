using NodaTime;
using Platform.Core.Availability;

namespace Platform.Core.ICalendar;

/// <param name="Uid">Of the event.</param>
public readonly record struct BusyTime(string Uid, TimeRange Time);

/// <param name="Unreadable">Events that could not be read, or repeat by a rule that we do not follow.</param>
/// <param name="IsCut">Whether there were more than are read.</param>
public sealed record BusyReading(IReadOnlyList<BusyTime> Times, int Unreadable, bool IsCut);

/// <summary>
/// When somebody is busy by a calendar (RFC 5545): each occurrence of its events, but for those that are cancelled, or
/// transparent, or have no length. Whatever the text is, the work is bounded.
/// </summary>
public static class BusyTimes
{
    public const int MaxTimes = 20_000;

    /// <summary>Occurrences that are looked at in all, those before the window included.</summary>
    private const int MaxOccurrences = 500_000;

    /// <param name="zone">The zone of whole days, and of times that name none.</param>
    /// <param name="window">Times that do not meet it are left out.</param>
    public static BusyReading Read(string text, DateTimeZone zone, TimeRange window)
    {
        var entries = CalendarReader.Read(text, zone);
        var zones = new CalendarZones(zone, FileZones.In(text));
        List<BusyTime> busy = [];
        var (unreadable, budget, isCut) = (entries.Count(e => e.Event is null), MaxOccurrences, false);

        var read = entries.Select(e => e.Event).OfType<ImportedEvent>();
        foreach (var events in read.GroupBy(e => e.Event.Uid, StringComparer.Ordinal))
        {
            var moved = Latest(events.Where(e => e.Occurrence is not null))
                .ToDictionary(e => e.Occurrence!, StringComparer.Ordinal);
            var single = Latest(events.Where(e => e.Occurrence is null)).Where(IsBusy);
            foreach (var e in single)
            {
                var series = Occurrences.Of(e, zones, window, budget);
                budget -= series.LookedAt;
                isCut |= series.IsCut;
                if (!series.IsReadable) unreadable++;
                foreach (var occurrence in series.Times.Where(t => !t.Keys.Any(moved.ContainsKey))) Add(e, occurrence.Time);
            }

            foreach (var e in moved.Values.Where(IsBusy)) Add(e, new(e.Event.Start, e.Event.End));
        }

        return new(busy, unreadable, isCut);

        void Add(ImportedEvent e, TimeRange time)
        {
            if (!time.Overlaps(window)) return;
            if (busy.Count < MaxTimes) busy.Add(new(e.Event.Uid, time));
            else isCut = true;
        }
    }

    private static bool IsBusy(ImportedEvent e) =>
        !e.IsTransparent && e.Event.Status != CalendarStatus.Cancelled && e.Event.End > e.Event.Start;

    /// <summary>Of several versions of one event or occurrence, the last.</summary>
    private static IEnumerable<ImportedEvent> Latest(IEnumerable<ImportedEvent> versions) => versions
        .GroupBy(e => e.Occurrence, StringComparer.Ordinal)
        .Select(same => same.Index().MaxBy(e => (e.Item.Event.Sequence, e.Item.Event.Stamp ?? default, e.Index)).Item);
}
