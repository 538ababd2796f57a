using Platform.Contracts;
using Platform.Contracts.Catalogue;
using Platform.Ui.Time;

namespace Platform.Hub.Web.Public;

/// <summary>A strip of fourteen days with what is free on each, and the starts of one of them.</summary>
/// <param name="Days">Fourteen days from <paramref name="First"/>, each with its number of free starts.</param>
/// <param name="Chosen">The day whose starts are shown; null when nothing is free on any.</param>
/// <param name="Slots">In order of time.</param>
/// <param name="Next">The first free day after the strip, when nothing is free on it.</param>
public sealed record Availability(
    DateOnly First, IReadOnlyList<(DateOnly Date, int Free)> Days, DateOnly? Chosen, IReadOnlyList<SlotResponse> Slots,
    DateOnly? Earlier, DateOnly? Later, DateOnly? Next)
{
    private const int DaysShown = 14;
    private const int Offered = 3;

    /// <summary>The starts by part of the day, leaving out parts without any: keys of texts.</summary>
    public IEnumerable<IGrouping<string, SlotResponse>> Parts(TimeZoneInfo zone) => Slots.GroupBy(slot =>
        zone.At(slot.Start).Hour switch { < 12 => "Public.Morning", < 18 => "Public.Afternoon", _ => "Public.Evening" });

    /// <param name="wanted">The day that the strip shows; today if null or over.</param>
    public static async Task<(Availability? Found, Problem? Problem)> FindAsync(
        PublicApi api, string slug, PublicSlotQuery question, DateOnly? wanted, int? windowDays, DateTimeOffset now,
        CancellationToken ct)
    {
        var today = question.Zone.DayOf(now);
        var last = today.AddDays(windowDays ?? BookingWindows.FarthestDays);
        var day = wanted is { } asked && asked > today ? (asked < last ? asked : last) : today;
        var first = today.AddDays((day.DayNumber - today.DayNumber) / DaysShown * DaysShown);

        var days = await api.DaysAsync(slug, question, first, first.AddDays(DaysShown), ct);
        if (!days.Ok) return (null, days.Problem);

        var free = days.Data.ToDictionary(found => found.Date, found => found.Slots);
        var chosen = days.Data.Select(found => (DateOnly?)found.Date).FirstOrDefault(date => date >= day)
            ?? days.Data.Select(found => (DateOnly?)found.Date).FirstOrDefault();
        var found = new Availability(
            first,
            [.. Enumerable.Range(0, DaysShown).Select(first.AddDays).Select(date => (date, free.GetValueOrDefault(date)))],
            chosen, [],
            first > today ? first.AddDays(-DaysShown) : null,
            first.AddDays(DaysShown) <= last ? first.AddDays(DaysShown) : null,
            null);
        return chosen is { } date
            ? await WithSlotsAsync(found, date)
            : await WithNextAsync(found);

        async Task<(Availability?, Problem?)> WithSlotsAsync(Availability strip, DateOnly date)
        {
            var slots = await api.SlotsAsync(slug, question, date, date.AddDays(1), ct);
            return slots.Ok ? (strip with { Slots = slots.Data }, null) : (null, slots.Problem);
        }

        async Task<(Availability?, Problem?)> WithNextAsync(Availability strip)
        {
            var next = await api.NextAsync(slug, question, first.AddDays(DaysShown), ct);
            return (strip with { Next = next.Data?.Slot is { } slot ? question.Zone.DayOf(slot.Start) : null }, null);
        }
    }

    /// <summary>The free starts that are nearest to one that is not free, in order of time.</summary>
    public static async Task<IReadOnlyList<SlotResponse>> NearestAsync(
        PublicApi api, string slug, PublicSlotQuery question, DateTimeOffset start, DateTimeOffset now, CancellationToken ct)
    {
        var today = question.Zone.DayOf(now);
        // A link is whatever somebody typed.
        var isNear = (start - now).Duration() < TimeSpan.FromDays(BookingWindows.FarthestDays);
        var day = isNear && question.Zone.DayOf(start) > today ? question.Zone.DayOf(start) : today;
        var first = day > today.AddDays(2) ? day.AddDays(-2) : today;
        var slots = await api.SlotsAsync(slug, question, first, day.AddDays(DaysShown), ct);
        return !slots.Ok ? [] :
        [
            .. slots.Data.Where(slot => slot.Start != start)
                .OrderBy(slot => (slot.Start - start).Duration()).Take(Offered).OrderBy(slot => slot.Start),
        ];
    }
}
