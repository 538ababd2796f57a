using Microsoft.AspNetCore.Mvc;
using Platform.Contracts.Messages;
using Platform.Contracts.People;
using Platform.Hub.Web.Settings;
using Platform.Ui.Http;

namespace Platform.Hub.Web.Pages.Settings.Messages;

/// <summary>The mails to clients, each in every language.</summary>
public sealed class IndexModel(SettingsTools tools) : SettingsPage(tools)
{
    protected override string Needs => Permissions.SettingsWrite;

    public IReadOnlyList<MessageTemplateResponse> Messages { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        var messages = await Api.GetAsync<IReadOnlyList<MessageTemplateResponse>>("message-templates", ct);
        if (!messages.Ok) return messages.Problem.ToPage();

        Messages = messages.Data;
        return Page();
    }
}
