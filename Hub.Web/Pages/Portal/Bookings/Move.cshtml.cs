using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Platform.Contracts.Bookings;
using Platform.Contracts.Catalogue;
using Platform.Hub.Web.Bookings;
using Platform.Ui.Http;
using Platform.Ui.Localization;
using Platform.Ui.Time;

namespace Platform.Hub.Web.Pages.Portal.Bookings;

/// <summary>Another time for a booking: one of those that are free, or any that somebody types.</summary>
public sealed class MoveModel(
    HubApi api, IStringLocalizer<HubText> text, IStringLocalizer<UiText> uiText, TimeProvider clock) : HubPage(api)
{
    public BookingResponse Booking { get; private set; } = null!;

    public DayStrip Strip { get; private set; } = null!;

    public string? Reason { get; private set; }

    public string? Local { get; private set; }

    public bool Correct { get; private set; }

    public async Task<IActionResult> OnGetAsync(long id, DateOnly? day, CancellationToken ct) =>
        await LoadAsync(id, day, ct) ?? Page();

    public async Task<IActionResult> OnPostAsync(
        long id, DateTimeOffset? start, string? local, string? reason, bool correct, long? version, CancellationToken ct)
    {
        (Reason, Local, Correct) = (reason, local, correct);
        var typed = DateTime.TryParse(local, CultureInfo.InvariantCulture, out var time)
            ? Zone.InstantOf(time)
            : (DateTimeOffset?)null;
        if ((start ?? typed) is not { } to)
        {
            if (await LoadAsync(id, null, ct) is { } missing) return missing;
            ModelState.AddModelError("local", text["Move.Choose"]);
            return Refused();
        }

        var request = new RescheduleBookingRequest(to, TimeZone: Me.TimeZone, Reason: reason, Correct: correct);
        var moved = await Api.ChangeBookingAsync(id, "reschedule", request, version, ct);
        if (moved.Ok)
        {
            this.Notice(text["Move.Done", Zone.At(moved.Data.Start).ToString("f", CultureInfo.CurrentCulture)]);
            return RedirectToPage("Details", new { id });
        }

        if (await LoadAsync(id, Zone.DayOf(to), ct) is { } failed) return failed;
        ModelState.Clear();
        ModelState.AddModelError("", uiText.Of(moved.Problem));
        return Refused(moved.Problem.Status);
    }

    /// <returns>What to answer instead of this page, or null when it can be shown.</returns>
    private async Task<IActionResult?> LoadAsync(long id, DateOnly? day, CancellationToken ct)
    {
        var booking = await Api.BookingAsync(id, ct);
        if (!booking.Ok) return booking.Problem.ToPage();
        Booking = booking.Data;

        var service = await Api.ServiceAsync(Booking.ServiceId, ct);
        var today = Zone.DayOf(clock.GetUtcNow());
        var last = today.AddDays(service.Data?.BookingWindowDays ?? BookingWindows.FarthestDays);
        var wanted = day ?? Zone.DayOf(Booking.Start);
        var first = DayStrip.FirstOf(wanted, today, last);
        var slots = service.Data is { Active: true }
            ? await Api.SlotsAsync(
                Booking.ServiceId, first, first.AddDays(DayStrip.DaysShown), Minutes(service.Data), ct, Booking.PartySize)
            : new([], null); // a service that is no longer in use has none, and its bookings can still be moved
        if (!slots.Ok) return slots.Problem.ToPage();

        Strip = DayStrip.Of(slots.Data, first, wanted, today, last, Zone);
        return null;
    }

    /// <summary>Its length, where the service still offers it.</summary>
    private int? Minutes(ServiceResponse service)
    {
        var minutes = (int)(Booking.End - Booking.Start).TotalMinutes;
        return service.DurationsMinutes.Contains(minutes) ? minutes : null;
    }
}
