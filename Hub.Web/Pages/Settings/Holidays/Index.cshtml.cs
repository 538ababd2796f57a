using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using Platform.Contracts;
using Platform.Contracts.Catalogue;
using Platform.Contracts.People;
using Platform.Hub.Web.Settings;
using Platform.Ui.Http;
using Platform.Ui.Time;

namespace Platform.Hub.Web.Pages.Settings.Holidays;

/// <summary>The holidays of a country, on which the organisation is closed.</summary>
public sealed class IndexModel(SettingsTools tools) : SettingsPage<IndexModel.Form>(tools)
{
    private static readonly string[] Known = ["BR", "PT"];

    protected override string Needs => Permissions.SettingsWrite;

    public IReadOnlyList<HolidayResponse> Holidays { get; private set; } = [];

    public IEnumerable<SelectListItem> Countries =>
        Known.Select(code => new SelectListItem(Text[$"Setup.Country.{code}"], code));

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        Input.Country = Me.TimeZone.StartsWith("Europe/", StringComparison.Ordinal) ? "PT" : "BR";
        Input.Year = Zone.DayOf(Now).Year;
        return await LoadAsync(ct) ?? Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (await LoadAsync(ct) is { } failed) return failed;
        if (!ModelState.IsValid) return Refused();

        var added = await Api.PostAsync<IReadOnlyList<HolidayResponse>>(
            "settings/holidays", new CreateHolidaysRequest(
                Input.Country, [Input.Year!.Value], Input.IncludeOptional), ct, Input.Key);
        return added.Ok
            ? Done(Text["Setup.Holidays.Added", added.Data.Count], "holidays")
            : Refused(added.Problem, new Dictionary<string, string> { ["years"] = "Input.Year" });
    }

    public async Task<IActionResult> OnPostRemoveAsync(string country, int year, CancellationToken ct)
    {
        var removed = await Api.DeleteAsync($"settings/holidays/{Uri.EscapeDataString(country)}/{year}", null, ct);
        if (removed.Ok) return Done(Text["Setup.Holidays.Removed"], "holidays");
        return await LoadAsync(ct) ?? Refused(removed.Problem);
    }

    public async Task<IActionResult> OnPostOpenAsync(long blackout, CancellationToken ct)
    {
        var removed = await Api.DeleteAsync($"blackouts/{blackout}", null, ct);
        if (removed.Ok) return Done(Text["Setup.Year.Opened"], "holidays");
        return await LoadAsync(ct) ?? Refused(removed.Problem);
    }

    private async Task<IActionResult?> LoadAsync(CancellationToken ct)
    {
        var holidays = await Api.GetAsync<IReadOnlyList<HolidayResponse>>("settings/holidays", ct);
        if (!holidays.Ok) return holidays.Problem.ToPage();
        Holidays = holidays.Data;
        return null;
    }

    public sealed class Form : SettingsForm
    {
        [Required]
        public string Country { get; set; } = "BR";

        [Required, Range(CalendarYears.First, CalendarYears.LastPlanned)]
        public int? Year { get; set; }

        public bool IncludeOptional { get; set; }
    }
}
