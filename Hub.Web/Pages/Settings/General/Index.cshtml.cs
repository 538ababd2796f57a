using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using Platform.Contracts.Catalogue;
using Platform.Contracts.People;
using Platform.Hub.Web.Settings;
using Platform.Ui.Http;

namespace Platform.Hub.Web.Pages.Settings.General;

/// <summary>How the organisation schedules where a service does not say otherwise.</summary>
public sealed class IndexModel(SettingsTools tools) : SettingsPage<IndexModel.Form>(tools)
{
    private static readonly Dictionary<string, string> Fields = new() { ["minimumNoticeMinutes"] = "Input.MinimumNotice.Amount" };

    protected override string Needs => Permissions.SettingsWrite;

    public SettingsResponse Settings { get; private set; } = null!;

    public IEnumerable<SelectListItem> Days => DayNames.All.Select((day, i) =>
        new SelectListItem(CultureInfo.CurrentCulture.DateTimeFormat.DayNames[(i + 1) % 7], day));

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (await LoadAsync(ct) is { } failed) return failed;
        Input = new()
        {
            Version = Settings.Version,
            WeekStart = Settings.WeekStart,
            SlotIntervalMinutes = Settings.SlotIntervalMinutes,
            MinimumNotice = SpanInput.Of(Settings.MinimumNoticeMinutes),
            BookingWindowDays = Settings.BookingWindowDays,
            HoldMinutes = Settings.HoldMinutes,
            HoldsPerClient = Settings.HoldsPerClient,
        };
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (await LoadAsync(ct) is { } failed) return failed;
        if (!ModelState.IsValid) return Refused();

        var saved = await Api.PatchAsync<SettingsResponse>("settings", Input.ToRequest(), Input.Version, ct);
        if (saved.Ok) return Done(Text["Setup.Saved"], "general");

        return saved.Problem.Status == StatusCodes.Status412PreconditionFailed
            ? RefusedAsStale(Settings, Settings.Version)
            : Refused(saved.Problem, Fields);
    }

    private async Task<IActionResult?> LoadAsync(CancellationToken ct)
    {
        var settings = await Api.GetAsync<SettingsResponse>("settings", ct);
        if (!settings.Ok) return settings.Problem.ToPage();
        Settings = settings.Data;
        return null;
    }

    public sealed class Form : SettingsForm
    {
        public string WeekStart { get; set; } = DayNames.All[0];

        [Range(1, 1440)]
        public int? SlotIntervalMinutes { get; set; }

        public SpanInput MinimumNotice { get; set; } = SpanInput.Of(null);

        [Range(1, BookingWindows.FarthestDays)]
        public int? BookingWindowDays { get; set; }

        [Required, Range(1, 60)]
        public int? HoldMinutes { get; set; }

        [Required, Range(1, 100)]
        public int? HoldsPerClient { get; set; }

        public ChangeSettingsRequest ToRequest() => new()
        {
            WeekStart = WeekStart,
            SlotIntervalMinutes = SlotIntervalMinutes,
            MinimumNoticeMinutes = MinimumNotice.Minutes,
            BookingWindowDays = BookingWindowDays,
            HoldMinutes = HoldMinutes!.Value,
            HoldsPerClient = HoldsPerClient!.Value,
        };
    }
}
