using Microsoft.AspNetCore.Mvc;
using Platform.Contracts;
using Platform.Ui.Http;

namespace Platform.Hub.Web;

/// <summary>Hands a file of the API on as it arrives.</summary>
internal sealed class FileProxy(Func<CancellationToken, Task<HttpResponseMessage>> open, string name) : IActionResult
{
    public async Task ExecuteResultAsync(ActionContext context)
    {
        var (response, ct) = (context.HttpContext.Response, context.HttpContext.RequestAborted);
        using var file = await open(ct);
        if (!file.IsSuccessStatusCode)
        {
            await new Problem((int)file.StatusCode, null, null, null, null, null).ToPage().ExecuteResultAsync(context);
            return;
        }

        response.ContentType = file.Content.Headers.ContentType?.ToString();
        response.Headers.ContentDisposition = $"attachment; filename=\"{name}\"";
        await file.Content.CopyToAsync(response.Body, ct);
    }
}
