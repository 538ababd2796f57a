using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;
using Platform.Contracts;
using Platform.Ui.Http;
using Platform.Ui.Localization;
using Platform.Ui.Time;

namespace Platform.Hub.Web.Settings;

/// <summary>What every page of the set-up needs.</summary>
public sealed record SettingsTools(
    HubApi Hub,
    SettingsApi Api,
    IStringLocalizer<HubText> Text,
    IStringLocalizer<UiText> UiText,
    TimeProvider Clock);

/// <summary>A page of the set-up, for those who have its permission.</summary>
public abstract class SettingsPage(SettingsTools tools) : HubPage(tools.Hub)
{
    protected new SettingsApi Api => tools.Api;

    protected IStringLocalizer<HubText> Text => tools.Text;

    protected IStringLocalizer<UiText> UiText => tools.UiText;

    protected DateTimeOffset Now => tools.Clock.GetUtcNow();

    /// <summary>The permission without which this page is 403; null for every member.</summary>
    protected virtual string? Needs => null;

    /// <summary>Where somebody else's change is described, when the form was sent from an older version.</summary>
    public string? Stale { get; private set; }

    /// <summary>The address of a page of the set-up, in the tenant of this page.</summary>
    public string To(string path = "") => $"{Request.PathBase}/t/{Tenant}/settings{(path == "" ? "" : "/" + path)}";

    private string Tenant => Uri.EscapeDataString(RouteData.Values["tenant"]?.ToString() ?? Me.TenantSlug);

    public override Task OnPageHandlerExecutionAsync(
        PageHandlerExecutingContext context, PageHandlerExecutionDelegate next) =>
        base.OnPageHandlerExecutionAsync(context, () =>
        {
            if (Needs is not { } permission || May(permission)) return next();

            context.Result = new StatusCodeResult(StatusCodes.Status403Forbidden);
            return Task.FromResult(new PageHandlerExecutedContext(
                PageContext, context.Filters, context.HandlerMethod, context.HandlerInstance));
        });

    /// <summary>Who did it, in words; the API knows numbers.</summary>
    public string Actor(string? actor) => (actor ?? "system").Split(':', 2) switch
    {
        ["user", var id] when id == $"{Me.UserId}" => Text["Actor.you"],
        ["user", var id] => Text["Actor.user", id],
        ["client" or "key", ..] => Text["Actor.client"],
        _ => Text["Actor.system"],
    };

    /// <summary>After a form has done what it says.</summary>
    protected RedirectResult Done(string notice, string path)
    {
        this.Notice(notice);
        return Redirect(To(path));
    }

    /// <summary>
    /// Shows this page again with the problem: beside the fields that it names, and above the form otherwise.
    /// </summary>
    protected IActionResult Refused(Problem problem, IReadOnlyDictionary<string, string>? fields = null)
    {
        if (problem.Status == StatusCodes.Status401Unauthorized) return problem.ToPage();

        var shown = false;
        foreach (var error in problem.Errors ?? [])
        {
            if (FieldOf(error.Field, fields) is not { } field) continue;
            shown = true;
            if (ModelState[field]?.Errors.Count > 0) continue;
            ModelState.AddModelError(field, MessageOf(problem, error));
        }

        if (!shown) ModelState.AddModelError("", $"{UiText.Of(problem)} ({problem.Code ?? $"{problem.Status}"})");
        var status = problem.Status == StatusCodes.Status400BadRequest
            ? StatusCodes.Status422UnprocessableEntity
            : problem.Status;
        return Refused(status);
    }

    /// <summary>Shows the form again with what was typed, and says who changed the row in the meantime.</summary>
    protected PageResult RefusedAsStale(string? by, DateTimeOffset at)
    {
        Stale = Text["Setup.Stale", Actor(by), Zone.At(at).ToString("g", System.Globalization.CultureInfo.CurrentCulture)];
        return Refused(StatusCodes.Status409Conflict);
    }

    /// <summary>
    /// The form's name of a member of the request: <c>questions[1].label</c> is <c>Input.Questions[1].Label</c>.
    /// </summary>
    private string? FieldOf(string member, IReadOnlyDictionary<string, string>? fields)
    {
        for (var part = member; fields is not null && part.Length > 0; part = FormNames.Parent(part))
        {
            if (fields.GetValueOrDefault(part) is { } named) return named;
        }

        if (member.Split('.', 2) is [var map, var key]
            && ModelState.ContainsKey($"Input.{FormNames.Pascal(map)}[{key}]"))
        {
            return $"Input.{FormNames.Pascal(map)}[{key}]"; // a member whose name the tenant has chosen
        }

        for (
            var name = $"Input.{FormNames.Pascal(member)}"; name.Length > "Input".Length; name = FormNames.Parent(name))
        {
            if (ModelState.ContainsKey(name)) return name;
        }

        return null;
    }

    private string MessageOf(Problem problem, FieldError error)
    {
        if (error.Code is FieldCodes.Required or FieldCodes.Blank) return UiText["Validation.Required"];

        var known = UiText[$"Problem.{error.Code}"];
        if (!known.ResourceNotFound) return known;
        return problem.Code is null or Codes.ValidationFailed ? UiText["Validation.Invalid"] : UiText.Of(problem);
    }
}

/// <summary>A page with a form of one row.</summary>
public abstract class SettingsPage<TForm>(SettingsTools tools) : SettingsPage(tools) where TForm : SettingsForm, new()
{
    [BindProperty]
    public TForm Input { get; set; } = new();

    /// <summary>Shows the form again. The next attempt is another request, unless the outcome of this one is unknown.</summary>
    protected new IActionResult Refused(Problem problem, IReadOnlyDictionary<string, string>? fields = null)
    {
        if (problem.Code is not (Codes.Unavailable or Codes.IdempotencyInProgress))
        {
            Input.Key = SettingsForm.NewKey();
            ModelState.Remove("Input.Key");
        }

        return base.Refused(problem, fields);
    }

    /// <summary>Saving again replaces what the other person has written.</summary>
    protected PageResult RefusedAsStale(StampedResponse now, long version)
    {
        Input.Version = version;
        ModelState.Remove("Input.Version");
        return RefusedAsStale(now.UpdatedBy, now.UpdatedAt);
    }

    /// <summary>Shows the form as it is bound, with a row more or less: nothing is saved and nothing is wrong yet.</summary>
    protected PageResult Redrawn()
    {
        ModelState.Clear();
        return Page();
    }
}

public abstract class SettingsForm
{
    /// <summary>Makes sending the form twice create once.</summary>
    [StringLength(64)]
    public string Key { get; set; } = NewKey();

    /// <summary>Of the row that the form was filled from; 0 for a new one.</summary>
    public long Version { get; set; }

    public static string NewKey() => Guid.CreateVersion7().ToString();
}

/// <summary>Members of requests as the fields of a form call them.</summary>
internal static class FormNames
{
    public static string Pascal(string path) => string.Join('.', path.Split('.')
        .Select(part => part.Length == 0 ? part : char.ToUpperInvariant(part[0]) + part[1..]));

    public static string Parent(string path)
    {
        var end = path.LastIndexOfAny(['[', '.']);
        return end < 0 ? "" : path[..end];
    }
}
