using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Platform.Contracts.People;
using Platform.Hub.Web.Forms;
using Platform.Ui.Http;

namespace Platform.Hub.Web.Tenants;

/// <summary>A page or form of a tenant that the session is not in: it says so and offers the switch.</summary>
/// <param name="Page">The tenant of the page.</param>
/// <param name="Session">The tenant of the session.</param>
/// <param name="ReturnUrl">The page.</param>
/// <param name="Form">What was sent, and not handled; null for a page.</param>
public sealed record OtherTenant(MyTenantResponse Page, MyTenantResponse Session, string ReturnUrl, SentForm? Form)
{
    internal static async Task<IActionResult> ResultAsync(
        PageModel page, MyTenantResponse ofPage, MyTenantResponse ofSession)
    {
        var (request, response) = (page.Request, page.Response);
        if (request.IsHtmx && Uri.TryCreate(request.Headers["HX-Current-URL"], UriKind.Absolute, out var current))
        {
            response.HxRedirect(current.PathAndQuery); // the whole page then says it
            return new StatusCodeResult(StatusCodes.Status409Conflict);
        }

        if (request.Headers.Accept == "application/json") return new StatusCodeResult(StatusCodes.Status409Conflict);

        var model = new OtherTenant(ofPage, ofSession, SentForm.PageOf(request), await SentForm.ReadAsync(request));
        return new ViewResult
        {
            ViewName = "OtherTenant",
            StatusCode = StatusCodes.Status409Conflict,
            ViewData = new ViewDataDictionary<OtherTenant>(page.MetadataProvider, new ModelStateDictionary())
            {
                Model = model,
            },
        };
    }
}
