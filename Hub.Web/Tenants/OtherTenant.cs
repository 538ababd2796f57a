using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Platform.Contracts.People;
using Platform.Ui.Http;

namespace Platform.Hub.Web.Tenants;

/// <summary>A page or form of a tenant that the session is not in: it says so and offers the switch.</summary>
/// <param name="Page">The tenant of the page.</param>
/// <param name="Session">The tenant of the session.</param>
/// <param name="ReturnUrl">The page.</param>
/// <param name="SendUrl">Where a form goes that was sent, and not handled; null for a page.</param>
/// <param name="Fields">What was typed into it; null if it cannot be sent again, because it has files.</param>
public sealed record OtherTenant(
    MyTenantResponse Page,
    MyTenantResponse Session,
    string ReturnUrl,
    string? SendUrl,
    IReadOnlyList<KeyValuePair<string, string>>? Fields)
{
    private const string Forgery = "__RequestVerificationToken";

    internal static async Task<IActionResult> ResultAsync(PageModel page, MyTenantResponse ofPage, MyTenantResponse ofSession)
    {
        var (request, response) = (page.Request, page.Response);
        if (request.IsHtmx && Uri.TryCreate(request.Headers["HX-Current-URL"], UriKind.Absolute, out var current))
        {
            response.HxRedirect(current.PathAndQuery); // the whole page then says it
            return new StatusCodeResult(StatusCodes.Status409Conflict);
        }

        var isForm = request.HasFormContentType;
        var form = isForm ? await request.ReadFormAsync(page.HttpContext.RequestAborted) : null;
        var query = new QueryBuilder(request.Query.Where(pair => pair.Key != "handler"));
        var model = new OtherTenant(
            ofPage,
            ofSession,
            $"{request.PathBase}{request.Path}{query}",
            isForm ? $"{request.PathBase}{request.Path}{request.QueryString}" : null,
            form is { Files.Count: 0 } ? FieldsOf(form) : null);

        return new ViewResult
        {
            ViewName = "OtherTenant",
            StatusCode = StatusCodes.Status409Conflict,
            ViewData = new ViewDataDictionary<OtherTenant>(page.MetadataProvider, new ModelStateDictionary()) { Model = model },
        };
    }

    private static List<KeyValuePair<string, string>> FieldsOf(IFormCollection form) =>
        [.. from field in form
            where field.Key != Forgery
            from value in field.Value
            select KeyValuePair.Create(field.Key, value)];
}
