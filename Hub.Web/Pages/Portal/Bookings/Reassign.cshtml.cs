using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Platform.Contracts.Bookings;
using Platform.Contracts.Catalogue;
using Platform.Ui.Http;
using Platform.Ui.Localization;
using Platform.Ui.Time;

namespace Platform.Hub.Web.Pages.Portal.Bookings;

/// <summary>Other resources for a booking, at the same time.</summary>
public sealed class ReassignModel(
    HubApi api, IStringLocalizer<HubText> text, IStringLocalizer<UiText> uiText, TimeProvider clock) : HubPage(api)
{
    public BookingResponse Booking { get; private set; } = null!;

    /// <summary>One for each resource that it has.</summary>
    public IReadOnlyList<Choice> Choices { get; private set; } = [];

    public string? Reason { get; private set; }

    public async Task<IActionResult> OnGetAsync(long id, CancellationToken ct) => await LoadAsync(id, [], ct) ?? Page();

    public async Task<IActionResult> OnPostAsync(
        long id, List<long> resourceIds, bool any, string? reason, long? version, CancellationToken ct)
    {
        Reason = reason;
        var correct = false;
        if (await Api.BookingAsync(id, ct) is { Ok: true } known) correct = known.Data.Start <= clock.GetUtcNow();
        var request = new ReassignBookingRequest(any ? null : [.. resourceIds.Distinct()], reason, correct);
        var booking = await Api.ChangeBookingAsync(id, "reassign", request, version, ct);
        if (booking.Ok)
        {
            this.Notice(text["Reassign.Done", string.Join(", ", booking.Data.Resources.Select(r => r.Name))]);
            return RedirectToPage("Details", new { id });
        }

        if (await LoadAsync(id, resourceIds, ct) is { } failed) return failed;
        ModelState.AddModelError("", uiText.Of(booking.Problem));
        return Refused(booking.Problem.Status);
    }

    /// <returns>What to answer instead of this page, or null when it can be shown.</returns>
    private async Task<IActionResult?> LoadAsync(long id, List<long> chosen, CancellationToken ct)
    {
        var booking = await Api.BookingAsync(id, ct);
        if (!booking.Ok) return booking.Problem.ToPage();
        var (asksService, asksResources) = (Api.ServiceAsync(booking.Data.ServiceId, ct), Api.ResourcesAsync(ct));
        var (service, resources) = (await asksService, await asksResources);
        if (!resources.Ok) return resources.Problem.ToPage();

        Booking = booking.Data;
        var day = Zone.DayOf(Booking.Start);
        var slots = await Api.SlotsAsync(Booking.ServiceId, day, day.AddDays(1), null, ct, Booking.PartySize);
        var free = (slots.Data ?? []).FirstOrDefault(slot => slot.Start == Booking.Start)?.ResourceIds ?? [];
        var usable = resources.Data.Where(r => IsUsable(r, service.Data)).ToList();
        Choices = [.. Booking.Resources.Select((now, at) => new Choice(
            now,
            chosen.ElementAtOrDefault(at) is > 0 and var id2 ? id2 : now.Id,
            [.. usable.Where(r => Booking.Resources.All(taken => taken.Id != r.Id) && IsAlike(r, now, resources.Data))
                .OrderByDescending(r => free.Contains(r.Id)).ThenBy(r => r.Name, StringComparer.CurrentCulture)
                .Select(r => (r, free.Contains(r.Id)))]))];
        return null;
    }

    private static bool IsUsable(ResourceResponse resource, ServiceResponse? service) =>
        service is null
        || service.ResourceIds.Contains(resource.Id)
        || service.Requirements.Any(need => need.CategoryId == resource.CategoryId);

    private static bool IsAlike(ResourceResponse resource, BookedResource now, IReadOnlyList<ResourceResponse> all) =>
        all.FirstOrDefault(r => r.Id == now.Id) is not { } known || known.CategoryId == resource.CategoryId;

    public sealed record Choice(
        BookedResource Now, long Chosen, IReadOnlyList<(ResourceResponse Resource, bool IsFree)> Options);
}
