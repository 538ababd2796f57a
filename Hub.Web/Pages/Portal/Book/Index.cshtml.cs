using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Contracts.Catalogue;
using Platform.Contracts.Clients;
using Platform.Contracts.People;
using Platform.Hub.Web.Bookings;
using Platform.Ui.Http;
using Platform.Ui.Localization;
using Platform.Ui.Time;

namespace Platform.Hub.Web.Pages.Portal.Book;

/// <summary>
/// A booking for a client on one page: what, when, who. Each part can be shown again, with what was typed, when
/// another part changes.
/// </summary>
public sealed class IndexModel(
    HubApi api, IStringLocalizer<HubText> text, IStringLocalizer<UiText> uiText, TimeProvider clock) : HubPage(api)
{
    private const int ClientsShown = 8;

    /// <summary>Refusals that another time, or another resource, can mend.</summary>
    private static readonly string[] LostCodes =
    [
        Codes.BookingConflict, Codes.BusyElsewhere, Codes.SlotHeld, Codes.CapacityFull, Codes.OutsideAvailability, Codes.TooSoon, Codes.TooFar,
        Codes.UnknownResource,
    ];

    private IReadOnlyList<CustomFieldResponse> _fields = [];

    [BindProperty]
    public BookingForm Input { get; set; } = new();

    public IReadOnlyList<ServiceResponse> Services { get; private set; } = [];

    public ServiceResponse? Service { get; private set; }

    /// <summary>What the client may choose, for each requirement of the service where there is a choice.</summary>
    public IReadOnlyList<(string Label, IReadOnlyList<ResourceResponse> Options)> Choices { get; private set; } = [];

    public DayStrip? Strip { get; private set; }

    /// <summary>Free times near the one that was lost.</summary>
    public IReadOnlyList<SlotResponse> Nearest { get; private set; } = [];

    public IReadOnlyList<ClientResponse> Clients { get; private set; } = [];

    /// <summary>The dates of a series, each with its result; null until they were requested.</summary>
    public IReadOnlyList<SeriesOccurrence>? Dates { get; private set; }

    public int Minutes => Input.Minutes ?? Service!.DurationsMinutes[0];

    public string Policy => PolicyText.Of(Service!.Cancellation, text);

    public string ZoneName => Zone.NameAt(Strip?.Chosen?.Slots[0].Start ?? clock.GetUtcNow());

    public IReadOnlyList<AskedQuestion> Questions => Service is null
        ? []
        : Answers.Asked([.. Service.Questions, .. Answers.Of(_fields, "booking")], "Input.Answers", Input.Answers);

    public IReadOnlyList<AskedQuestion> ClientFields =>
        Answers.Asked(Answers.Of(_fields, "client"), "Input.Metadata", Input.Metadata);

    public string Why(SeriesOccurrence date) => ReasonText.Of(date.Code, text, uiText);

    public async Task<IActionResult> OnGetAsync(
        long? serviceId, string? day, DateTimeOffset? start, DateTime? local, int? minutes, long? resourceId, long? clientId,
        CancellationToken ct)
    {
        ModelState.Clear(); // the query is only where the form starts
        if (local is { } wall && CalendarYears.IsPlannable(wall.Year)) start ??= Zone.InstantOf(wall);
        Input = new()
        {
            ServiceId = serviceId,
            Day = day,
            Start = start,
            Minutes = minutes,
            ClientId = clientId,
            Key = NewKey(),
        };
        if (start is { } at && day is null) Input.Day = Zone.DayOf(at).ToIso();
        return await LoadAsync(ct, resourceId) ?? Offered();
    }

    /// <summary>Shows the page again after a choice on which other parts depend; nothing is booked.</summary>
    /// <param name="go">Another day.</param>
    /// <param name="ct"></param>
    public async Task<IActionResult> OnPostRefreshAsync(string? go, CancellationToken ct)
    {
        ModelState.Clear();
        if (!string.IsNullOrEmpty(go)) Input.Day = go;
        return await LoadAsync(ct) ?? Offered();
    }

    public async Task<IActionResult> OnPostPreviewAsync(CancellationToken ct)
    {
        if (await CheckAsync(ct) is { } failed) return failed;
        if (!BookingForm.Repeats.Contains(Input.Repeat)) return Page();

        var preview = await Api.PreviewSeriesAsync(Input.ToSeries(Me.TimeZone, Questions, ClientFields), ct);
        if (!preview.Ok) return Refuse(preview.Problem);

        Dates = preview.Data.Occurrences;
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (await CheckAsync(ct) is { } failed) return failed;

        if (BookingForm.Repeats.Contains(Input.Repeat))
        {
            var series = await Api.CreateSeriesAsync(Input.ToSeries(Me.TimeZone, Questions, ClientFields), Input.Key, ct);
            if (!series.Ok) return await RefuseAsync(series.Problem, ct);

            this.Notice(text["Series.Created", series.Data.Occurrences.Count(date => date.BookingId is not null)]);
            return RedirectToPage("/Portal/Bookings/Series", new { id = series.Data.Id });
        }

        var booking = await Api.CreateBookingAsync(Input.ToBooking(Me.TimeZone, Questions, ClientFields), Input.Key, ct);
        return booking.Ok
            ? RedirectToPage("Done", new { id = booking.Data.Id })
            : await RefuseAsync(booking.Problem, ct);
    }

    /// <returns>What to answer instead of trying; null when everything that is needed was typed.</returns>
    private async Task<IActionResult?> CheckAsync(CancellationToken ct)
    {
        if (await LoadAsync(ct) is { } failed) return failed;

        if (Service is null) ModelState.AddModelError("Input.ServiceId", text["Book.ChooseService"]);
        if (Input.Start is null) ModelState.AddModelError("Input.Start", text["Book.ChooseStart"]);
        if (Input.ClientId is null && string.IsNullOrWhiteSpace(Input.Name))
        {
            ModelState.AddModelError("Input.Name", uiText["Validation.Required"]);
        }

        return ModelState.IsValid ? null : Refused();
    }

    private async Task<IActionResult> RefuseAsync(Problem problem, CancellationToken ct)
    {
        if (problem.Status is StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden) return problem.ToPage();

        // Nobody knows what became of an unanswered request: only the same key makes it safe to send it again. Any
        // other answer is final for its key, and what is typed next is another request.
        if (problem.Code is not (Codes.Unavailable or Codes.IdempotencyInProgress))
        {
            Input.Key = NewKey();
            ModelState.Remove("Input.Key"); // a form shows what was sent before what is set
        }

        if (problem.Code == Codes.SeriesConflict) Dates = problem.Conflicts;
        if (LostCodes.Contains(problem.Code))
        {
            Nearest = problem.NextSlots ?? [];
            Input.Start = null; // none of the offered times is chosen yet
            ModelState.Remove("Input.Start");
            if (await LoadAsync(ct) is { } failed) return failed;
        }

        return Refuse(problem);
    }

    private PageResult Refuse(Problem problem)
    {
        Dictionary<string, string> fields = new()
        {
            ["client.name"] = "Input.Name",
            ["client.email"] = "Input.Email",
            ["client.phone"] = "Input.Phone",
            ["partySize"] = "Input.PartySize",
            ["note"] = "Input.Note",
            ["start"] = "Input.Start",
        };
        foreach (var q in Questions) fields[$"answers.{q.Question.Key}"] = q.Name;
        foreach (var q in ClientFields) fields[$"client.metadata.{q.Question.Key}"] = q.Name;
        if (problem.Code == Codes.InvalidPhone) ModelState.AddModelError("Input.Phone", uiText.Of(problem));
        else if (LostCodes.Contains(problem.Code)) ModelState.AddModelError("Input.Start", uiText.Of(problem));
        else ModelState.Add(problem, uiText, fields);
        return problem.Status == StatusCodes.Status400BadRequest ? Refused() : Refused(problem.Status);
    }

    /// <summary>The page, without a chosen time that is not free with the other choices.</summary>
    private PageResult Offered()
    {
        if (Strip is null || Strip.Days.All(day => day.Slots.All(slot => slot.Start != Input.Start))) Input.Start = null;
        return Page();
    }

    /// <returns>What to answer instead of this page, or null when it can be shown.</returns>
    private async Task<IActionResult?> LoadAsync(CancellationToken ct, long? resourceId = null)
    {
        if (!May(Permissions.BookingsWrite)) return StatusCode(StatusCodes.Status403Forbidden);

        var (asksServices, asksResources) = (Api.ServicesAsync(ct), Api.ResourcesAsync(ct));
        var asksFields = Api.CustomFieldsAsync(ct);
        var (services, resources) = (await asksServices, await asksResources);
        if (!services.Ok) return services.Problem.ToPage();
        if (!resources.Ok) return resources.Problem.ToPage();
        _fields = (await asksFields).Data ?? [];

        Services = [.. services.Data.OrderBy(service => service.Name, StringComparer.CurrentCulture)];
        Service = Services.FirstOrDefault(service => service.Id == Input.ServiceId) ?? (Services is [var only] ? only : null);
        if (Service is not null)
        {
            Input.ServiceId = Service.Id;
            if (Input.Minutes is not { } minutes || !Service.DurationsMinutes.Contains(minutes)) Input.Minutes = null;
            Choices = ChoicesOf(Service, resources.Data);
            Prefer(resourceId);
            if (await LoadTimesAsync(Service, ct) is { } failed) return failed;
        }

        await FindClientsAsync(ct);
        return null;
    }

    /// <summary>A link may ask for one resource.</summary>
    private void Prefer(long? resourceId)
    {
        if (resourceId is null) return;
        Input.ResourceIds = [.. Choices.Select(choice =>
            choice.Options.Any(option => option.Id == resourceId) ? resourceId : null)];
    }

    private async Task<IActionResult?> LoadTimesAsync(ServiceResponse service, CancellationToken ct)
    {
        var today = Zone.DayOf(clock.GetUtcNow());
        var last = today.AddDays(service.BookingWindowDays ?? BookingWindows.FarthestDays);
        var wanted = DateOnly.TryParseExact(Input.Day, "yyyy-MM-dd", out var day) ? day : (DateOnly?)null;
        var first = DayStrip.FirstOf(wanted, today, last);
        var chosen = Input.ResourceIds.OfType<long>().ToList();
        var slots = await Api.SlotsAsync(
            service.Id, first, first.AddDays(DayStrip.DaysShown), Input.Minutes, ct,
            Input.PartySize is > 1 ? Input.PartySize : null, chosen.Count > 0 ? chosen[0] : null);
        if (slots.Problem is { Status: not (StatusCodes.Status404NotFound or StatusCodes.Status422UnprocessableEntity) } problem)
        {
            return problem.ToPage();
        }

        var fitting = (slots.Data ?? []).Where(slot => chosen.All(slot.ResourceIds.Contains)).ToList();
        Strip = DayStrip.Of(fitting, first, wanted, today, last, Zone);
        Input.Day = Strip.Chosen?.Date.ToIso() ?? Input.Day;
        return null;
    }

    private async Task FindClientsAsync(CancellationToken ct)
    {
        if (!May(Permissions.ClientsRead)) return;

        if (!string.IsNullOrWhiteSpace(Input.Search))
        {
            Clients = (await Api.ClientsAsync(Input.Search, 1, ClientsShown, ct)).Data ?? [];
        }

        if (Input.ClientId is not { } id || Clients.Any(client => client.Id == id)) return;

        if ((await Api.ClientAsync(id, ct)).Data is { ErasedAt: null } known) Clients = [known, .. Clients];
        else Input.ClientId = null;
    }

    private static List<(string, IReadOnlyList<ResourceResponse>)> ChoicesOf(
        ServiceResponse service, IReadOnlyList<ResourceResponse> resources) =>
        [.. from need in service.Requirements
            where need.Assignment != "all"
            let options = resources.Where(r => r.Active
                && (need.ResourceIds is { Count: > 0 } named ? named.Contains(r.Id) : r.CategoryId == need.CategoryId)).ToList()
            where options.Count > 1
            select (options[0].CategoryName, (IReadOnlyList<ResourceResponse>)options)];

    private static string NewKey() => Guid.CreateVersion7().ToString();
}
