using System.Globalization;
using Microsoft.Extensions.Localization;
using Platform.Contracts.Bookings;
using Platform.Contracts.Catalogue;
using Platform.Ui.Time;

namespace Platform.Hub.Web.Calendar;

/// <summary>An event as the calendar in the browser takes it: times are wall-clock times of the tenant's zone.</summary>
public sealed record CalendarEvent(
    string Id,
    IReadOnlyList<string> ResourceIds,
    string Title,
    string Start,
    string End,
    string Display,
    bool Editable,
    IReadOnlyList<string> ClassNames,
    CalendarEventDetails? ExtendedProps);

/// <param name="Label">What a screen reader says beside time and title.</param>
public sealed record CalendarEventDetails(long Version, string Label, string Url);

/// <summary>Bookings, closed hours and blackouts as events.</summary>
internal sealed class CalendarFeed(TimeZoneInfo zone, IStringLocalizer<HubText> text)
{
    /// <summary>How many colours services share.</summary>
    private const int Colours = 8;

    private static readonly string[] Movable = [BookingStatuses.Pending, BookingStatuses.Confirmed];

    public CalendarEvent Of(BookingResponse booking, string url, bool mayMove, DateTimeOffset now) => new(
        $"{booking.Id}",
        [.. booking.Resources.Select(resource => $"{resource.Id}")],
        booking.Client is { } client ? $"{client.Name} · {booking.ServiceName}" : booking.ServiceName,
        Wall(booking.Start),
        Wall(booking.End),
        "auto",
        mayMove && Movable.Contains(booking.Status) && booking.Start > now,
        [$"is-{booking.Status}", $"colour-{booking.ServiceId % Colours}"],
        new(booking.Version, $", {string.Join(", ", booking.Resources.Select(r => r.Name))}, {text[$"Status.{booking.Status}"]}", url));

    public CalendarEvent Of(BlackoutResponse blackout, IReadOnlyList<ResourceResponse> resources) => new(
        $"blackout-{blackout.Id}",
        [.. resources.Where(r => IsMeant(blackout, r)).Select(r => $"{r.Id}")],
        blackout.Reason ?? text["Calendar.Closed"],
        Wall(blackout.Start),
        Wall(blackout.End),
        "background",
        false,
        ["is-blackout"],
        null);

    public CalendarEvent Of(OpeningResponse opening, int number) => new(
        $"open-{number}", [$"{opening.ResourceId}"], "", Wall(opening.Start), Wall(opening.End), "background", false, ["is-open"], null);

    public string Wall(DateTimeOffset instant) =>
        zone.At(instant).ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);

    private static bool IsMeant(BlackoutResponse blackout, ResourceResponse resource) => blackout switch
    {
        { ResourceId: { } id } => resource.Id == id,
        { CategoryId: { } category } => resource.CategoryId == category,
        _ => true,
    };
}
