using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Platform.Admin.Web.Tenants;
using Platform.Contracts.Tenants;
using Platform.Ui.Http;

namespace Platform.Admin.Web.Pages.Tenants;

public sealed class EditModel(AdminApi api, IStringLocalizer<AdminText> text) : TenantPage(api, text)
{
    private static readonly Dictionary<string, string> Fields = new()
    {
        ["slug"] = "Input.Slug",
        ["name"] = "Input.Name",
        ["locale"] = "Input.Locale",
        ["currency"] = "Input.Currency",
        ["customDomain"] = "Input.CustomDomain",
    };

    protected override string TabName => TenantTabs.Overview;

    protected override string Title => Texts["Tenant.EditTitle", Tenant.Name];

    [BindProperty]
    public Form Input { get; set; } = new();

    public IActionResult OnGet()
    {
        if (!CanChange) return StatusCode(StatusCodes.Status403Forbidden);

        Input = new()
        {
            Name = Tenant.Name,
            Slug = Tenant.Slug,
            Locale = Tenant.Locale,
            Currency = Tenant.Currency,
            CustomDomain = Tenant.CustomDomain,
            Version = Tenant.Version,
        };
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (!ModelState.IsValid) return this.ShowAgain();

        var changed = await Api.ChangeTenantAsync(Tenant.Id, Input.ToRequest(), Input.Version, ct);
        return changed.Ok ? Done(changed.Code) : this.ShowAgain(changed.Problem, Fields);
    }

    public sealed class Form
    {
        [Required, StringLength(200)]
        public string Name { get; set; } = "";

        [Required, StringLength(63), RegularExpression(TenantPatterns.Slug)]
        public string Slug { get; set; } = "";

        [Required]
        public string Locale { get; set; } = "";

        [Required]
        public string Currency { get; set; } = "";

        [StringLength(253), RegularExpression(TenantPatterns.Host)]
        public string? CustomDomain { get; set; }

        /// <summary>The change is refused if somebody else has changed the tenant since.</summary>
        public long Version { get; set; }

        public ChangeTenantRequest ToRequest() => new()
        {
            Name = Name.Trim(),
            Slug = Slug.Trim(),
            Locale = Locale,
            Currency = Currency,
            CustomDomain = string.IsNullOrWhiteSpace(CustomDomain) ? null : CustomDomain.Trim(),
        };
    }
}
