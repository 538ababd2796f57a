using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Platform.Contracts;
using Platform.Contracts.Messages;
using Platform.Contracts.People;
using Platform.Hub.Web.Settings;
using Platform.Ui.Http;

namespace Platform.Hub.Web.Pages.Settings.Messages;

/// <summary>The words of one mail in one language, with a preview of what is typed.</summary>
public sealed class EditModel(SettingsTools tools) : SettingsPage<EditModel.Form>(tools)
{
    protected override string Needs => Permissions.SettingsWrite;

    public MessageTemplateResponse Message { get; private set; } = null!;

    /// <summary>Null where the text cannot be sent.</summary>
    public MessagePreviewResponse? Preview { get; private set; }

    /// <summary>Why not.</summary>
    public IReadOnlyList<string> Faults { get; private set; } = [];

    /// <summary>The address of this page, without a handler.</summary>
    public string Self => To($"messages/{Message.Kind}/{Message.Locale}");

    private string Path => $"message-templates/{Message.Kind}/{Message.Locale}";

    public async Task<IActionResult> OnGetAsync(string kind, string locale, CancellationToken ct)
    {
        if (await LoadAsync(kind, locale, ct) is { } failed) return failed;

        Input = Form.Of(Message);
        await PreviewAsync(ct);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(string kind, string locale, CancellationToken ct)
    {
        if (await LoadAsync(kind, locale, ct) is { } failed) return failed;

        var problem = await PreviewAsync(ct);
        if (!ModelState.IsValid) return Refused();
        if (problem is not null) return RefusedText(problem);

        var saved = await Api.PutAsync<MessageTemplateResponse>(Path, Input.ToRequest(), Input.Version, ct);
        if (saved.Ok) return Done(Text["Setup.Saved"], $"messages/{kind}/{locale}");
        if (saved.Problem.Status != StatusCodes.Status412PreconditionFailed) return RefusedText(saved.Problem);

        Input.Version = Message.Version;
        ModelState.Remove("Input.Version");
        return RefusedAsStale(Message.Own?.UpdatedBy, Message.Own?.UpdatedAt ?? Now);
    }

    /// <summary>For readers without scripts.</summary>
    public async Task<IActionResult> OnPostPreviewAsync(string kind, string locale, CancellationToken ct)
    {
        if (await LoadAsync(kind, locale, ct) is { } failed) return failed;

        var problem = await PreviewAsync(ct);
        return !ModelState.IsValid ? Refused() : problem is null ? Page() : RefusedText(problem);
    }

    /// <summary>The part of the page that shows the mail, as typed.</summary>
    public async Task<IActionResult> OnPostLiveAsync(string kind, string locale, CancellationToken ct)
    {
        if (await LoadAsync(kind, locale, ct) is { } failed) return failed;

        if (await PreviewAsync(ct) is { Status: StatusCodes.Status401Unauthorized } ended) return ended.ToPage();
        ModelState.Clear();
        return Partial("_Preview", this);
    }

    public async Task<IActionResult> OnPostTestAsync(string kind, string locale, CancellationToken ct)
    {
        if (await LoadAsync(kind, locale, ct) is { } failed) return failed;

        var problem = await PreviewAsync(ct);
        if (!ModelState.IsValid) return Refused();
        if (problem is not null) return RefusedText(problem);

        var (subject, text) = Input.ToRequest();
        var sent = await Api.PostAsync<MessageTestResponse>($"{Path}/test", new TestMessageRequest(subject, text), ct);
        if (!sent.Ok) return RefusedText(sent.Problem);

        this.Notice(Text["Setup.Message.TestSent", sent.Data.Recipient]);
        return Page(); // with what is typed, which is not saved
    }

    public async Task<IActionResult> OnPostDeleteAsync(string kind, string locale, long version, CancellationToken ct)
    {
        if (await LoadAsync(kind, locale, ct) is { } failed) return failed;

        var reset = await Api.DeleteAsync(Path, version, ct);
        if (reset.Ok) return Done(Text["Setup.Message.ResetDone"], $"messages/{kind}/{locale}");

        ModelState.Clear();
        Input = Form.Of(Message);
        await PreviewAsync(ct);
        return reset.Problem.Status == StatusCodes.Status412PreconditionFailed
            ? RefusedAsStale(Message.Own?.UpdatedBy, Message.Own?.UpdatedAt ?? Now)
            : Refused(reset.Problem);
    }

    private async Task<IActionResult?> LoadAsync(string kind, string locale, CancellationToken ct)
    {
        var message = await Api.GetAsync<MessageTemplateResponse>(
            $"message-templates/{Uri.EscapeDataString(kind)}/{Uri.EscapeDataString(locale)}", ct);
        if (!message.Ok) return message.Problem.ToPage();

        Message = message.Data;
        return null;
    }

    /// <returns>Why the text cannot be shown; null if it can.</returns>
    private async Task<Problem?> PreviewAsync(CancellationToken ct)
    {
        var (subject, text) = Input.ToRequest();
        var preview = await Api.PostAsync<MessagePreviewResponse>(
            $"{Path}/preview", new PreviewMessageRequest(subject, text), ct);
        if (preview.Ok) Preview = preview.Data;
        else Faults = [.. ErrorsOf(preview.Problem).Select(Describe)];
        return preview.Problem;
    }

    private IActionResult RefusedText(Problem problem)
    {
        foreach (var error in ErrorsOf(problem))
        {
            ModelState.AddModelError($"Input.{FormNames.Pascal(error.Field)}", Describe(error));
        }

        return ModelState.IsValid ? Refused(problem) : Refused();
    }

    private static List<TemplateError> ErrorsOf(Problem problem) =>
        problem.Member<List<TemplateError>>("templateErrors") ?? [];

    private string Describe(TemplateError error)
    {
        string what = (error.Code, error.Name) switch
        {
            (Codes.UnknownVariable, { } name) => Text["Setup.Message.Unknown", name],
            (Codes.LinkMissing, { } name) => Text["Setup.Message.LinkMissing", name],
            (_, { } name) => Text["Setup.Message.Unavailable", name],
            _ => Text["Setup.Message.NotLiquid"],
        };
        return error.Line is { } line ? Text["Setup.Message.AtLine", line, what] : what;
    }

    public sealed class Form : SettingsForm
    {
        [Required, StringLength(MessageLimits.Subject)]
        public string? Subject { get; set; }

        [Required, StringLength(MessageLimits.Text)]
        public string? Text { get; set; }

        public static Form Of(MessageTemplateResponse m) => new()
        {
            Version = m.Version,
            Subject = m.Own?.Subject ?? m.Default.Subject,
            Text = m.Own?.Text ?? m.Default.Text,
        };

        /// <summary>Browsers send lines as CRLF.</summary>
        public PutMessageTemplateRequest ToRequest() =>
            new(Subject?.Trim() ?? "", (Text ?? "").ReplaceLineEndings("\n").Trim());
    }
}
