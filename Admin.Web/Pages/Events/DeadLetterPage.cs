using Microsoft.AspNetCore.Mvc;
using Platform.Contracts.Operations;
using Platform.Ui.Http;

namespace Platform.Admin.Web.Pages.Events;

/// <summary>A page about the event that its URL names, which a consumer could not handle.</summary>
public abstract class DeadLetterPage(AdminApi api) : AdminPage(api)
{
    public DeadLetterResponse Letter { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(string id, CancellationToken ct)
    {
        var letter = await Api.DeadLetterAsync(id, ct);
        if (!letter.Ok) return letter.Problem.ToPage();

        Letter = letter.Data;
        return Page();
    }
}
