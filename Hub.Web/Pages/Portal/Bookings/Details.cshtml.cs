using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Platform.Contracts.Bookings;
using Platform.Ui.Http;
using Platform.Ui.Localization;

namespace Platform.Hub.Web.Pages.Portal.Bookings;

public sealed class DetailsModel(
    HubApi api, IStringLocalizer<HubText> text, IStringLocalizer<UiText> uiText, TimeProvider clock) : HubPage(api)
{
    public BookingResponse Booking { get; private set; } = null!;

    public IReadOnlyList<BookingEventResponse> Events { get; private set; } = [];

    /// <summary>What has ended took place, or not; nobody cancels it any more.</summary>
    public bool CanCancel => Booking.Status is BookingStatuses.Pending or BookingStatuses.Confirmed
        && Booking.End > clock.GetUtcNow();

    public async Task<IActionResult> OnGetAsync(long id, CancellationToken ct) => await LoadAsync(id, ct) ?? Page();

    public async Task<IActionResult> OnPostCancelAsync(long id, string? reason, CancellationToken ct)
    {
        if (reason is { Length: > 500 })
        {
            ModelState.AddModelError("reason", text["Cancel.ReasonTooLong"]);
            return await LoadAsync(id, ct) ?? Refused();
        }

        var booking = await Api.CancelBookingAsync(id, reason, ct);
        if (!booking.Ok)
        {
            if (await LoadAsync(id, ct) is { } failed) return failed;
            ModelState.AddModelError("", uiText.Of(booking.Problem));
            return Refused(booking.Problem.Status);
        }

        this.Notice(text["Cancel.Done"]);
        return RedirectToPage(new { id });
    }

    /// <summary>Who did it, in words; the API knows numbers.</summary>
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

    /// <returns>What to answer instead of this page, or null when it can be shown.</returns>
    private async Task<IActionResult?> LoadAsync(long id, CancellationToken ct)
    {
        var booking = await Api.BookingAsync(id, ct);
        if (!booking.Ok) return booking.Problem.ToPage();
        var events = await Api.BookingEventsAsync(id, ct);
        if (!events.Ok) return events.Problem.ToPage();

        Booking = booking.Data;
        Events = events.Data;
        return null;
    }
}
