using System.Globalization;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Platform.Contracts.Bookings;
using Platform.Contracts.Catalogue;
using Platform.Contracts.People;
using Platform.Hub.Web.Bookings;
using Platform.Hub.Web.Calendar;
using Platform.Ui.Http;
using Platform.Ui.Localization;
using Platform.Ui.Time;

namespace Platform.Hub.Web.Pages.Portal.Calendar;

/// <summary>
/// The calendar: day, week, month and resources with scripts, a day as a plain list without. Times travel as
/// wall-clock times of the tenant's zone; here they become instants.
/// </summary>
public sealed class IndexModel(
    HubApi api, IStringLocalizer<HubText> text, IStringLocalizer<UiText> uiText, TimeProvider clock) : HubPage(api)
{
    /// <summary>By the names of the URL; the first is left out of it.</summary>
    public static readonly IReadOnlyList<(string Name, string View)> Views =
    [
        ("week", "timeGridWeek"), ("day", "timeGridDay"), ("month", "dayGridMonth"), ("resources", "resourceTimelineDay"),
        ("resources-week", "resourceTimelineWeek"),
    ];

    private const int MaxDays = 62;

    private static readonly string[] Gone = [BookingStatuses.Cancelled, BookingStatuses.Rejected, BookingStatuses.Expired];

    [BindProperty(SupportsGet = true)]
    public string View { get; set; } = Views[0].Name;

    [BindProperty(SupportsGet = true)]
    public string? Date { get; set; }

    [BindProperty(SupportsGet = true)]
    public long? ServiceId { get; set; }

    [BindProperty(SupportsGet = true)]
    public long? ResourceId { get; set; }

    /// <summary><c>service</c> or <c>status</c>.</summary>
    [BindProperty(SupportsGet = true)]
    public string Colour { get; set; } = "service";

    public DateOnly Day { get; private set; }

    public IReadOnlyList<ServiceResponse> Services { get; private set; } = [];

    public IReadOnlyList<ResourceResponse> Resources { get; private set; } = [];

    /// <summary>Of the list of a day.</summary>
    public IReadOnlyList<BookingResponse> Bookings { get; private set; } = [];

    public bool IsList => View == "list";

    public bool CanMove => May(Permissions.BookingsWrite);

    public string ZoneName => Zone.NameAt(clock.GetUtcNow());

    /// <summary>The present offset of the zone, for the line of the present time: <c>-03:00</c>.</summary>
    public string Offset
    {
        get
        {
            var offset = Zone.GetUtcOffset(clock.GetUtcNow());
            return (offset < TimeSpan.Zero ? "-" : "+") + offset.ToString(@"hh\:mm", CultureInfo.InvariantCulture);
        }
    }

    public string? Link(string view, DateOnly? day = null) => Url.Page("Index", null, new
    {
        view = view == Views[0].Name ? null : view,
        date = (day ?? Day).ToIso(),
        serviceId = ServiceId,
        resourceId = ResourceId,
        colour = Colour == "service" ? null : Colour,
    });

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        Normalise();
        if (await LoadNamesAsync(ct) is { } failed) return failed;
        if (!IsList) return Page();

        var bookings = await Api.AllBookingsAsync(Filter(Day, Day.AddDays(1)), ct);
        if (!bookings.Ok) return bookings.Problem.ToPage();

        Bookings = [.. bookings.Data.Where(b => !Gone.Contains(b.Status) && Zone.DayOf(b.Start) == Day)];
        return Page();
    }

    public async Task<IActionResult> OnGetEventsAsync(DateOnly start, DateOnly end, CancellationToken ct)
    {
        Normalise();
        if (end <= start || end.DayNumber - start.DayNumber > MaxDays || start.Year is < 1901 or > 2199) return BadRequest();

        var (asksBookings, asksOpenings) = (Api.AllBookingsAsync(Filter(start, end), ct), Api.OpeningsAsync(start, end, ct));
        var (asksBlackouts, asksResources) = (Api.BlackoutsAsync(start, end, ct), Api.ResourcesAsync(ct));
        var asksBusy = Api.BusyTimesAsync(start, end, ct);
        var bookings = await asksBookings;
        var (openings, blackouts, resources) = (await asksOpenings, await asksBlackouts, await asksResources);
        var busy = (await asksBusy).Data ?? [];
        if (!bookings.Ok) return Refuse(bookings.Problem);

        var (feed, now) = (new CalendarItems(Zone, text), clock.GetUtcNow());
        return new JsonResult((CalendarItem[])
        [
            .. bookings.Data.Where(b => !Gone.Contains(b.Status))
                .Select(b => feed.Of(b, Url.Page("/Portal/Bookings/Details", new { id = b.Id })!, CanMove, now)),
            .. feed.Of([.. (openings.Data ?? []).Where(opening => ResourceId is null || opening.ResourceId == ResourceId)]),
            .. (blackouts.Data ?? []).Select(b => feed.Of(b, resources.Data ?? []))
                .Concat(busy.Select(feed.Of))
                .Where(e => ResourceId is null || e.ResourceIds.Contains($"{ResourceId}")),
        ]);
    }

    /// <summary>Moves a booking, gives it another length or another resource.</summary>
    public async Task<IActionResult> OnPostMoveAsync([FromBody] MoveRequest? request, CancellationToken ct)
    {
        if (request is null || request.End <= request.Start) return BadRequest();

        var booking = await Api.BookingAsync(request.Id, ct);
        if (!booking.Ok) return Refuse(booking.Problem);

        var before = booking.Data;
        var (start, minutes) = (Zone.InstantOf(request.Start), (int)(request.End - request.Start).TotalMinutes);
        var isAsLong = minutes == (int)(before.End - before.Start).TotalMinutes;
        var resources = request.To is { } to && request.From is { } from && to != from
            ? before.Resources.Select(r => r.Id == from ? to : r.Id).Distinct().ToList()
            : null;
        var moved = await Api.ChangeBookingAsync(
            request.Id, "reschedule", new RescheduleBookingRequest(start, isAsLong ? null : minutes, resources, Me.TimeZone),
            request.Version, ct);
        if (!moved.Ok) return Refuse(moved.Problem);

        var at = Zone.At(moved.Data.Start).ToString("g", CultureInfo.CurrentCulture);
        return new JsonResult(new
        {
            text = text["Calendar.Moved", moved.Data.Client?.Name ?? moved.Data.ServiceName, at].Value,
            version = moved.Data.Version,
        });
    }

    /// <summary>Hands on that something has changed, as it happens.</summary>
    public async Task<IActionResult> OnGetStreamAsync(CancellationToken ct)
    {
        using var changes = await Api.ChangesAsync(Request.Headers["Last-Event-ID"], ct);
        Response.StatusCode = (int)changes.StatusCode;
        if (!changes.IsSuccessStatusCode) return new EmptyResult();

        Response.ContentType = "text/event-stream";
        Response.Headers["X-Accel-Buffering"] = "no";
        HttpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        await Response.Body.FlushAsync(ct);
        try
        {
            await using var stream = await changes.Content.ReadAsStreamAsync(ct);
            await stream.CopyToAsync(Response.Body, ct);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or HttpRequestException)
        {
            // The reader has left, or the API ended it: the browser connects again.
        }

        return new EmptyResult();
    }

    private void Normalise()
    {
        ModelState.Clear();
        if (View != "list" && Views.All(view => view.Name != View)) View = Views[0].Name;
        if (Colour != "status") Colour = "service";
        Day = DateOnly.TryParseExact(Date, "yyyy-MM-dd", out var day) && day.Year is > 1901 and < 2199
            ? day
            : Zone.DayOf(clock.GetUtcNow());
    }

    private BookingListFilter Filter(DateOnly from, DateOnly to) =>
        new(Zone.StartOf(from), Zone.StartOf(to), ServiceId: ServiceId, ResourceId: ResourceId);

    private async Task<IActionResult?> LoadNamesAsync(CancellationToken ct)
    {
        var (asksServices, asksResources) = (Api.ServicesAsync(ct), Api.ResourcesAsync(ct));
        var (services, resources) = (await asksServices, await asksResources);
        if (!services.Ok) return services.Problem.ToPage();
        if (!resources.Ok) return resources.Problem.ToPage();

        Services = [.. services.Data.OrderBy(service => service.Name, StringComparer.CurrentCulture)];
        Resources = [.. resources.Data.OrderBy(resource => resource.Name, StringComparer.CurrentCulture)];
        return null;
    }

    private ObjectResult Refuse(Contracts.Problem problem) =>
        new(new { detail = uiText.Of(problem) }) { StatusCode = problem.Status };

    /// <param name="From">The resource that it is dragged away from.</param>
    /// <param name="To">The one it is dropped on.</param>
    /// <param name="Start">Wall-clock time of the tenant's zone.</param>
    /// <param name="End">Likewise.</param>
    public sealed record MoveRequest(long Id, long Version, long? From, long? To, DateTime Start, DateTime End);
}
