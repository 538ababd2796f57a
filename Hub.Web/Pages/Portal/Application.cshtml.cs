using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Platform.Contracts.Licensing;
using Platform.Ui.Http;

namespace Platform.Hub.Web.Pages.Portal;

/// <summary>An application that the reader may use: in which role, and until when.</summary>
public sealed class ApplicationModel(HubApi api, IStringLocalizer<HubText> text) : HubPage(api)
{
    public MyApplication Application { get; private set; } = null!;

    public string Name { get; private set; } = "";

    public async Task<IActionResult> OnGetAsync(string application, CancellationToken ct)
    {
        var applications = await Api.MyApplicationsAsync(ct);
        if (!applications.Ok) return applications.Problem.ToPage();
        if (applications.Data.FirstOrDefault(app => app.Application == application) is not { } mine) return NotFound();

        Application = mine;
        Name = text[$"App.{application}"] is { ResourceNotFound: false } known ? known.Value : mine.Name;
        return Page();
    }
}
