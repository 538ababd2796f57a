using System.Globalization;
using Microsoft.Extensions.Localization;
using Platform.Contracts.Bookings;
using Platform.Contracts.Calendars;
using Platform.Contracts.Catalogue;
using Platform.Ui.Time;

namespace Platform.Hub.Web.Calendar;

/// <summary>An event as the calendar in the browser takes it: times are wall-clock times of the tenant's zone.</summary>
public sealed record CalendarItem(
    string Id,
    IReadOnlyList<string> ResourceIds,
    string Title,
    string Start,
    string End,
    string Display,
    bool Editable,
    IReadOnlyList<string> ClassNames,
    CalendarItemDetails? ExtendedProps,
    bool AllDay = false);

/// <param name="Label">What a screen reader says beside time and title.</param>
public sealed record CalendarItemDetails(long Version, string Label, string Url);

/// <summary>Bookings, closed hours, blackouts and busy times of outside calendars as events.</summary>
internal sealed class CalendarItems(TimeZoneInfo zone, IStringLocalizer<HubText> text)
{
    /// <summary>How many colours services share.</summary>
    private const int Colours = 8;

    private static readonly string[] Movable = [BookingStatuses.Pending, BookingStatuses.Confirmed];

    public CalendarItem Of(BookingResponse booking, string url, bool mayMove, DateTimeOffset now) => new(
        $"{booking.Id}",
        [.. booking.Resources.Select(resource => $"{resource.Id}")],
        booking.Client is { } client ? $"{client.Name} · {booking.ServiceName}" : booking.ServiceName,
        Wall(booking.Start),
        Wall(booking.End),
        "auto",
        mayMove && Movable.Contains(booking.Status) && booking.Start > now,
        [$"is-{booking.Status}", $"colour-{booking.ServiceId % Colours}"],
        new(
            booking.Version,
            $", {string.Join(", ", booking.Resources.Select(r => r.Name))}, {text[$"Status.{booking.Status}"]}",
            url));

    public CalendarItem Of(BlackoutResponse blackout, IReadOnlyList<ResourceResponse> resources) => new(
        $"blackout-{blackout.Id}",
        [.. resources.Where(r => IsMeant(blackout, r)).Select(r => $"{r.Id}")],
        blackout.Reason ?? text["Calendar.Closed"],
        Wall(blackout.Start),
        Wall(blackout.End),
        "background",
        false,
        ["is-blackout"],
        null);

    public CalendarItem Of(BusyTimeResponse busy) => new(
        $"busy-{busy.ResourceId}-{busy.Start.ToUnixTimeSeconds()}",
        [$"{busy.ResourceId}"],
        text["Calendar.Busy"],
        Wall(busy.Start),
        Wall(busy.End),
        "background",
        false,
        ["is-busy"],
        null);

    /// <summary>When each resource is open, and when any of them is: views without resources show the latter.</summary>
    public IEnumerable<CalendarItem> Of(IReadOnlyList<OpeningResponse> openings)
    {
        for (var at = 0; at < openings.Count; at++)
        {
            yield return Open($"open-{at}", [$"{openings[at].ResourceId}"], openings[at].Start, openings[at].End, "is-open");
        }

        List<(DateTimeOffset Start, DateTimeOffset End)> any = [];
        foreach (var opening in openings.OrderBy(opening => opening.Start))
        {
            if (any is not [.., var last] || opening.Start > last.End) any.Add((opening.Start, opening.End));
            else if (opening.End > last.End) any[^1] = (last.Start, opening.End);
        }

        for (var at = 0; at < any.Count; at++) yield return Open($"any-{at}", [], any[at].Start, any[at].End, "is-any");
    }

    private CalendarItem Open(
        string id, IReadOnlyList<string> resources, DateTimeOffset start, DateTimeOffset end, string kind) =>
        new(id, resources, "", Wall(start), Wall(end), "background", false, [kind], null);

    public string Wall(DateTimeOffset instant) =>
        zone.At(instant).ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);

    private static bool IsMeant(BlackoutResponse blackout, ResourceResponse resource) => blackout switch
    {
        { ResourceId: { } id } => resource.Id == id,
        { CategoryId: { } category } => resource.CategoryId == category,
        _ => true,
    };
}
