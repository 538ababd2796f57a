using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Platform.Contracts;
using Platform.Contracts.Calendars;
using Platform.Contracts.Catalogue;
using Platform.Contracts.People;
using Platform.Hub.Web.Settings;
using Platform.Ui.Http;

namespace Platform.Hub.Web.Pages.Settings.Resources;

/// <summary>The calendars elsewhere whose busy times are taken times of a resource, with what became of the last poll.</summary>
public sealed class CalendarsModel(SettingsTools tools) : SettingsPage<CalendarsModel.Form>(tools)
{
    protected override string Needs => Permissions.CatalogueWrite;

    public ResourceResponse Resource { get; private set; } = null!;

    public IReadOnlyList<OutsideCalendarResponse> Calendars { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(long id, CancellationToken ct) => await LoadAsync(id, ct) ?? Page();

    public async Task<IActionResult> OnPostAsync(long id, CancellationToken ct)
    {
        if (await LoadAsync(id, ct) is { } failed) return failed;

        var request = ModelState.IsValid ? Input.ToCreate() : null;
        Input.Password = null; // it is typed again, and written into no page
        ModelState.SetModelValue("Input.Password", null, null);
        if (request is null) return Refused();

        var created = await Api.PostAsync<OutsideCalendarResponse>($"resources/{id}/calendars", request, ct, Input.Key);
        return created.Ok ? Done(Text["Setup.Outside.Connected"], PathOf(id)) : Refused(created.Problem);
    }

    public async Task<IActionResult> OnPostPollAsync(long id, long calendarId, CancellationToken ct)
    {
        var polled = await Api.PostAsync<OutsideCalendarResponse>($"resources/{id}/calendars/{calendarId}/poll", null, ct);
        return polled.Ok ? Done(Text["Setup.Outside.Polled"], PathOf(id)) : await AgainAsync(id, polled.Problem, ct);
    }

    public async Task<IActionResult> OnPostDeleteAsync(long id, long calendarId, CancellationToken ct)
    {
        var deleted = await Api.DeleteAsync($"resources/{id}/calendars/{calendarId}", null, ct);
        return deleted.Ok ? Done(Text["Setup.Outside.Removed"], PathOf(id)) : await AgainAsync(id, deleted.Problem, ct);
    }

    private static string PathOf(long id) => $"resources/{id}/calendars";

    private async Task<IActionResult> AgainAsync(long id, Problem problem, CancellationToken ct)
    {
        if (await LoadAsync(id, ct) is { } failed) return failed;
        ModelState.Clear();
        return Refused(problem);
    }

    private async Task<IActionResult?> LoadAsync(long id, CancellationToken ct)
    {
        var resource = await Api.GetAsync<ResourceResponse>($"resources/{id}", ct);
        if (!resource.Ok) return resource.Problem.ToPage();
        var calendars = await Api.AllAsync<OutsideCalendarResponse>(PathOf(id), ct);
        if (!calendars.Ok) return calendars.Problem.ToPage();

        (Resource, Calendars) = (resource.Data, calendars.Data);
        return null;
    }

    public sealed class Form : SettingsForm
    {
        [Required, StringLength(100)]
        public string? Name { get; set; }

        [Required, StringLength(2000)]
        public string? Url { get; set; }

        [RegularExpression(CalendarKinds.Pattern)]
        public string Kind { get; set; } = CalendarKinds.Ics;

        [StringLength(200)]
        public string? UserName { get; set; }

        [StringLength(500)]
        public string? Password { get; set; }

        public CreateOutsideCalendarRequest ToCreate() => new(Name!.Trim(), Url!.Trim(), Kind, UserName?.Trim(), Password);
    }
}
