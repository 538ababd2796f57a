using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Platform.Contracts.Bookings;
using Platform.Contracts.People;
using Platform.Hub.Web.Bookings;
using Platform.Ui.Http;
using Platform.Ui.Localization;

namespace Platform.Hub.Web.Pages.Portal.Bookings;

/// <summary>One booking with its history, and what can be done with it now.</summary>
public sealed class DetailsModel(
    HubApi api, IStringLocalizer<HubText> text, IStringLocalizer<UiText> uiText, TimeProvider clock) : HubPage(api)
{
    private const int MaxReason = 500;
    private const int MaxNote = 2000;

    /// <summary>The acts that take no more than a click; each is a route of the API.</summary>
    private static readonly string[] OneClick = ["confirm", "check-in", "complete", "no-show", "undo-no-show"];

    public BookingResponse Booking { get; private set; } = null!;

    public IReadOnlyList<BookingEventResponse> Events { get; private set; } = [];

    /// <summary>Labels and values of the answered questions.</summary>
    public IReadOnlyList<(string Label, string Value)> Answers { get; private set; } = [];

    public string? TypedReason { get; private set; }

    public string? TypedNote { get; private set; }

    public string Policy => PolicyText.Of(Booking, clock.GetUtcNow(), text, Zone);

    public bool IsLate => PolicyText.IsLate(Booking, clock.GetUtcNow());

    /// <summary>Of these, the first is the likely one.</summary>
    public IReadOnlyList<string> Acts
    {
        get
        {
            if (!May(Permissions.BookingsWrite)) return [];

            var hasBegun = Booking.Start <= clock.GetUtcNow();
            return Booking.Status switch
            {
                BookingStatuses.Pending => ["confirm"],
                BookingStatuses.Confirmed => hasBegun ? ["check-in", "complete", "no-show"] : ["check-in"],
                BookingStatuses.CheckedIn => ["complete"],
                BookingStatuses.NoShow => ["undo-no-show"],
                _ => [],
            };
        }
    }

    private bool IsOpen => Booking.Status is BookingStatuses.Pending or BookingStatuses.Confirmed;

    public bool CanChange => May(Permissions.BookingsWrite) && (IsOpen || Booking.Status == BookingStatuses.CheckedIn);

    public bool CanReject => May(Permissions.BookingsWrite) && Booking.Status == BookingStatuses.Pending;

    /// <summary>Only users who may correct can move a booking that has begun.</summary>
    public bool CanMove => May(Permissions.BookingsWrite) && IsOpen
        && (Booking.Start > clock.GetUtcNow() || May(Permissions.BookingsCorrect));

    /// <summary>What has ended took place, or not; nobody cancels it any more.</summary>
    public bool CanCancel => May(Permissions.BookingsWrite) && IsOpen && Booking.End > clock.GetUtcNow();

    public bool HasError(string form) => ModelState.ContainsKey(form) && !ModelState.IsValid;

    public async Task<IActionResult> OnGetAsync(long id, CancellationToken ct) => await LoadAsync(id, ct) ?? Page();

    public Task<IActionResult> OnPostActAsync(long id, string? act, long? version, CancellationToken ct) => act switch
    {
        "undo-no-show" => ChangeAsync(
            id, "no-show", new NoShowRequest(Undo: true), version, "", text["Done.undo-no-show"], ct),
        not null when OneClick.Contains(act) => ChangeAsync(id, act, null, version, "", text[$"Done.{act}"], ct),
        _ => Task.FromResult<IActionResult>(BadRequest()),
    };

    public Task<IActionResult> OnPostCancelAsync(
        long id, string? reason, bool waive, long? version, CancellationToken ct)
    {
        TypedReason = reason;
        return reason is { Length: > MaxReason }
            ? TooLongAsync(id, "reason", text["Cancel.ReasonTooLong"], ct)
            : ChangeAsync(
                id, "cancel", new CancelBookingRequest(reason, waive), version, "reason", text["Cancel.Done"], ct);
    }

    public Task<IActionResult> OnPostRejectAsync(long id, string? rejectReason, long? version, CancellationToken ct)
    {
        TypedReason = rejectReason;
        return rejectReason is { Length: > MaxReason }
            ? TooLongAsync(id, "rejectReason", text["Cancel.ReasonTooLong"], ct)
            : ChangeAsync(
                id, "reject", new RejectBookingRequest(rejectReason), version, "rejectReason", text["Reject.Done"], ct);
    }

    public async Task<IActionResult> OnPostNoteAsync(long id, string? note, long? version, CancellationToken ct)
    {
        TypedNote = note ?? "";
        if (note is { Length: > MaxNote }) return await TooLongAsync(id, "note", text["Note.TooLong"], ct);

        var booking = await Api.UpdateBookingAsync(id, new(note ?? ""), version, ct);
        return await AnswerAsync(id, booking, "note", text["Note.Done"], ct);
    }

    /// <summary>Who did it, in words; the API knows ids.</summary>
    public string Actor(string actor) => actor.Split(':', 2) switch
    {
        ["user", var id] when id == $"{Me.UserId}" => text["Actor.you"],
        ["user", var id] => text["Actor.user", id],
        ["client", ..] => text["Actor.client"],
        _ => text["Actor.system"],
    };

    /// <summary>What a change altered, a line each; the first version is the booking itself.</summary>
    public IEnumerable<string> ChangesOf(BookingEventResponse change) => change.Version == 1
        ? []
        : (change.Changes ?? []).Select(member => BookingChangeText.Of(member, text, Zone));

    private async Task<IActionResult> ChangeAsync(
        long id, string act, object? request, long? version, string field, string done, CancellationToken ct) =>
        await AnswerAsync(id, await Api.ChangeBookingAsync(id, act, request, version, ct), field, done, ct);

    private async Task<IActionResult> AnswerAsync(
        long id, Answer<BookingResponse> booking, string field, string done, CancellationToken ct)
    {
        if (booking.Ok)
        {
            this.Notice(done);
            return RedirectToPage(new { id });
        }

        if (await LoadAsync(id, ct) is { } failed) return failed;
        ModelState.AddModelError(field, uiText.Of(booking.Problem));
        return Refused(booking.Problem.Status);
    }

    private async Task<IActionResult> TooLongAsync(long id, string field, string message, CancellationToken ct)
    {
        ModelState.AddModelError(field, message);
        return await LoadAsync(id, ct) ?? Refused();
    }

    /// <returns>What to answer instead of this page, or null when it can be shown.</returns>
    private async Task<IActionResult?> LoadAsync(long id, CancellationToken ct)
    {
        var (asksBooking, asksEvents) = (Api.BookingAsync(id, ct), Api.BookingEventsAsync(id, ct));
        var booking = await asksBooking;
        if (!booking.Ok) return booking.Problem.ToPage();
        var events = await asksEvents;

        Booking = booking.Data;
        Events = events.Data ?? []; // not for those who see only their own bookings
        Answers = await AnswersAsync(ct);
        return null;
    }

    /// <summary>With the current questions; other answers appear under their keys.</summary>
    private async Task<IReadOnlyList<(string Label, string Value)>> AnswersAsync(CancellationToken ct)
    {
        if (Booking.Answers is not { ValueKind: JsonValueKind.Object } answers || !answers.EnumerateObject().Any()) return [];

        var (service, fields) = (await Api.ServiceAsync(Booking.ServiceId, ct), await Api.CustomFieldsAsync(ct));
        Dictionary<string, string> labels = [];
        foreach (var field in fields.Data ?? []) if (field.AppliesTo == "booking") labels[field.Key] = field.Label;
        foreach (var question in service.Data?.Questions ?? []) labels[question.Key] = question.Label;

        return [.. answers.EnumerateObject().Where(a => a.Value.ValueKind != JsonValueKind.Null)
            .Select(a => (labels.GetValueOrDefault(a.Name, a.Name), Written(a.Value)))];

        string Written(JsonElement value) => value.ValueKind switch
        {
            JsonValueKind.True => text["Yes"],
            JsonValueKind.False => text["No"],
            JsonValueKind.Number => value.GetDecimal().ToString(CultureInfo.CurrentCulture),
            _ => value.ToString(),
        };
    }
}
