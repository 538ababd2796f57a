using System.Diagnostics;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Platform.Ui.Pages;

/// <summary>Says in the reader's words what went wrong, and offers a way on.</summary>
[AllowAnonymous]
[IgnoreAntiforgeryToken] // shown in the place of any request, also of a form that was refused for its token
public sealed class ErrorModel : PageModel
{
    public int Status { get; private set; }

    /// <summary>The id of the request in the log.</summary>
    public string TraceId => Activity.Current?.TraceId.ToHexString() ?? HttpContext.TraceIdentifier;

    /// <summary>Where the same can be asked again; only for what may be asked again, and may work then.</summary>
    public string? RetryUrl { get; private set; }

    public void OnGet(int status) => Show(status);

    public void OnPost(int status) => Show(status);

    private void Show(int status)
    {
        // A direct request for this page gets an error page, but not a status of the caller's choice.
        var original = HttpContext.Features.Get<IStatusCodeReExecuteFeature>();
        var failed = HttpContext.Features.Get<IExceptionHandlerPathFeature>();
        Status = (original, failed) switch
        {
            (null, null) => StatusCodes.Status404NotFound,
            (null, _) => Response.StatusCode, // chosen by the exception
            _ => status,
        };
        Response.StatusCode = Status;

        if (Status is >= 500 or StatusCodes.Status429TooManyRequests && HttpMethods.IsGet(Request.Method))
        {
            RetryUrl = original is null
                ? failed?.Path
                : original.OriginalPathBase + original.OriginalPath + original.OriginalQueryString;
        }
    }
}
