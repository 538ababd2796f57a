using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Hub.Web.Public;
using Platform.Ui.Localization;
using Platform.Ui.Time;

namespace Platform.Hub.Web.Pages.Public;

/// <summary>Waiting for a place, when no free time fits.</summary>
public sealed class JoinModel(PublicApi api, IStringLocalizer<UiText> uiText, TimeProvider clock) : PublicPage(api)
{
    private const int DaysSuggested = 14;

    private static readonly Dictionary<string, string> Fields = new(PersonForm.Fields)
    {
        ["from"] = nameof(From),
        ["to"] = nameof(To),
    };

    [BindProperty]
    public PersonForm Person { get; set; } = new();

    [BindProperty, Required]
    public DateOnly? From { get; set; }

    /// <summary>That day included.</summary>
    [BindProperty, Required]
    public DateOnly? To { get; set; }

    [BindProperty]
    public bool Consent { get; set; }

    [BindProperty, StringLength(64)]
    public string? Key { get; set; }

    public BookingChoice Choice { get; private set; } = null!;

    public IReadOnlyList<QuestionField> ClientQuestions { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(
        string service, DateOnly? day, long? with, int? minutes, int? party, CancellationToken ct)
    {
        if (await ChooseAsync(service, with, minutes, party, ct) is { } instead) return instead;

        ModelState.Clear();
        var today = Site.Zone.DayOf(clock.GetUtcNow());
        From = day > today ? day : today;
        To = From.Value.AddDays(DaysSuggested - 1);
        Key = Guid.CreateVersion7().ToString();
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(
        string service, long? with, int? minutes, int? party, CancellationToken ct)
    {
        if (await ChooseAsync(service, with, minutes, party, ct) is { } instead) return instead;

        Key ??= Guid.CreateVersion7().ToString();
        if (!Consent) ModelState.AddModelError("Consent", uiText["Problem.CONSENT_REQUIRED"]);
        if (!string.IsNullOrEmpty(Person.Fax)) ModelState.AddModelError("", uiText["Validation.Invalid"]);
        var fields = QuestionForm.Read(ClientQuestions, ModelState, uiText);
        if (!ModelState.IsValid) return Refused(StatusCodes.Status422UnprocessableEntity);

        var request = new PublicWaitlistRequest(
            Choice.Service.Id, MidnightOf(From!.Value), MidnightOf(To!.Value.AddDays(1)),
            Person.ToClient(fields), Consent, Site.Zone.Id, Choice.With, Choice.Party);
        var joined = await Api.JoinAsync(Slug, request, Key, ct);
        if (joined.Ok)
        {
            return joined.Data.WaitlistToken is { } token
                ? Redirect(Site.Links.Of($"waitlist/{token}"))
                : Notice("Waits", StatusCodes.Status200OK, Site.Links.Of("")); // the address already waits; it proves nothing
        }

        if (joined.Problem.Code is not (Codes.Unavailable or Codes.IdempotencyInProgress))
        {
            Key = Guid.CreateVersion7().ToString();
            ModelState.Remove(nameof(Key));
        }

        QuestionForm.AddErrors(joined.Problem, ModelState, uiText);
        if (ModelState.IsValid) ModelState.Add(joined.Problem, uiText, Fields);
        return Refused(joined.Problem.Status);
    }

    private static Moment MidnightOf(DateOnly day) => new(null, day.ToDateTime(TimeOnly.MinValue));

    private async Task<IActionResult?> ChooseAsync(string key, long? with, int? minutes, int? party, CancellationToken ct)
    {
        var (service, instead) = await FindServiceAsync(key, ct);
        if (service is null) return instead;

        Choice = BookingChoice.Of(service, with, minutes, party);
        var form = HttpMethods.IsPost(Request.Method) ? await Request.ReadFormAsync(ct) : null;
        ClientQuestions = QuestionForm.Of(service, QuestionForm.Fields, form);
        return null;
    }
}
