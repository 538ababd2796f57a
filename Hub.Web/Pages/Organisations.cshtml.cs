using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Platform.Contracts;
using Platform.Contracts.People;
using Platform.Ui.Http;

namespace Platform.Hub.Web.Pages;

/// <summary>Lets a person choose among their organisations, also when that of the session is no longer active.</summary>
public sealed class OrganisationsModel(HubApi api) : PageModel
{
    public IReadOnlyList<MyTenantResponse> Tenants { get; private set; } = [];

    public bool IsCurrent(MyTenantResponse tenant) => User.HasClaim(ClaimNames.TenantId, $"{tenant.Id}");

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (!User.HasClaim(claim => claim.Type == ClaimNames.TenantId)) return StatusCode(StatusCodes.Status403Forbidden);

        var tenants = await api.MyTenantsAsync(ct);
        if (!tenants.Ok) return tenants.Problem.ToPage();

        Tenants = tenants.Data;
        return Tenants is [var only] && IsCurrent(only)
            ? RedirectToPage("/Portal/Index", new { tenant = only.Slug })
            : Page();
    }
}
