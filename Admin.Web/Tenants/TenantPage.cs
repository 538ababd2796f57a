using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.Extensions.Localization;
using Platform.Contracts.Tenants;
using Platform.Ui.Frame;
using Platform.Ui.Http;
using Platform.Ui.Time;

namespace Platform.Admin.Web.Tenants;

/// <summary>A page about the tenant that its URL names; the tenant is loaded before the handler runs.</summary>
public abstract class TenantPage(AdminApi api, IStringLocalizer<AdminText> text) : AdminPage(api)
{
    protected IStringLocalizer<AdminText> Texts { get; } = text;

    public TenantResponse Tenant { get; private set; } = null!;

    /// <summary>The tenant's zone, in which the times of these pages are shown.</summary>
    public TimeZoneInfo Zone { get; private set; } = TimeZoneInfo.Utc;

    /// <summary>Name of the tab that the page is, or belongs to.</summary>
    protected abstract string TabName { get; }

    /// <summary>What the page is called, where it is no tab itself; the last step of the breadcrumbs.</summary>
    protected virtual string? Title => null;

    /// <summary>The reader may change the tenant, and the tenant is not gone.</summary>
    public bool CanChange => CanWrite && Tenant.Status != TenantStates.Purged;

    public override async Task OnPageHandlerExecutionAsync(
        PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        if (!long.TryParse($"{RouteData.Values["id"]}", out var id))
        {
            context.Result = NotFound();
            return;
        }

        var tenant = await Api.TenantAsync(id, HttpContext.RequestAborted);
        if (!tenant.Ok)
        {
            context.Result = tenant.Problem.ToPage();
            return;
        }

        Tenant = tenant.Data;
        Zone = TimeZoneInfo.Named(Tenant.TimeZone);
        await next();
        Describe();
    }

    public TabList Tabs() => new(
        Texts["Tenant.Tabs"],
        [.. TenantTabs.All.Select(name => new Tab(Texts[$"Tenant.Tab.{name}"], TabUrl(name), name == TabName))]);

    public string TabUrl(string name) => Url.Page($"/Tenants/{name}", new { id = Tenant.Id })!;

    /// <summary>Leads to the tab after a change.</summary>
    /// <param name="code">Of the API's answer, which the tab says in words.</param>
    protected IActionResult Done(string? code, string? undoUrl = null)
    {
        this.NoticeOf(code, undoUrl);
        return LocalRedirect(TabUrl(TabName));
    }

    /// <summary>Title and breadcrumbs.</summary>
    private void Describe()
    {
        var list = new Crumb(Texts["Nav.Tenants"], Url.Page("/Tenants/Index"));
        var tenant = new Crumb(Tenant.Name, Url.Page("/Tenants/Overview", new { id = Tenant.Id }));
        var tab = new Crumb(Texts[$"Tenant.Tab.{TabName}"], TabUrl(TabName));
        IReadOnlyList<Crumb> crumbs = Title is { } title
            ? [list, tenant, tab, new(title)]
            : TabName == TenantTabs.Overview ? [list, tenant with { Url = null }] : [list, tenant, tab with { Url = null }];
        ViewData["Crumbs"] = crumbs;
        ViewData["Title"] = Title ?? (TabName == TenantTabs.Overview ? Tenant.Name : $"{tab.Text} · {Tenant.Name}");
    }
}

/// <summary>The parts of a tenant, as pages of their own.</summary>
public static class TenantTabs
{
    public const string Overview = "Overview", Users = "Users", Licenses = "Licenses", Addresses = "Addresses",
        Contacts = "Contacts", Branding = "Branding", Bookings = "Bookings", Events = "Events", Audit = "Audit",
        Billing = "Billing";

    public static readonly IReadOnlyList<string> All =
        [Overview, Users, Licenses, Addresses, Contacts, Branding, Bookings, Events, Audit, Billing];
}

/// <summary>Statuses of a tenant that pages treat differently.</summary>
public static class TenantStates
{
    public const string Provisioning = "provisioning", ProvisioningFailed = "provisioning_failed", Active = "active",
        Inactive = "inactive", Offboarding = "offboarding", Purged = "purged";

    public static readonly IReadOnlyList<string> All =
        [Active, Inactive, Provisioning, ProvisioningFailed, Offboarding, Purged];

    /// <summary>The class of its badge.</summary>
    public static string Badge(string status) => status switch
    {
        Active => "ok",
        ProvisioningFailed => "bad",
        Purged => "",
        _ => "warn",
    };
}
