using Microsoft.AspNetCore.Mvc;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Contracts.Catalogue;
using Platform.Contracts.People;
using Platform.Hub.Web.Bookings;
using Platform.Ui.Http;
using Platform.Ui.Time;

namespace Platform.Hub.Web.Pages.Portal.Bookings;

public sealed class IndexModel(HubApi api, TimeProvider clock) : HubPage(api)
{
    /// <summary>What the tabs show; the first is left out of the URL.</summary>
    public static readonly IReadOnlyList<string> Views = ["upcoming", "today", "past", "all"];

    public static readonly IReadOnlyList<string> Statuses =
    [
        BookingStatuses.Pending, BookingStatuses.Confirmed, BookingStatuses.CheckedIn, BookingStatuses.Completed,
        BookingStatuses.NoShow, BookingStatuses.Cancelled, BookingStatuses.Rejected, BookingStatuses.Expired,
    ];

    private static readonly string[] Sorts = ["start", "-start", "created", "-created"];

    [BindProperty(SupportsGet = true)]
    public string View { get; set; } = Views[0];

    [BindProperty(SupportsGet = true)]
    public string? Q { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Status { get; set; }

    [BindProperty(SupportsGet = true)]
    public long? ServiceId { get; set; }

    [BindProperty(SupportsGet = true)]
    public long? ResourceId { get; set; }

    [BindProperty(SupportsGet = true)]
    public DateOnly? From { get; set; }

    /// <summary>The last day of the list.</summary>
    [BindProperty(SupportsGet = true)]
    public DateOnly? To { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Sort { get; set; }

    public IReadOnlyList<ServiceResponse> Services { get; private set; } = [];

    public IReadOnlyList<ResourceResponse> Resources { get; private set; } = [];

    public IReadOnlyList<BookingResponse> Bookings { get; private set; } = [];

    public Paging Paging { get; private set; } = null!;

    public bool IsFiltered => Q is not null || Status is not null || ServiceId is not null || ResourceId is not null
        || From is not null || To is not null;

    public string ZoneName => Zone.NameAt(clock.GetUtcNow());

    public string? FileLink => Link(null, Sort, "Csv");

    public async Task<IActionResult> OnGetAsync(int? p, int? size, CancellationToken ct)
    {
        Normalise();
        var rows = Paging.Sizes.Contains(size ?? 0) ? size!.Value : Paging.Sizes[0];
        var number = Paging.Bounded(p, rows);

        // Names of the filters; who sees only their own bookings may not read the catalogue.
        if (May(Permissions.BookingsRead))
        {
            var (services, resources) = (Api.ServicesAsync(ct), Api.ResourcesAsync(ct));
            (Services, Resources) = ((await services).Data ?? [], (await resources).Data ?? []);
        }

        var bookings = await Api.BookingsAsync(Filter() with { Page = number, Size = rows }, ct);
        if (!bookings.Ok) return bookings.Problem.ToPage();

        Bookings = bookings.Data;
        Paging = Paging.Of(bookings.Page, number, rows, Bookings.Count, page => Link(page, Sort, size: rows));
        Response.Headers.Vary = "HX-Request";
        return Page();
    }

    public IActionResult OnGetCsv()
    {
        Normalise();
        return new FileProxy(ct => Api.BookingsFileAsync(Filter(), ct), "bookings.csv");
    }

    /// <returns>The value of <c>aria-sort</c>; null where the list is not sorted by it.</returns>
    public string? SortOf(string column)
    {
        var sort = Sort ?? DefaultSort;
        return sort.TrimStart('-') != column ? null : sort.StartsWith('-') ? "descending" : "ascending";
    }

    /// <summary>Sorts by the column, or turns it round.</summary>
    public string? SortLink(string column) => Link(null, SortOf(column) == "ascending" ? $"-{column}" : column);

    private string DefaultSort => View == "past" ? "-start" : "start";

    /// <summary>The URL may say anything: what is unknown counts as not said.</summary>
    private void Normalise()
    {
        if (!Views.Contains(View)) View = Views[0];
        if (!Statuses.Contains(Status)) Status = null;
        if (!Sorts.Contains(Sort)) Sort = null;
        Q = Q is { Length: <= 200 } text && !string.IsNullOrWhiteSpace(text) ? text : null;
        ModelState.Clear();
    }

    private BookingListFilter Filter()
    {
        var now = clock.GetUtcNow();
        var today = Zone.DayOf(now);
        (DateTimeOffset? from, DateTimeOffset? to) = View switch
        {
            "upcoming" => ((DateTimeOffset?)now, (DateTimeOffset?)null),
            "past" => (null, now),
            "today" => (Zone.StartOf(today), Zone.StartOf(today.AddDays(1))),
            _ => (null, null),
        };
        if (From is { } first && CalendarYears.IsPlannable(first.Year)) from = Later(from, Zone.StartOf(first));
        if (To is { } last && CalendarYears.IsPlannable(last.Year)) to = Earlier(to, Zone.StartOf(last.AddDays(1)));
        return new(from, to, Status, Q, ServiceId, ResourceId, Sort: Sort ?? DefaultSort);

        static DateTimeOffset Later(DateTimeOffset? a, DateTimeOffset b) => a > b ? a.Value : b;
        static DateTimeOffset Earlier(DateTimeOffset? a, DateTimeOffset b) => a < b ? a.Value : b;
    }

    private string? Link(int? page, string? sort, string? handler = null, int? size = null) =>
        Url.Page("Index", handler, new
        {
            view = View == Views[0] ? null : View,
            q = Q,
            status = Status,
            serviceId = ServiceId,
            resourceId = ResourceId,
            from = From?.ToIso(),
            to = To?.ToIso(),
            sort = sort == DefaultSort ? null : sort,
            p = page is null or 1 ? null : page,
            size = size is null || size == Paging.Sizes[0] ? null : size,
        });
}
