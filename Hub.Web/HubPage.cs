using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Platform.Contracts;
using Platform.Contracts.People;
using Platform.Hub.Web.Tenants;
using Platform.Ui.Http;
using Platform.Ui.Time;

namespace Platform.Hub.Web;

/// <summary>
/// A page for a member of a tenant, whose slug is in its URL. Before its handler runs, it loads the reader and the time
/// zone to show. It shows and changes nothing of a tenant that the session is not in.
/// </summary>
public abstract class HubPage(HubApi api) : PageModel
{
    protected HubApi Api { get; } = api;

    public MeResponse Me { get; private set; } = null!;

    /// <summary>All organisations of the reader.</summary>
    public IReadOnlyList<MyTenantResponse> Tenants { get; private set; } = [];

    /// <summary>The tenant's zone, in which every time of these pages is shown.</summary>
    public TimeZoneInfo Zone { get; private set; } = TimeZoneInfo.Utc;

    /// <param name="permission">One of <see cref="Permissions"/>.</param>
    public bool May(string permission) => Me.Permissions.Contains(permission);

    public override async Task OnPageHandlerExecutionAsync(
        PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        if (await RefuseAsync() is { } refused) context.Result = refused;
        else await next();
    }

    /// <summary>Shows this page again, with what was typed, because of what is in the model state.</summary>
    protected PageResult Refused(int status = StatusCodes.Status422UnprocessableEntity)
    {
        Response.StatusCode = status;
        return Page();
    }

    /// <returns>What to answer instead of this page; null if it is for this reader.</returns>
    private async Task<IActionResult?> RefuseAsync()
    {
        if (User.FindFirst(ClaimNames.TenantId)?.Value is not { } session)
        {
            return new StatusCodeResult(StatusCodes.Status403Forbidden); // platform staff have no tenant here
        }

        var ct = HttpContext.RequestAborted;
        var (asksMe, asksTenants) = (Api.MeAsync(ct), Api.MyTenantsAsync(ct));
        var (me, tenants) = (await asksMe, await asksTenants);
        if (!tenants.Ok) return tenants.Problem.ToPage();

        Tenants = tenants.Data;
        var slug = RouteData.Values[TenantRoutes.Key] as string;
        var ofPage = Tenants.FirstOrDefault(t => string.Equals(t.Slug, slug, StringComparison.OrdinalIgnoreCase));
        var ofSession = Tenants.FirstOrDefault(t => $"{t.Id}" == session);
        if (ofSession is null || !me.Ok) return OfNoTenant(me.Problem, ofPage);
        if (ofPage is null) return NotFound();
        if (ofPage != ofSession) return await OtherTenant.ResultAsync(this, ofPage, ofSession);
        if (ofPage.Slug != slug && HttpMethods.IsGet(Request.Method))
        {
            var rest = Request.Path.Value!["/t/".Length..][slug!.Length..];
            return LocalRedirect($"~/t/{ofPage.Slug}{rest}{Request.QueryString}");
        }

        Me = me.Data;
        Zone = TimeZoneInfo.Named(me.Data.TimeZone);
        ViewData["Home"] = Url.Page("/Portal/Index");
        return null;
    }

    /// <summary>The session's tenant is inactive, or the reader has left it; there may be others.</summary>
    private IActionResult OfNoTenant(Problem? problem, MyTenantResponse? ofPage) => problem switch
    {
        { Status: StatusCodes.Status403Forbidden } when ofPage is not null => RedirectToPage("/Organisations"),
        null => new StatusCodeResult(StatusCodes.Status403Forbidden),
        _ => problem.ToPage(),
    };
}
