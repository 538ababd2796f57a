using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Platform.Contracts.Bookings;
using Platform.Contracts.Catalogue;
using Platform.Hub.Web.Public;
using Platform.Ui.Localization;
using Platform.Ui.Time;

namespace Platform.Hub.Web.Pages.Public;

/// <summary>A visitor's own entry of the waitlist: its state, and the place that it is offered.</summary>
public sealed class WaitlistModel(PublicApi api, IStringLocalizer<UiText> uiText) : PublicPage(api)
{
    [BindProperty]
    public bool Consent { get; set; }

    [BindProperty, StringLength(64)]
    public string? Key { get; set; }

    public PublicWaitlistResponse Entry { get; private set; } = null!;

    public string Token { get; private set; } = "";

    /// <summary>Null where the service cannot be booked by its clients any more.</summary>
    public ServiceResponse? Service { get; private set; }

    public IReadOnlyList<QuestionField> Questions { get; private set; } = [];

    public TimeZoneInfo Zone => Request.Query.ContainsKey("tz") ? Site.Zone : TimeZoneInfo.Named(Entry.TimeZone);

    protected override bool MayBeFramed => false;

    public async Task<IActionResult> OnGetAsync(string token, CancellationToken ct)
    {
        Key = Guid.CreateVersion7().ToString();
        return await LoadAsync(token, ct) ?? Page();
    }

    public async Task<IActionResult> OnPostAsync(string token, [FromForm] string? act, CancellationToken ct)
    {
        Key ??= Guid.CreateVersion7().ToString();
        if (await LoadAsync(token, ct) is { } instead) return instead;
        if (act == "leave") return await LeaveAsync(ct);

        // The page shows the state of the offer.
        if (Entry.Offer is not { } offer || Service is null) return Refused(StatusCodes.Status409Conflict);

        if (!Consent) ModelState.AddModelError("Consent", uiText["Problem.CONSENT_REQUIRED"]);
        var answers = QuestionForm.Read(Questions, ModelState, uiText);
        if (!ModelState.IsValid) return Refused(StatusCodes.Status422UnprocessableEntity);

        var request = new PublicBookingRequest(
            offer.ServiceId, offer.Start, null, Consent, Zone.Id, Answers: answers, HoldToken: offer.Token);
        var booking = await Api.BookAsync(Slug, request, Key, ct);
        if (booking.Ok) return Redirect(Site.Links.Of($"done/{booking.Data.ManageToken}"));

        if (await LoadAsync(token, ct) is { } failed) return failed; // the offer may have ended
        QuestionForm.AddErrors(booking.Problem, ModelState, uiText);
        if (ModelState.IsValid) ModelState.AddModelError("", uiText.Of(booking.Problem));
        return Refused(booking.Problem.Status);
    }

    private async Task<IActionResult> LeaveAsync(CancellationToken ct)
    {
        var left = await Api.LeaveAsync(Slug, Token, ct);
        if (left.Ok) return Redirect(Site.Links.Of($"waitlist/{Token}"));

        ModelState.AddModelError("", uiText.Of(left.Problem));
        return Refused(left.Problem.Status);
    }

    private async Task<IActionResult?> LoadAsync(string token, CancellationToken ct)
    {
        var entry = await Api.EntryAsync(Slug, token, ct);
        if (!entry.Ok) return Notice(entry.Problem, "NoEntry");

        var services = await Api.ServicesAsync(Slug, ct);
        if (!services.Ok) return Notice(services.Problem, "NoEntry");

        (Entry, Token) = (entry.Data, token);
        Service = services.Data.FirstOrDefault(service => service.Id == Entry.ServiceId);
        var form = HttpMethods.IsPost(Request.Method) ? await Request.ReadFormAsync(ct) : null;
        Questions = Service is null ? [] : QuestionForm.Of(Service, QuestionForm.Answers, form);
        return null;
    }
}
