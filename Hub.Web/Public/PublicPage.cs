using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Platform.Contracts;
using Platform.Contracts.Catalogue;

namespace Platform.Hub.Web.Public;

/// <summary>
/// A page for anybody, in the brand of the tenant whose slug is in the URL. Its forms need no antiforgery token: they
/// act for nobody who is signed in, and frames of other sites send no cookies. Forms of other sites are not accepted.
/// </summary>
[AllowAnonymous, IgnoreAntiforgeryToken]
public abstract class PublicPage(PublicApi api) : PageModel
{
    private const string NoticeView = "/Pages/Public/_Notice.cshtml";

    protected PublicApi Api { get; } = api;

    public PublicSite Site { get; private set; } = null!;

    protected string Slug => Site.Tenant.Slug;

    /// <summary>Whether the sites that the tenant names may show this page in a frame.</summary>
    protected virtual bool MayBeFramed => true;

    /// <summary>Whether search engines may list this page, if the tenant allows it.</summary>
    protected virtual bool MayBeIndexed => false;

    public override async Task OnPageHandlerExecutionAsync(
        PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        var tenant = await Api.TenantAsync((string)RouteData.Values["slug"]!, HttpContext.RequestAborted);
        if (!tenant.Ok)
        {
            context.Result = Notice(tenant.Problem, "NoPage");
            return;
        }

        Site = PublicSite.Of(tenant.Data, HttpContext);
        HttpContext.Features.Set(Site);
        HttpContext.Features.Set(new PublicHeaders(
            MayBeFramed ? Site.Page.FrameOrigins ?? [] : [], PublicHeaders.OriginsOf(Site.Branding),
            MayBeIndexed && Site.Page.Indexed && !Site.IsEmbedded));

        if (IsOfOtherSite()) context.Result = Redirect(Request.Path + Request.QueryString.ToString());
        else await next();
    }

    /// <summary>The service of the URL, among those that anybody may book.</summary>
    /// <returns>The service, or the page to show in its place.</returns>
    protected async Task<(ServiceResponse? Service, IActionResult? Instead)> FindServiceAsync(
        string key, CancellationToken ct)
    {
        var services = await Api.ServicesAsync(Slug, ct);
        if (!services.Ok) return (null, Notice(services.Problem, "NoPage"));

        return ServiceKeys.Find(services.Data, key) is { } service
            ? (service, null)
            : (null, Notice("NoService", StatusCodes.Status404NotFound, Site.Links.Of("")));
    }

    protected PageResult Refused(int status)
    {
        Response.StatusCode = status == StatusCodes.Status400BadRequest ? StatusCodes.Status422UnprocessableEntity : status;
        return Page();
    }

    /// <summary>A page that says why there is nothing to show.</summary>
    /// <param name="missing">The name of the notice when the API found nothing.</param>
    protected ViewResult Notice(Problem problem, string missing) => problem.Status switch
    {
        StatusCodes.Status404NotFound or StatusCodes.Status400BadRequest =>
            Notice(missing, StatusCodes.Status404NotFound, null),
        StatusCodes.Status422UnprocessableEntity => Notice("BadLink", StatusCodes.Status404NotFound, Site?.Links.Of("")),
        StatusCodes.Status429TooManyRequests => Notice("Busy", problem.Status, Again),
        _ => Notice("Away", StatusCodes.Status503ServiceUnavailable, Again),
    };

    /// <param name="link">Where the visitor can go on.</param>
    protected ViewResult Notice(string name, int status, string? link) => new()
    {
        ViewName = NoticeView,
        StatusCode = status,
        ViewData = new ViewDataDictionary<PublicNotice>(MetadataProvider, new()) { Model = new(name, link) },
    };

    private string? Again => HttpMethods.IsGet(Request.Method) ? $"{Request.Path}{Request.QueryString}" : null;

    /// <summary>Browsers say where a form comes from.</summary>
    private bool IsOfOtherSite() =>
        HttpMethods.IsPost(Request.Method) && Request.Headers["Sec-Fetch-Site"] == "cross-site";
}

/// <param name="Name">The part of the keys of its texts: <c>Public.{Name}.Title</c> and <c>.Text</c>.</param>
/// <param name="Link">Where the visitor can go on, with the text <c>Public.{Name}.Link</c>.</param>
public sealed record PublicNotice(string Name, string? Link);
