using Microsoft.AspNetCore.Mvc;
using Platform.Contracts.Licensing;
using Platform.Ui.Http;

namespace Platform.Admin.Web.Pages.Applications;

/// <summary>A page about one application, whose id is in the route.</summary>
public abstract class ApplicationPage(AdminApi api) : AdminPage(api)
{
    [FromRoute]
    public long Id { get; set; }

    public ApplicationResponse Application { get; private set; } = null!;

    /// <returns>What to answer instead of this page, or null when it can be shown.</returns>
    protected async Task<IActionResult?> LoadApplicationAsync(CancellationToken ct)
    {
        var application = await Api.ApplicationAsync(Id, ct);
        if (!application.Ok) return application.Problem.ToPage();

        Application = application.Data;
        return null;
    }
}
