using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Contracts.Catalogue;
using Platform.Hub.Web.Public;
using Platform.Ui.Http;
using Platform.Ui.Localization;

namespace Platform.Hub.Web.Pages.Public;

/// <summary>
/// Who comes, and the confirmation. When the time was booked by others the page stays, with what was typed, and offers the
/// nearest times that are still free. Shown again after the booking was made, it leads to the confirmation.
/// </summary>
public sealed class DetailsModel(PublicApi api, IStringLocalizer<UiText> uiText, TimeProvider clock) : PublicPage(api)
{
    [BindProperty]
    public PersonForm Person { get; set; } = new();

    [BindProperty]
    public DateTimeOffset? Slot { get; set; }

    /// <summary>The time that was chosen first: the offers are near it.</summary>
    [BindProperty]
    public DateTimeOffset? Wanted { get; set; }

    [BindProperty, StringLength(2000)]
    public string? Note { get; set; }

    [BindProperty]
    public bool Consent { get; set; }

    /// <summary>Makes sending the form twice book once.</summary>
    [BindProperty, StringLength(64)]
    public string? Key { get; set; }

    public BookingChoice Choice { get; private set; } = null!;

    public HoldResponse? Hold { get; private set; }

    /// <summary>The chosen time cannot be had; <see cref="Nearest"/> can.</summary>
    public bool IsLost { get; private set; }

    public IReadOnlyList<SlotResponse> Nearest { get; private set; } = [];

    public IReadOnlyList<QuestionField> Questions { get; private set; } = [];

    public IReadOnlyList<QuestionField> ClientQuestions { get; private set; } = [];

    public IEnumerable<QuestionField> AllQuestions => ClientQuestions.Concat(Questions);

    public int MinutesLeft => Hold is { } hold ? (int)Math.Ceiling((hold.ExpiresAt - clock.GetUtcNow()).TotalMinutes) : 0;

    public string FormUrl => Site.Links.Of($"{Choice.Key}/details", [.. Choice.Query]);

    public async Task<IActionResult> OnGetAsync(
        string service, DateTimeOffset? slot, long? with, int? minutes, int? party, string? hold, CancellationToken ct)
    {
        if (await ChooseAsync(service, with, minutes, party, ct) is { } instead) return instead;

        ModelState.Clear(); // the query is only where the form starts
        if (slot is not { } start) return Redirect(Choice.Times(Site.Links));

        (Slot, Wanted, Key) = (start, start, Guid.CreateVersion7().ToString());
        if (await FindHoldAsync(hold, ct) is { } booked) return Redirect(DoneUrl(booked));
        if (Hold is not null) return Page();

        return VisitorCookies.Booked(HttpContext, Choice.Key, start) is { } before
            ? Redirect(DoneUrl(before))
            : await CheckAsync(ct) ?? Page();
    }

    public async Task<IActionResult> OnPostAsync(
        string service, long? with, int? minutes, int? party, [FromForm(Name = "Hold")] string? hold, CancellationToken ct)
    {
        if (await ChooseAsync(service, with, minutes, party, ct) is { } instead) return instead;

        Wanted ??= Slot;
        Key ??= Guid.CreateVersion7().ToString();
        if (Wanted is null) return Redirect(Choice.Times(Site.Links));
        if (await FindHoldAsync(hold, ct) is { } booked) return Redirect(DoneUrl(booked));

        if (Slot is null) ModelState.AddModelError("Slot", uiText["Validation.Required"]);
        if (!Consent) ModelState.AddModelError("Consent", uiText["Problem.CONSENT_REQUIRED"]);
        if (!string.IsNullOrEmpty(Person.Fax)) ModelState.AddModelError("", uiText["Validation.Invalid"]);
        var fields = QuestionForm.Read(ClientQuestions, ModelState, uiText);
        var answers = QuestionForm.Read(Questions, ModelState, uiText);
        if (!ModelState.IsValid) return await RefusedAsync(StatusCodes.Status422UnprocessableEntity, ct);

        var booking = await BookAsync(fields, answers, ct);
        if (!booking.Ok) return await RefusedAsync(booking.Problem, ct);

        VisitorCookies.SetBooked(HttpContext, Site.Links, Choice.Key, Wanted.Value, booking.Data.ManageToken!);
        VisitorCookies.SetHeld(HttpContext, Site.Links, null);
        return Redirect(DoneUrl(booking.Data.ManageToken!));
    }

