using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Contracts.Catalogue;
using Platform.Ui.Http;
using Platform.Ui.Localization;
using Platform.Ui.Time;

namespace Platform.Hub.Web.Pages.Portal.Bookings;

/// <summary>Clients who wait for a place, in order of joining.</summary>
public sealed class WaitlistModel(
    HubApi api, IStringLocalizer<HubText> text, IStringLocalizer<UiText> uiText, TimeProvider clock) : HubPage(api)
{
    private const int Size = 50;

    public static readonly IReadOnlyList<string> Statuses =
    [
        WaitlistStatuses.Waiting, WaitlistStatuses.Offered, WaitlistStatuses.Booked, WaitlistStatuses.Expired,
        WaitlistStatuses.Cancelled,
    ];

    private static readonly Dictionary<string, string> Fields = new()
    {
        ["client.name"] = "Input.Name",
        ["client.email"] = "Input.Email",
        ["from"] = "Input.From",
        ["to"] = "Input.To",
    };

    [BindProperty]
    public Form Input { get; set; } = new();

    public string? Status { get; private set; }

    public IReadOnlyList<WaitlistResponse> Entries { get; private set; } = [];

    public IReadOnlyList<ServiceResponse> Services { get; private set; } = [];

    public Paging Paging { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(string? status, int? p, CancellationToken ct)
    {
        ModelState.Clear();
        var today = Zone.DayOf(clock.GetUtcNow());
        Input = new() { Key = NewKey(), From = today.ToIso(), To = today.AddDays(14).ToIso() };
        Status = Statuses.Contains(status) ? status : null;
        return await LoadAsync(Paging.Bounded(p, Size), ct) ?? Page();
    }

    public async Task<IActionResult> OnPostJoinAsync(CancellationToken ct)
    {
        var (from, to) = (Day(Input.From, "Input.From"), Day(Input.To, "Input.To"));
        if (!ModelState.IsValid) return await LoadAsync(1, ct) ?? Refused();

        var entry = await Api.JoinWaitlistAsync(
            new(Input.ServiceId, Zone.StartOf(from), Zone.StartOf(to.AddDays(1)), Client: new(Input.Name.Trim(), Input.Email)),
            Input.Key, ct);
        if (entry.Ok)
        {
            this.Notice(entry.Data.FreeSlots is { Count: > 0 }
                ? text["Waitlist.JoinedFree", entry.Data.Client.Name]
                : text["Waitlist.Joined", entry.Data.Client.Name]);
            return RedirectToPage();
        }

        if (await LoadAsync(1, ct) is { } failed) return failed;
        Input.Key = NewKey();
        ModelState.Remove("Input.Key");
        ModelState.Add(entry.Problem, uiText, Fields);
        return Refused(entry.Problem.Status == StatusCodes.Status400BadRequest ? 422 : entry.Problem.Status);
    }

    public async Task<IActionResult> OnPostLeaveAsync(long id, CancellationToken ct)
    {
        ModelState.Clear();
        var entry = await Api.LeaveWaitlistAsync(id, ct);
        if (entry.Ok)
        {
            this.Notice(text["Waitlist.Left", entry.Data.Client.Name]);
            return RedirectToPage();
        }

        if (await LoadAsync(1, ct) is { } failed) return failed;
        ModelState.AddModelError("", uiText.Of(entry.Problem));
        return Refused(entry.Problem.Status);
    }

    public string ServiceName(long id) => Services.FirstOrDefault(service => service.Id == id)?.Name ?? $"{id}";

    private DateOnly Day(string? typed, string field)
    {
        if (DateOnly.TryParseExact(typed, "yyyy-MM-dd", out var day) && CalendarYears.IsPlannable(day.Year)) return day;
        if (!string.IsNullOrEmpty(typed)) ModelState.AddModelError(field, uiText["Validation.Invalid"]);
        return default;
    }

    /// <returns>What to answer instead of this page, or null when it can be shown.</returns>
    private async Task<IActionResult?> LoadAsync(int number, CancellationToken ct)
    {
        var (asksEntries, asksServices) = (Api.WaitlistAsync(Status, number, Size, ct), Api.ServicesAsync(ct));
        var (entries, services) = (await asksEntries, await asksServices);
        if (!entries.Ok) return entries.Problem.ToPage();

        (Entries, Services) = (entries.Data, services.Data ?? []);
        Paging = Paging.Of(
            entries.Page, number, Size, Entries.Count, page => Url.Page("Waitlist", new { status = Status, p = page }));
        return null;
    }

    private static string NewKey() => Guid.CreateVersion7().ToString();

    public sealed class Form
    {
        public long ServiceId { get; set; }

        [Required, StringLength(200)]
        public string Name { get; set; } = "";

        [Email, StringLength(254)]
        public string? Email { get; set; }

        [Required]
        public string? From { get; set; }

        [Required]
        public string? To { get; set; }

        [Required, StringLength(64)]
        public string Key { get; set; } = "";
    }
}
