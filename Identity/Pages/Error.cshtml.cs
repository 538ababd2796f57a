using System.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using Platform.Identity.Engine;

namespace Platform.Identity.Pages;

/// <summary>
/// What went wrong, in words: a refused protocol request (<c>errorId</c>), an empty answer of this process by its
/// status, or an exception.
/// </summary>
[ResponseCache(NoStore = true)]
[IgnoreAntiforgeryToken] // a failed POST is shown here too, and nothing happens
internal sealed class ErrorModel(IEngine engine) : PageWithTexts
{
    /// <summary>The protocol's code; it says nothing that the application did not know.</summary>
    public string? Code { get; private set; }

    public string Explanation { get; private set; } = "";

    public string Reference { get; private set; } = "";

    public Task OnGetAsync(string? errorId, int? status) => ShowAsync(errorId, status);

    public Task OnPostAsync(string? errorId, int? status) => ShowAsync(errorId, status);

    private async Task ShowAsync(string? errorId, int? status)
    {
        var protocol = await engine.FindErrorAsync(errorId);
        UiLocales = protocol?.UiLocales;
        Code = protocol?.Code;
        Reference = protocol?.Reference ?? Activity.Current?.TraceId.ToString() ?? HttpContext.TraceIdentifier;

        if (protocol is not null) Response.StatusCode = StatusCodes.Status400BadRequest;

        Explanation = (protocol?.Code, status ?? Response.StatusCode) switch
        {
            ("access_denied", _) => T.ErrorDenied,
            ("invalid_request_uri" or "invalid_token", _) => T.ErrorExpired, // pushed requests work once and for ten minutes
            ("temporarily_unavailable", _) or (_, StatusCodes.Status503ServiceUnavailable) => T.Unavailable,
            (not null, _) => T.ErrorRequest,
            (_, StatusCodes.Status404NotFound) => T.ErrorNotFound,
            (_, StatusCodes.Status429TooManyRequests) => T.ErrorTooMany,
            (_, >= 400 and < 500) => T.ErrorRequest,
            _ => T.ErrorGeneral,
        };
    }
}