    private async Task<Answer<PublicBookingResponse>> BookAsync(
        JsonElement? fields, JsonElement? answers, CancellationToken ct)
    {
        var request = new PublicBookingRequest(
            Choice.Service.Id, Slot!.Value, Person.ToClient(fields), Consent, Site.Zone.Id, Choice.Minutes,
            Choice.With is { } with ? [with] : null, Choice.Party, answers, Hold?.Token, Note);
        var booking = await AskAsync();
        if (booking.Problem?.Code is not (Codes.HoldExpired or Codes.HoldMismatch)) return booking;

        request = request with { HoldToken = null }; // its time is over; the slot may still be free
        Hold = null;
        return await AskAsync();

        async Task<Answer<PublicBookingResponse>> AskAsync()
        {
            for (var attempt = 1; ; attempt++)
            {
                var answer = await Api.BookAsync(Slug, request, Key!, ct);
                if (answer.Problem?.Code != Codes.IdempotencyInProgress || attempt == 5) return answer;

                // The same form, sent twice at once.
                await Task.Delay(TimeSpan.FromMilliseconds(300), CancellationToken.None);
            }
        }
    }

    private Task<IActionResult> RefusedAsync(Problem problem, CancellationToken ct)
    {
        if (problem.Status == StatusCodes.Status404NotFound)
        {
            return Task.FromResult<IActionResult>(Notice(problem, "NoService"));
        }

        // Nobody knows what became of an unanswered request: only the same key makes it safe to send it again.
        if (problem.Code is not (Codes.Unavailable or Codes.IdempotencyInProgress))
        {
            Key = Guid.CreateVersion7().ToString();
            ModelState.Remove(nameof(Key));
        }

        if (Holding.IsLost(problem))
        {
            IsLost = true;
            ModelState.Remove(nameof(Slot)); // none of the offered times is chosen yet
            ModelState.AddModelError(nameof(Slot), uiText.Of(problem));
        }
        else
        {
            QuestionForm.AddErrors(problem, ModelState, uiText);
            if (ModelState.IsValid) ModelState.Add(problem, uiText, PersonForm.Fields);
        }

        return RefusedAsync(problem.Status, ct);
    }

    /// <summary>Shows the form again. A time that is still free is held while the visitor corrects it.</summary>
    private async Task<IActionResult> RefusedAsync(int status, CancellationToken ct)
    {
        var mayHold = status == StatusCodes.Status422UnprocessableEntity && string.IsNullOrEmpty(Person.Fax);
        if (Hold is null && Slot is { } start && !IsLost && mayHold)
        {
            var held = await Api.HoldAsync(Slug, Holding.Request(Choice, start, Site.Zone), Holding.Key(Key, start), ct);
            (Hold, IsLost) = (held.Data, !held.Ok && Holding.IsLost(held.Problem));
        }

        if (IsLost || Slot is null) (IsLost, Nearest) = (true, await NearestAsync(ct));
        return Refused(status);
    }

    /// <returns>What to answer instead of this page, or null when it can be shown.</returns>
    private async Task<IActionResult?> ChooseAsync(string key, long? with, int? minutes, int? party, CancellationToken ct)
    {
        var (service, instead) = await FindServiceAsync(key, ct);
        if (service is null) return instead;

        Choice = BookingChoice.Of(service, with, minutes, party);
        var form = HttpMethods.IsPost(Request.Method) ? await Request.ReadFormAsync(ct) : null;
        Questions = QuestionForm.Of(service, QuestionForm.Answers, form);
        ClientQuestions = QuestionForm.Of(service, QuestionForm.Fields, form);
        return null;
    }

    /// <returns>The token of the booking that the hold has become.</returns>
    private async Task<string?> FindHoldAsync(string? token, CancellationToken ct)
    {
        if (string.IsNullOrEmpty(token)) return null;

        var hold = await Api.FindHoldAsync(Slug, token, ct);
        if (hold.Data is { Status: BookingStatuses.Held } held && held.Start == Slot && held.ExpiresAt > clock.GetUtcNow())
        {
            Hold = held;
        }

        return hold.Data?.ManageToken;
    }

    private async Task<IActionResult?> CheckAsync(CancellationToken ct)
    {
        var free = await Api.SlotAtAsync(Slug, Choice.Question(Site.Zone), Slot!.Value, ct);
        if (!free.Ok) return Notice(free.Problem, "NoService");

        IsLost = free.Data.All(slot => slot.Start != Slot);
        if (IsLost) Nearest = await NearestAsync(ct);
        return null;
    }

    private Task<IReadOnlyList<SlotResponse>> NearestAsync(CancellationToken ct) => Availability.NearestAsync(
        Api, Slug, Choice.Question(Site.Zone), Wanted!.Value, clock.GetUtcNow(), ct);

    private string DoneUrl(string token) => Site.Links.Of($"done/{token}");
}
