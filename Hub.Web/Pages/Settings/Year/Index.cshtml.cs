using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using Platform.Contracts;
using Platform.Contracts.Catalogue;
using Platform.Contracts.People;
using Platform.Hub.Web.Settings;
using Platform.Ui.Http;
using Platform.Ui.Time;

namespace Platform.Hub.Web.Pages.Settings.Year;

/// <summary>
/// A year of the organisation or of a resource: its holidays, closed times and days with other hours. A day that is
/// chosen shows what applies to it and what can be changed.
/// </summary>
public sealed class IndexModel(SettingsTools tools) : SettingsPage<IndexModel.Form>(tools)
{
    protected override string Needs => Permissions.CatalogueWrite;

    public int Shown { get; private set; }

    public IReadOnlyList<ResourceResponse> Resources { get; private set; } = [];

    public IReadOnlyList<CategoryResponse> Categories { get; private set; } = [];

    /// <summary>Whose year it is; null for the organisation's.</summary>
    public ResourceResponse? Resource { get; private set; }

    public IReadOnlyList<OpeningRule> Rules { get; private set; } = [];

    public IReadOnlyList<YearDay> Days { get; private set; } = [];

    public IReadOnlyList<BlackoutResponse> Blackouts { get; private set; } = [];

    public YearDay? Day { get; private set; }

    public TimeZoneInfo DayZone { get; private set; } = TimeZoneInfo.Utc;

    public SelectListItem[] Choices => CatalogueItems.Of(Resources);

    public SelectListItem[] Kinds => CatalogueItems.Of(Categories);

    public string Link(int? year = null, DateOnly? day = null) =>
        To("year") + QueryString.Create(new Dictionary<string, string?>
        {
            ["year"] = (year ?? Shown).ToString(CultureInfo.InvariantCulture),
            ["resource"] = Resource is { } resource ? CatalogueItems.Text(resource.Id) : null,
            ["day"] = day?.ToIso(),
        }.Where(pair => pair.Value is not null));

    public async Task<IActionResult> OnGetAsync(int? year, long? resource, DateOnly? day, CancellationToken ct)
    {
        ModelState.Clear(); // a link is whatever somebody typed
        if (await LoadAsync(year, resource, day, ct) is { } failed) return failed;
        Fill();
        return Page();
    }

    /// <summary>Closes a time: of the resource, of a category, or of everything.</summary>
    public async Task<IActionResult> OnPostCloseAsync(int? year, long? resource, DateOnly? day, CancellationToken ct)
    {
        if (await LoadAsync(year, resource, day, ct) is { } failed) return failed;
        if (!ModelState.IsValid) return Refused();

        var (start, end) = Input.Range(DayZone);
        if (start is null) ModelState.AddModelError("Input.FromTime", UiText["Problem.NONEXISTENT_LOCAL_TIME"]);
        if (end is null) ModelState.AddModelError("Input.ToTime", UiText["Problem.NONEXISTENT_LOCAL_TIME"]);
        if (start is null || end is null) return Refused();

        var category = Resource is null ? Input.CategoryId : null;
        var created = await Api.PostAsync<BlackoutResponse>(
            "blackouts", new CreateBlackoutRequest(
                start.Value, end.Value, Resource?.Id, category, Input.Reason), ct, Input.Key);
        return created.Ok
            ? Back(Text["Setup.Year.ClosedDone"], day)
            : Refused(
                created.Problem, new Dictionary<string, string> { ["start"] = "Input.From", ["end"] = "Input.To" });
    }

    public async Task<IActionResult> OnPostOpenAsync(
        int? year, long? resource, DateOnly? day, long blackout, CancellationToken ct)
    {
        if (await LoadAsync(year, resource, day, ct) is { } failed) return failed;
        var deleted = await Api.DeleteAsync($"blackouts/{blackout}", null, ct);
        return deleted.Ok ? Back(Text["Setup.Year.Opened"], day) : Again(deleted.Problem);
    }

    /// <summary>Other hours on one day of a resource; none at all close it.</summary>
    public async Task<IActionResult> OnPostHoursAsync(
        int? year, long? resource, DateOnly? day, string? change, CancellationToken ct)
    {
        if (await LoadAsync(year, resource, day, ct) is { } failed) return failed;
        if (Resource is null || Day is null) return NotFound();
        if (change == "add" && Input.Hours.Count < 20)
        {
            Input.Hours.Add(new());
            return Redrawn();
        }

        var typed = Input.Hours.Where(h => !h.IsEmpty);
        OpeningInterval[] intervals = [.. typed.Select(h => new OpeningInterval(h.Start ?? "", h.End ?? ""))];
        var saved = await Api.PutAsync<OverrideResponse>(
            $"resources/{Resource.Id}/overrides/{Day.Date.ToIso()}", new PutOverrideRequest(intervals), null, ct);
        if (saved.Ok) return Back(Text["Setup.Saved"], day);

        return Refused(saved.Problem, new Dictionary<string, string> { ["intervals"] = "Input.Hours[0].Start" });
    }

