using Microsoft.AspNetCore.Mvc;
using Platform.Hub.Web.Public;
using Platform.Ui.Time;

namespace Platform.Hub.Web.Pages.Public;

/// <summary>With whom, how long, on which day and when. Choosing a time holds it for some minutes.</summary>
public sealed class ServiceModel(PublicApi api, TimeProvider clock) : PublicPage(api)
{
    public BookingChoice Choice { get; private set; } = null!;

    public Availability Found { get; private set; } = null!;

    /// <summary>The time that was chosen is not free any more.</summary>
    public bool IsLost { get; private set; }

    /// <summary>Makes choosing a time twice hold it once.</summary>
    public string FormKey { get; } = Guid.CreateVersion7().ToString();

    public string Data { get; private set; } = "";

    public DateTimeOffset Now => clock.GetUtcNow();

    public IReadOnlyList<string> Zones => ZoneList.With(Site.Tenant.TimeZone, Site.Zone.Id);

    protected override bool MayBeIndexed => true;

    /// <param name="slot">Of links from elsewhere (SMART Scheduling Links): leads to the details of that time.</param>
    public async Task<IActionResult> OnGetAsync(
        string service, DateOnly? day, long? with, int? minutes, int? party, DateTimeOffset? slot, CancellationToken ct)
    {
        if (await ChooseAsync(service, with, minutes, party, ct) is { } instead) return instead;
        if (slot is { } start) return Redirect(Choice.Details(Site.Links, start, hold: null));

        return await ShowAsync(day, ct) ?? Page();
    }

    public async Task<IActionResult> OnPostAsync(
        string service, long? with, int? minutes, int? party, [FromForm] DateTimeOffset? slot, [FromForm] string? key,
        CancellationToken ct)
    {
        if (await ChooseAsync(service, with, minutes, party, ct) is { } instead) return instead;
        if (slot is not { } start) return Redirect(Choice.Times(Site.Links));

        if (VisitorCookies.Held(HttpContext) is { } former) await Api.ReleaseAsync(Slug, former, ct);
        var held = await Api.HoldAsync(Slug, Holding.Request(Choice, start, Site.Zone), Holding.Key(key, start), ct);
        if (!held.Ok && Holding.IsLost(held.Problem))
        {
            IsLost = true;
            return await ShowAsync(Site.Zone.DayOf(start), ct) ?? Refused(held.Problem.Status);
        }

        VisitorCookies.SetHeld(HttpContext, Site.Links, held.Data?.Token);
        return Redirect(Choice.Details(Site.Links, start, held.Data?.Token)); // it can be booked without a hold as well
    }

    private async Task<IActionResult?> ChooseAsync(string key, long? with, int? minutes, int? party, CancellationToken ct)
    {
        var (service, instead) = await FindServiceAsync(key, ct);
        if (service is null) return instead;

        ModelState.Clear(); // the URL is only where the page starts
        Choice = BookingChoice.Of(service, with, minutes, party);
        return null;
    }

    private async Task<IActionResult?> ShowAsync(DateOnly? day, CancellationToken ct)
    {
        var (found, problem) = await Availability.FindAsync(
            Api, Slug, Choice.Question(Site.Zone) with { Hold = VisitorCookies.Held(HttpContext) }, day,
            Choice.Service.BookingWindowDays, Now, ct);
        if (found is null) return Notice(problem!, "NoService");

        Found = found;
        var url = $"{Request.Scheme}://{Request.Host}{(Site.Links with { Kept = [] }).Of("")}";
        Data = StructuredData.Of(Site, url, [Choice.Service]);
        return null;
    }
}
