using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Hub.Web.Bookings;
using Platform.Ui.Http;
using Platform.Ui.Localization;
using Platform.Ui.Time;

namespace Platform.Hub.Web.Pages.Portal.Bookings;

/// <summary>The dates of a series: moves or cancels one, one and all after it, or all; first as a preview.</summary>
public sealed class SeriesModel(
    HubApi api, IStringLocalizer<HubText> text, IStringLocalizer<UiText> uiText, TimeProvider clock) : HubPage(api)
{
    public static readonly IReadOnlyList<string> Scopes = ["this", "following", "all"];

    [BindProperty]
    public Form Input { get; set; } = new();

    public SeriesResponse Series { get; private set; } = null!;

    public string ServiceName { get; private set; } = "";

    public TimeZoneInfo SeriesZone { get; private set; } = TimeZoneInfo.Utc;

    public IReadOnlyList<SeriesOccurrence> Dates => Series.Occurrences;

    /// <summary>Those that can still change.</summary>
    public IReadOnlyList<SeriesOccurrence> Open => [.. Dates.Where(date =>
        date.BookingId is not null && date.Start > clock.GetUtcNow()
        && date.Status is BookingStatuses.Pending or BookingStatuses.Confirmed)];

    /// <summary>Null until it was asked for.</summary>
    public IReadOnlyList<PreviewLine>? Preview { get; private set; }

    public async Task<IActionResult> OnGetAsync(long id, string? occurrence, CancellationToken ct)
    {
        ModelState.Clear();
        Input = new() { Occurrence = occurrence };
        if (await LoadAsync(id, ct) is { } failed) return failed;

        Input.Start = StartOf(Open.FirstOrDefault(date => date.Local == occurrence) ?? (Open.Count == 0 ? null : Open[0]));
        return Page();
    }

    public async Task<IActionResult> OnPostPreviewAsync(long id, CancellationToken ct)
    {
        if (await CheckAsync(id, ct) is { } failed) return failed;

        var strict = await SendAsync(id, skip: false, dryRun: true, ct);
        var lenient = strict.Ok ? strict : await SendAsync(id, skip: true, dryRun: true, ct);
        if (strict.Problem is { Code: not Codes.SeriesConflict } problem) return Refuse(problem);

        var refused = (strict.Problem?.Conflicts ?? []).ToDictionary(date => date.BookingId ?? 0, Why);
        var after = (lenient.Data?.Occurrences ?? []).Where(date => date.BookingId is not null)
            .ToDictionary(date => date.BookingId!.Value, date => date.Start);
        Preview = [.. Open.Where(IsMeant).Select(date => new PreviewLine(
            date.Start!.Value,
            refused.ContainsKey(date.BookingId!.Value) ? null : after.GetValueOrDefault(date.BookingId.Value),
            refused.GetValueOrDefault(date.BookingId.Value)))];
        return Page();
    }

    public async Task<IActionResult> OnPostChangeAsync(long id, CancellationToken ct)
    {
        if (await CheckAsync(id, ct) is { } failed) return failed;

        var changed = await SendAsync(id, Input.SkipConflicts, dryRun: false, ct);
        if (!changed.Ok) return Refuse(changed.Problem);

        this.Notice(text["Series.Done"]);
        return RedirectToPage(new { id });
    }

    public async Task<IActionResult> OnPostCancelAsync(long id, CancellationToken ct)
    {
        if (await LoadAsync(id, ct) is { } failed) return failed;

        var occurrence = Input.Scope != "all" && Moment.TryParse(Input.Occurrence ?? "", out var moment)
            ? moment
            : (Moment?)null;
        var cancelled = await Api.CancelSeriesAsync(
            id, new(Input.Scope, occurrence, Input.Reason, Input.Waive), Input.Version, ct);
        if (!cancelled.Ok) return Refuse(cancelled.Problem);

        var stays = cancelled.Data.Occurrences.Count(date => date.BookingId is not null && date.Code is not null);
        this.Notice(stays == 0 ? text["Series.Cancelled"] : text["Series.PartlyCancelled", stays]);
        return RedirectToPage(new { id });
    }

    /// <summary>Why a date has no booking, or keeps it.</summary>
    public string Why(SeriesOccurrence date) => ReasonText.Of(date.Code, text, uiText);

    private bool IsMeant(SeriesOccurrence date) => Input.Scope switch
    {
        "this" => date.Local == Input.Occurrence,
        "following" => string.CompareOrdinal(date.Local, Input.Occurrence) >= 0,
        _ => true,
    };

    private string? StartOf(SeriesOccurrence? date) => date?.Start is { } start
        ? SeriesZone.At(start).ToString("yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture)
        : null;

    private Task<Answer<SeriesResponse>> SendAsync(long id, bool skip, bool dryRun, CancellationToken ct)
    {
        var local = DateTime.Parse(Input.Start!, CultureInfo.InvariantCulture);
        return Api.UpdateSeriesAsync(
            id, Input.Scope, Input.Occurrence, new() { Start = new Moment(null, local), SkipConflicts = skip }, Input.Version,
            ct, dryRun);
    }

    private async Task<IActionResult?> CheckAsync(long id, CancellationToken ct)
    {
        if (await LoadAsync(id, ct) is { } failed) return failed;
        if (!Scopes.Contains(Input.Scope)) Input.Scope = Scopes[0];
        if (DateTime.TryParse(Input.Start, CultureInfo.InvariantCulture, out _)) return null;

        ModelState.AddModelError("Input.Start", text["Move.Choose"]);
        return Refused();
    }

    private PageResult Refuse(Problem problem)
    {
        ModelState.AddModelError("", uiText.Of(problem));
        return Refused(problem.Status);
    }

    /// <returns>What to answer instead of this page, or null when it can be shown.</returns>
    private async Task<IActionResult?> LoadAsync(long id, CancellationToken ct)
    {
        var series = await Api.SeriesAsync(id, ct);
        if (!series.Ok) return series.Problem.ToPage();

        Series = series.Data;
        SeriesZone = TimeZoneInfo.Named(Series.TimeZone);
        ServiceName = (await Api.ServiceAsync(Series.ServiceId, ct)).Data?.Name ?? $"{Series.ServiceId}";
        return null;
    }

    /// <param name="After">Null where the date stays.</param>
    /// <param name="Refused">Why it stays.</param>
    public sealed record PreviewLine(DateTimeOffset Before, DateTimeOffset? After, string? Refused);

    public sealed class Form
    {
        public string Scope { get; set; } = "this";

        /// <summary>The local start that the rule gave the date.</summary>
        public string? Occurrence { get; set; }

        /// <summary>Where it goes, local in the zone of the series.</summary>
        public string? Start { get; set; }

        public bool SkipConflicts { get; set; }

        public string? Reason { get; set; }

        public bool Waive { get; set; }

        public long? Version { get; set; }
    }
}