    /// <summary>The day follows the week again.</summary>
    public async Task<IActionResult> OnPostFollowAsync(int? year, long? resource, DateOnly? day, CancellationToken ct)
    {
        if (await LoadAsync(year, resource, day, ct) is { } failed) return failed;
        if (Resource is null || Day is null) return NotFound();

        var deleted = await Api.DeleteAsync($"resources/{Resource.Id}/overrides/{Day.Date.ToIso()}", null, ct);
        return deleted.Ok ? Back(Text["Setup.Year.Follows"], day) : Again(deleted.Problem);
    }

    private IActionResult Again(Problem problem)
    {
        ModelState.Clear();
        Fill();
        return Refused(problem);
    }

    private RedirectResult Back(string notice, DateOnly? day)
    {
        this.Notice(notice);
        return Redirect(Link(day: day));
    }

    private void Fill()
    {
        if (Day is not { } day) return;
        Input.From = Input.To = day.Date;
        Input.Hours = day.Override is { } special
            ? [.. special.Intervals.Select(i => HoursForm.Of(i.Start, i.End))]
            : [.. YearView.HoursOf(Rules, day.Date).Select(HoursForm.Of)];
        if (Input.Hours.Count == 0) Input.Hours.Add(new());
    }

    private async Task<IActionResult?> LoadAsync(int? year, long? resourceId, DateOnly? day, CancellationToken ct)
    {
        Shown = Math.Clamp(year ?? day?.Year ?? Zone.DayOf(Now).Year, CalendarYears.First, CalendarYears.LastPlanned);
        var resources = await Api.AllAsync<ResourceResponse>("resources?active=all", ct);
        if (!resources.Ok) return resources.Problem.ToPage();
        var categories = await Api.AllAsync<CategoryResponse>("categories", ct);
        if (!categories.Ok) return categories.Problem.ToPage();
        (Resources, Categories) = (resources.Data, categories.Data);

        if (resourceId is { } wanted
            && (Resource = Resources.FirstOrDefault(r => r.Id == wanted)) is null) return NotFound();
        DayZone = Resource is { } chosen ? TimeZoneInfo.Named(chosen.TimeZone) : Zone;
        IReadOnlyList<OverrideResponse> overrides = [];
        if (Resource is null)
        {
            var settings = await Api.GetAsync<SettingsResponse>("settings", ct);
            if (!settings.Ok) return settings.Problem.ToPage();
            Rules = settings.Data.OpeningHours is { Count: > 0 } hours
                ? hours
                : [new(DayNames.All, "00:00", "24:00")]; // only resources say
        }
        else
        {
            var schedule = await Api.GetAsync<ScheduleResponse>($"resources/{Resource.Id}/schedule", ct);
            if (!schedule.Ok) return schedule.Problem.ToPage();
            var special = await Api.AllAsync<OverrideResponse>(
                $"resources/{Resource.Id}/overrides?from={Shown}-01-01&to={Shown + 1}-01-01", ct);
            if (!special.Ok) return special.Problem.ToPage();
            (Rules, overrides) = (schedule.Data.Rules, special.Data);
        }

        var (start, end) = (DayZone.StartOf(new(Shown, 1, 1)), DayZone.StartOf(new(Shown + 1, 1, 1)));
        var ofResource = Resource is null ? "" : $"&resourceId={Resource.Id}";
        var blackouts = await Api.AllAsync<BlackoutResponse>(
            $"blackouts?from={start.ToIso()}&to={end.ToIso()}{ofResource}", ct);
        if (!blackouts.Ok) return blackouts.Problem.ToPage();

        Blackouts = [.. blackouts.Data.Where(b => Resource is not null || b.ResourceId is null).OrderBy(b => b.Start)];
        Days = YearView.Of(Shown, DayZone, Rules, overrides, Blackouts);
        Day = Days.FirstOrDefault(d => d.Date == day);
        return null;
    }

    public sealed class Form : SettingsForm
    {
        [Required]
        public DateOnly? From { get; set; }

        public TimeOnly? FromTime { get; set; }

        /// <summary>The last day, with it.</summary>
        [Required]
        public DateOnly? To { get; set; }

        public TimeOnly? ToTime { get; set; }

        [StringLength(500)]
        public string? Reason { get; set; }

        public long? CategoryId { get; set; }

        public List<HoursForm> Hours { get; set; } = [];

        /// <summary>Whole days where no time is given; null where the clocks skip a time.</summary>
        public (DateTimeOffset? Start, DateTimeOffset? End) Range(TimeZoneInfo zone) => (
            FromTime is { } start ? zone.At(From!.Value, start) : zone.StartOf(From!.Value),
            ToTime is { } end ? zone.At(To!.Value, end) : zone.StartOf(To!.Value.AddDays(1)));
    }
}
