using Platform.Contracts.Catalogue;
using Platform.Ui.Time;

namespace Platform.Hub.Web.Bookings;

/// <summary>Fourteen days with what is free on each, and the one that is open.</summary>
/// <param name="Chosen">Null when nothing is free on any.</param>
public sealed record DayStrip(IReadOnlyList<DayOfSlots> Days, DayOfSlots? Chosen, DateOnly? Earlier, DateOnly? Later)
{
    public const int DaysShown = 14;

    /// <summary>The first day of the strip that a day is on, between today and the last day that may be booked.</summary>
    public static DateOnly FirstOf(DateOnly? wanted, DateOnly today, DateOnly last)
    {
        var day = wanted is { } asked && asked > today ? (asked < last ? asked : last) : today;
        return today.AddDays((day.DayNumber - today.DayNumber) / DaysShown * DaysShown);
    }

    public static DayStrip Of(
        IReadOnlyList<SlotResponse> slots, DateOnly first, DateOnly? wanted, DateOnly today, DateOnly last,
        TimeZoneInfo zone)
    {
        var byDay = slots.ToLookup(slot => zone.DayOf(slot.Start));
        List<DayOfSlots> days =
            [.. Enumerable.Range(0, DaysShown).Select(first.AddDays).Select(d => new DayOfSlots(d, [.. byDay[d]]))];
        var free = days.Where(d => d.Slots.Count > 0).ToList();
        return new(
            days,
            free.FirstOrDefault(d => d.Date == wanted) ?? free.FirstOrDefault(),
            first > today ? first.AddDays(-DaysShown) : null,
            first.AddDays(DaysShown) <= last ? first.AddDays(DaysShown) : null);
    }
}

/// <param name="Slots">In order of time.</param>
public sealed record DayOfSlots(DateOnly Date, IReadOnlyList<SlotResponse> Slots)
{
    /// <summary>The starts by part of the day, leaving out parts without any: keys of texts.</summary>
    public IEnumerable<IGrouping<string, SlotResponse>> Parts(TimeZoneInfo zone) => Slots.GroupBy(slot =>
        zone.At(slot.Start).Hour switch { < 12 => "Book.Morning", < 18 => "Book.Afternoon", _ => "Book.Evening" });
}
