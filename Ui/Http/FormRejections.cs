using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Localization;
using Platform.Contracts;
using Platform.Ui.Localization;

namespace Platform.Ui.Http;

/// <summary>Pages whose form was refused: they are shown again, with what was typed.</summary>
public static class FormRejections
{
    extension(PageModel page)
    {
        /// <summary>Shows the page again because of what is in the model state.</summary>
        public PageResult ShowAgain(int status = StatusCodes.Status422UnprocessableEntity)
        {
            page.Response.StatusCode = status;
            return page.Page();
        }

        /// <summary>
        /// Shows the page again because of what the API said, beside the fields that it names. A reader who may not
        /// do it, or whose session has ended, gets the error page.
        /// </summary>
        /// <param name="fields">The field for a member of the request; null where the form has no such fields.</param>
        public IActionResult ShowAgain(Problem problem, IReadOnlyDictionary<string, string>? fields = null)
        {
            if (problem.Status is StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden
                or StatusCodes.Status404NotFound)
            {
                return problem.ToPage();
            }

            var text = page.HttpContext.RequestServices.GetRequiredService<IStringLocalizer<UiText>>();
            page.ModelState.Add(problem, text, fields ?? new Dictionary<string, string>());
            return page.ShowAgain(problem.Status == StatusCodes.Status400BadRequest
                ? StatusCodes.Status422UnprocessableEntity
                : problem.Status);
        }

        /// <summary>
        /// After a final refusal the next attempt is another request. One that was not answered keeps its key: sent
        /// again, it is done once.
        /// </summary>
        /// <param name="name">Of the hidden field that has the key.</param>
        /// <returns>The key of the next attempt.</returns>
        public string KeyAfter(Problem problem, string name, string key)
        {
            if (problem.Code is Codes.Unavailable or Codes.IdempotencyInProgress) return key;

            page.ModelState.Remove(name); // a form shows what was sent before what is set
            return IdempotencyKeys.New();
        }
    }
}

/// <summary>Keys in hidden fields: a form that is sent twice is done once.</summary>
public static class IdempotencyKeys
{
    public static string New() => Guid.CreateVersion7().ToString();
}
