using Microsoft.AspNetCore.Mvc;
using Platform.Contracts.Catalogue;
using Platform.Ui.Http;
using Platform.Ui.Time;

namespace Platform.Hub.Web.Pages.Portal.Book;

/// <summary>Second step: a strip of fourteen days with what is free on each, and the starts of one of them.</summary>
public sealed class TimeModel(HubApi api, TimeProvider clock) : HubPage(api)
{
    private const int DaysShown = 14;

    public ServiceResponse Service { get; private set; } = null!;

    /// <summary>Null when the link did not say: then the service's first.</summary>
    public int? Minutes { get; private set; }

    public DateOnly First { get; private set; }

    public DateOnly? Earlier { get; private set; }

    public DateOnly? Later { get; private set; }

    public IReadOnlyList<DayOfSlots> Days { get; private set; } = [];

    /// <summary>The day whose starts are shown; null when nothing is free on any.</summary>
    public DayOfSlots? Chosen { get; private set; }

    public string ZoneName { get; private set; } = "";

    public async Task<IActionResult> OnGetAsync(
        long serviceId, DateOnly? from, DateOnly? day, int? minutes, CancellationToken ct)
    {
        var services = await Api.ServicesAsync(ct);
        if (!services.Ok) return services.Problem.ToPage();
        if (services.Data.FirstOrDefault(service => service.Id == serviceId) is not { } service) return NotFound();

        Service = service;
        Minutes = minutes is { } wanted && service.DurationsMinutes.Contains(wanted) ? wanted : null;
        Turn(from ?? day);

        var slots = await Api.SlotsAsync(service.Id, First, First.AddDays(DaysShown), Minutes, ct);
        if (!slots.Ok) return slots.Problem.ToPage();

        var byDay = slots.Data.ToLookup(slot => Zone.DayOf(slot.Start));
        Days = [.. Enumerable.Range(0, DaysShown).Select(First.AddDays).Select(d => new DayOfSlots(d, [.. byDay[d]]))];
        var free = Days.Where(d => d.Slots.Count > 0).ToList();
        Chosen = free.FirstOrDefault(d => d.Date == day) ?? free.FirstOrDefault();
        ZoneName = Zone.NameAt(Chosen?.Slots[0].Start ?? clock.GetUtcNow());
        return Page();
    }

    /// <summary>Shows the strip that a day is on, between today and the last day that may be booked.</summary>
    private void Turn(DateOnly? wanted)
    {
        var today = Zone.DayOf(clock.GetUtcNow());
        var last = today.AddDays(Service.BookingWindowDays ?? BookingWindows.FarthestDays);
        var day = wanted is { } asked && asked > today ? (asked < last ? asked : last) : today;

        First = today.AddDays((day.DayNumber - today.DayNumber) / DaysShown * DaysShown);
        Earlier = First > today ? First.AddDays(-DaysShown) : null;
        Later = First.AddDays(DaysShown) <= last ? First.AddDays(DaysShown) : null;
    }
}

/// <param name="Slots">In order of time.</param>
public sealed record DayOfSlots(DateOnly Date, IReadOnlyList<SlotResponse> Slots)
{
    /// <summary>The starts by part of the day, leaving out parts without any: keys of texts.</summary>
    public IEnumerable<IGrouping<string, SlotResponse>> Parts(TimeZoneInfo zone) => Slots.GroupBy(slot =>
        zone.At(slot.Start).Hour switch { < 12 => "Book.Morning", < 18 => "Book.Afternoon", _ => "Book.Evening" });
}
