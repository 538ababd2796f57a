using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Core.Infrastructure;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.WebUtilities;

namespace Platform.Identity.Http;

/// <summary>
/// Answers a form whose antiforgery token is not valid any more with the page it came from, which then says that
/// nothing was saved. It happens to people whose tab was restored, or who signed in or out in another tab.
/// </summary>
internal sealed class StaleFormFilter : IAlwaysRunResultFilter
{
    /// <summary>Query parameter of the page that is shown again.</summary>
    public const string Parameter = "stale";

    public void OnResultExecuting(ResultExecutingContext context)
    {
        if (context.Result is not IAntiforgeryValidationFailedResult) return;

        var request = context.HttpContext.Request;
        var query = QueryHelpers.ParseQuery(request.QueryString.Value)
            .Where(parameter => parameter.Key is not ("handler" or Parameter))
            .SelectMany(parameter => parameter.Value, (parameter, value) => KeyValuePair.Create(parameter.Key, value));
        var page = QueryHelpers.AddQueryString($"{request.PathBase}{request.Path}", query);
        context.HttpContext.Response.Headers.Location = QueryHelpers.AddQueryString(page, Parameter, "true");
        context.Result = new StatusCodeResult(StatusCodes.Status303SeeOther);
    }

    public void OnResultExecuted(ResultExecutedContext context)
    {
    }
}
