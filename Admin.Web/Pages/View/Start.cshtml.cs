using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Platform.Admin.Web.Tenants;
using Platform.Admin.Web.Views;
using Platform.Contracts.Tenants;
using Platform.Ui.Http;

namespace Platform.Admin.Web.Pages.View;

/// <summary>Announces a look at what the tenant sees, with its reason, which the tenant's audit keeps.</summary>
public sealed class StartModel(AdminApi api, IStringLocalizer<AdminText> text, TenantViews views) : TenantPage(api, text)
{
    private static readonly Dictionary<string, string> Fields = new()
    {
        ["reason"] = "Input.Reason",
        ["minutes"] = "Input.Minutes",
    };

    protected override string TabName => TenantTabs.Bookings;

    protected override string Title => Texts["View.Title", Tenant.Name];

    [BindProperty]
    public Form Input { get; set; } = new();

    public IActionResult OnGet() => CanChange ? Page() : StatusCode(StatusCodes.Status403Forbidden);

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (!ModelState.IsValid) return this.ShowAgain();

        var started = await Api.ViewTenantAsync(Tenant.Id, new(Input.Reason.Trim(), Input.Minutes), ct);
        if (!started.Ok) return this.ShowAgain(started.Problem, Fields);

        views.Start(HttpContext, started.Data);
        return RedirectToPage("Bookings", new { id = Tenant.Id });
    }

    /// <summary>Ends the look before its time.</summary>
    public IActionResult OnPostLeave()
    {
        TenantViews.End(HttpContext);
        return LocalRedirect(TabUrl(TenantTabs.Overview));
    }

    public sealed class Form
    {
        [Required, StringLength(500)]
        public string Reason { get; set; } = "";

        [Range(1, ViewTenantRequest.MaxMinutes)]
        public int Minutes { get; set; } = 30;
    }
}
