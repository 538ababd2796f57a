using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Platform.Contracts;
using Platform.Contracts.People;
using Platform.Ui.Http;
using Platform.Ui.Time;

namespace Platform.Hub.Web;

/// <summary>
/// A page for a member of a tenant: it loads the reader and the time zone to show before its handler runs.
/// </summary>
public abstract class HubPage(HubApi api) : PageModel
{
    protected HubApi Api { get; } = api;

    public MeResponse Me { get; private set; } = null!;

    /// <summary>The tenant's zone, in which every time of these pages is shown.</summary>
    public TimeZoneInfo Zone { get; private set; } = TimeZoneInfo.Utc;

    public override async Task OnPageHandlerExecutionAsync(
        PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        if (!User.HasClaim(claim => claim.Type == ClaimNames.TenantId))
        {
            context.Result = new StatusCodeResult(StatusCodes.Status403Forbidden); // platform staff have no tenant here
            return;
        }

        var me = await Api.MeAsync(HttpContext.RequestAborted);
        if (!me.Ok)
        {
            context.Result = me.Problem.ToPage();
            return;
        }

        Me = me.Data;
        Zone = TimeZoneInfo.Named(me.Data.TimeZone);
        await next();
    }

    /// <summary>Shows this page again, with what was typed, because of what is in the model state.</summary>
    protected PageResult Refused(int status = StatusCodes.Status422UnprocessableEntity)
    {
        Response.StatusCode = status;
        return Page();
    }
}
