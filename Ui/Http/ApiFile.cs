using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;

namespace Platform.Ui.Http;

/// <summary>A file of the API, passed on as it comes.</summary>
/// <param name="response">Whose body is the file; disposed once it is written.</param>
public sealed class ApiFile(HttpResponseMessage response) : IActionResult
{
    public async Task ExecuteResultAsync(ActionContext context)
    {
        using (response)
        {
            var (http, ct) = (context.HttpContext.Response, context.HttpContext.RequestAborted);
            http.ContentType = response.Content.Headers.ContentType?.ToString() ?? "application/octet-stream";
            http.Headers.ContentDisposition =
                response.Content.Headers.ContentDisposition?.ToString() ?? new ContentDispositionHeaderValue("attachment").ToString();
            if (response.Content.Headers.ContentLength is { } length) http.ContentLength = length;
            await response.Content.CopyToAsync(http.Body, ct);
        }
    }
}
