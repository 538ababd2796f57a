using Microsoft.AspNetCore.Mvc;
using Platform.Contracts.Platform;
using Platform.Ui.Http;

namespace Platform.Admin.Web.Pages.Events;

/// <summary>One event that could not be handled, with all of its fields.</summary>
public sealed class DeadLetterModel(AdminApi api) : AdminPage(api)
{
    public DeadLetterResponse Letter { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(string id, CancellationToken ct)
    {
        var letter = await Api.DeadLetterAsync(id, ct);
        if (!letter.Ok) return letter.Problem.ToPage();

        Letter = letter.Data;
        return Page();
    }

    /// <summary>The data of the event, on lines of its own.</summary>
    public string? Payload => Letter.Fields?.GetValueOrDefault("data") is { } data ? JsonText.Indented(data) : null;
}
