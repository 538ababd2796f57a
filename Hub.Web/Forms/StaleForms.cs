using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Core.Infrastructure;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.ViewFeatures;

namespace Platform.Hub.Web.Forms;

/// <summary>
/// A form whose antiforgery token is no longer valid, after a new sign-in or in a restored tab, is shown again with
/// what was typed and a new token. A form that another site sent gets the plain refusal.
/// </summary>
internal sealed class StaleForms(IModelMetadataProvider metadata) : IAsyncAlwaysRunResultFilter
{
    public async Task OnResultExecutionAsync(ResultExecutingContext context, ResultExecutionDelegate next)
    {
        var request = context.HttpContext.Request;
        if (context.Result is IAntiforgeryValidationFailedResult
            && request.Headers["Sec-Fetch-Site"] == "same-origin"
            && await SentForm.ReadAsync(request) is { Fields: not null } form)
        {
            context.Result = new ViewResult
            {
                ViewName = "StaleForm",
                StatusCode = StatusCodes.Status409Conflict,
                ViewData = new ViewDataDictionary<SentForm>(metadata, new ModelStateDictionary()) { Model = form },
            };
        }

        await next();
    }
}
