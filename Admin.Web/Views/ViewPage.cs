using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.Extensions.Localization;
using Platform.Admin.Web.Tenants;

namespace Platform.Admin.Web.Views;

/// <summary>
/// A page of what a tenant sees. It needs an announced look that has not expired, and only shows things.
/// </summary>
public abstract class ViewPage(AdminApi api, IStringLocalizer<AdminText> text, TenantViews views) : TenantPage(api, text)
{
    protected override string TabName => TenantTabs.Bookings;

    public TenantView View { get; private set; } = null!;

    public override async Task OnPageHandlerExecutionAsync(
        PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        if (!long.TryParse($"{RouteData.Values["id"]}", out var id) || views.Find(HttpContext, id) is not { } view)
        {
            context.Result = RedirectToPage("/View/Start", new { id = RouteData.Values["id"] });
            return;
        }

        View = view;
        await base.OnPageHandlerExecutionAsync(context, next);
    }
}
