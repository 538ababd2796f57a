using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Contracts.Catalogue;
using Platform.Ui.Http;
using Platform.Ui.Localization;
using Platform.Ui.Time;

namespace Platform.Hub.Web.Pages.Portal.Book;

/// <summary>
/// Third step: the client, and the confirmation. When the time was booked by others the page stays, with what was
/// typed, and offers the nearest times that are still free.
/// </summary>
public sealed class DetailsModel(HubApi api, IStringLocalizer<UiText> uiText, TimeProvider clock) : HubPage(api)
{
    private const int Offered = 3;
    private const int DaysSearched = 14;

    /// <summary>Refusals that another time, or another resource, can mend.</summary>
    private static readonly string[] LostCodes =
    [
        Codes.BookingConflict, Codes.OutsideAvailability, Codes.TooSoon, Codes.TooFar, Codes.UnknownResource,
    ];

    private static readonly Dictionary<string, string> Fields = new()
    {
        ["client.name"] = "Input.Name",
        ["client.email"] = "Input.Email",
        ["note"] = "Input.Note",
        ["start"] = "Input.Start",
    };

    [BindProperty]
    public Form Input { get; set; } = new();

    public ServiceResponse Service { get; private set; } = null!;

    /// <summary>The resources that are free at the chosen time, by category, where there is a choice.</summary>
    public IReadOnlyList<IGrouping<string, ResourceResponse>> Choices { get; private set; } = [];

    /// <summary>The chosen time cannot be had; <see cref="Nearest"/> can.</summary>
    public bool IsLost { get; private set; }

    public IReadOnlyList<SlotResponse> Nearest { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(
        long serviceId, DateTimeOffset? start, int? minutes, CancellationToken ct)
    {
        if (start is null) return RedirectToPage("Time", new { serviceId });

        ModelState.Clear(); // the query is only where the form starts
        Input = new() { Start = start, Wanted = start, Minutes = minutes, Key = NewKey() };
        return await LoadAsync(serviceId, ct) ?? Page();
    }

    public async Task<IActionResult> OnPostAsync(long serviceId, CancellationToken ct)
    {
        if (!ModelState.IsValid) return await LoadAsync(serviceId, ct) ?? Refused();

        var booking = await Api.CreateBookingAsync(Input.ToRequest(serviceId, Me.TimeZone), Input.Key, ct);
        if (booking.Ok) return RedirectToPage("Done", new { id = booking.Data.Id });

        return await RefusedAsync(serviceId, booking.Problem, ct);
    }

    private async Task<IActionResult> RefusedAsync(long serviceId, Problem problem, CancellationToken ct)
    {
        if (problem.Status is StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden)
        {
            return problem.ToPage();
        }

        // Nobody knows what became of an unanswered request: only the same key makes it safe to send it again. Any
        // other answer is final for its key, and what is typed next is another request.
        if (problem.Code is not (Codes.Unavailable or Codes.IdempotencyInProgress))
        {
            Input.Key = NewKey();
            ModelState.Remove("Input.Key"); // a form shows what was sent before what is set
        }

        IsLost = LostCodes.Contains(problem.Code);
        if (IsLost) Input.ResourceId = null;
        if (await LoadAsync(serviceId, ct) is { } failed) return failed;

        if (IsLost)
        {
            ModelState.Remove("Input.Start"); // none of the offered times is chosen yet
            ModelState.AddModelError("Input.Start", uiText.Of(problem));
        }
        else
        {
            ModelState.Add(problem, uiText, Fields);
        }

        return problem.Status == StatusCodes.Status400BadRequest ? Refused() : Refused(problem.Status);
    }

    /// <returns>What to answer instead of this page, or null when it can be shown.</returns>
    private async Task<IActionResult?> LoadAsync(long serviceId, CancellationToken ct)
    {
        var services = await Api.ServicesAsync(ct);
        if (!services.Ok) return services.Problem.ToPage();
        if (services.Data.FirstOrDefault(service => service.Id == serviceId) is not { } service) return NotFound();
        Service = service;

        if ((Input.Start ?? Input.Wanted) is not { } start) return RedirectToPage("Time", new { serviceId });
        Input.Wanted ??= start;

        // A link is whatever somebody typed: far from now nothing is looked for.
        var today = Zone.DayOf(clock.GetUtcNow());
        var near = (start - clock.GetUtcNow()).Duration() < TimeSpan.FromDays(366);
        var day = near && Zone.DayOf(start) > today ? Zone.DayOf(start) : today;
        var first = day > today.AddDays(2) ? day.AddDays(-2) : today;

        var slots = await Api.SlotsAsync(service.Id, first, day.AddDays(DaysSearched), Input.Minutes, ct);
        if (!slots.Ok) return slots.Problem.ToPage();

        var slot = slots.Data.FirstOrDefault(free => free.Start == Input.Start);
        IsLost |= slot is null;
        if (IsLost)
        {
            Nearest = [.. slots.Data
                .Where(free => free.Start != Input.Start)
                .OrderBy(free => (free.Start - start).Duration())
                .Take(Offered)
                .OrderBy(free => free.Start)];
        }
        else if (slot is { ResourceIds.Count: > 1 })
        {
            var resources = await Api.ResourcesAsync(ct);
            if (!resources.Ok) return resources.Problem.ToPage();
            Choices = [.. resources.Data
                .Where(resource => slot.ResourceIds.Contains(resource.Id))
                .GroupBy(resource => resource.CategoryName)
                .Where(category => category.Count() > 1)];
        }

        return null;
    }

    private static string NewKey() => Guid.CreateVersion7().ToString();

    public sealed class Form
    {
        [Required]
        public DateTimeOffset? Start { get; set; }

        /// <summary>The time that was chosen first: the offers are near it.</summary>
        public DateTimeOffset? Wanted { get; set; }

        [Range(1, 1440)]
        public int? Minutes { get; set; }

        /// <summary>Null is any that is free.</summary>
        public long? ResourceId { get; set; }

        [Required, StringLength(200)]
        public string Name { get; set; } = "";

        [Email, StringLength(254)]
        public string? Email { get; set; }

        [StringLength(2000)]
        public string? Note { get; set; }

        /// <summary>Makes sending the form twice book once.</summary>
        [Required, StringLength(64)]
        public string Key { get; set; } = "";

        public CreateBookingRequest ToRequest(long serviceId, string timeZone) => new(
            serviceId,
            Start!.Value,
            timeZone,
            Minutes,
            ResourceId is { } resource ? [resource] : null,
            new ClientDetails(Name.Trim(), Email),
            Note);
    }
}
