using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Platform.Admin.Web.Tenants;
using Platform.Contracts.Tenants;
using Platform.Ui.Http;

namespace Platform.Admin.Web.Pages.Tenants;

/// <summary>Begins the end of a tenant: its name has to be typed, and its data stays for a while.</summary>
public sealed class OffboardModel(AdminApi api, IStringLocalizer<AdminText> text) : TenantPage(api, text)
{
    private static readonly Dictionary<string, string> Fields = new()
    {
        ["reason"] = "Input.Reason",
        ["purgeAfterDays"] = "Input.Days",
    };

    protected override string TabName => TenantTabs.Overview;

    protected override string Title => Texts["Offboard.Title", Tenant.Name];

    [BindProperty]
    public Form Input { get; set; } = new();

    public IActionResult OnGet()
    {
        Input.Version = Tenant.Version;
        return CanChange ? Page() : StatusCode(StatusCodes.Status403Forbidden);
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (Input.TypedName.Length > 0 && Input.TypedName.Trim() != Tenant.Name)
        {
            ModelState.AddModelError("Input.TypedName", Texts["Form.WrongName"]);
        }

        if (!ModelState.IsValid) return this.ShowAgain();

        var request = new OffboardTenantRequest(Input.Reason.Trim(), Input.Days);
        var done = await Api.OffboardTenantAsync(Tenant.Id, request, Input.Version, ct);
        return done.Ok ? Done(done.Code) : this.ShowAgain(done.Problem, Fields);
    }

    public sealed class Form
    {
        [Required, StringLength(500)]
        public string Reason { get; set; } = "";

        /// <summary>How long the tenant may be taken back.</summary>
        [Range(7, 365)]
        public int Days { get; set; } = 30;

        [Required]
        public string TypedName { get; set; } = "";

        public long Version { get; set; }
    }
}
