using System.Text;
using Microsoft.AspNetCore.Mvc;
using Platform.Contracts.Bookings;
using Platform.Contracts.Catalogue;
using Platform.Contracts.People;
using Platform.Hub.Web.Settings;
using Platform.Ui.Http;
using Platform.Ui.Time;

namespace Platform.Hub.Web.Pages.Settings.Export;

/// <summary>The organisation's data as files; that of bookings can be imported again.</summary>
public sealed class IndexModel(SettingsTools tools) : SettingsPage(tools)
{
    private const int MaxDays = 366;

    protected override string Needs => Permissions.BookingsRead;

    public DateOnly From { get; private set; }

    public DateOnly Until { get; private set; }

    public void OnGet()
    {
        Until = Zone.DayOf(Now);
        From = Until.AddMonths(-1);
    }

    public async Task<IActionResult> OnGetBookingsAsync(DateOnly from, DateOnly until, CancellationToken ct)
    {
        (From, Until) = (from, until);
        if (until < from) ModelState.AddModelError("until", UiText["Problem.INVALID_RANGE"]);
        else if (until.DayNumber - from.DayNumber > MaxDays) ModelState.AddModelError(
            "until", UiText["Problem.RANGE_TOO_LONG"]);
        if (!ModelState.IsValid) return Refused();

        var bookings = await Api.AllAsync<BookingResponse>(
            $"bookings?from={Zone.StartOf(from).ToIso()}&to={Zone.StartOf(until.AddDays(1)).ToIso()}", ct);
        if (!bookings.Ok) return Refused(bookings.Problem);

        string[] header =
        [
            "externalId", "service", "resources", "start", "end", "timeZone", "status", "clientName", "clientEmail", "partySize",
            "note",
        ];
        return File("bookings", header, bookings.Data.Select(b => new object?[]
        {
            b.Uid, b.ServiceName, string.Join("; ", b.Resources.Select(r => r.Name)), b.Start, b.End, b.TimeZone, b.Status,
            b.Client?.Name, b.Client?.Email, b.PartySize, b.Note,
        }));
    }

    public async Task<IActionResult> OnGetServicesAsync(CancellationToken ct)
    {
        var services = await Api.AllAsync<ServiceResponse>("services?active=all", ct);
        if (!services.Ok) return services.Problem.ToPage();

        string[] header = ["id", "name", "durationsMinutes", "price", "currency", "public", "active"];
        return File("services", header, services.Data.Select(s => new object?[]
        {
            s.Id, s.Name, string.Join("; ", s.DurationsMinutes), s.Price?.Amount, s.Price?.Currency, s.Public, s.Active,
        }));
    }

    public async Task<IActionResult> OnGetResourcesAsync(CancellationToken ct)
    {
        var resources = await Api.AllAsync<ResourceResponse>("resources?active=all", ct);
        if (!resources.Ok) return resources.Problem.ToPage();

        return File("resources", ["id", "name", "category", "capacity", "timeZone", "active"], resources.Data.Select(r =>
            new object?[] { r.Id, r.Name, r.CategoryName, r.Capacity, r.TimeZone, r.Active }));
    }

    private static FileContentResult File(string name, string[] header, IEnumerable<object?[]> rows)
    {
        var text = new StringBuilder().AppendLine(CsvText.Line(header));
        foreach (var row in rows) text.AppendLine(CsvText.Line(row));
        return CsvText.File(name, text.ToString());
    }
}
