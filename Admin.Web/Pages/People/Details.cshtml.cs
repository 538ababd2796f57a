using Microsoft.AspNetCore.Mvc;
using Platform.Contracts.Licensing;
using Platform.Ui.Http;

namespace Platform.Admin.Web.Pages.People;

/// <summary>Who a person is, and of which tenants they are a member.</summary>
public sealed class DetailsModel(AdminApi api) : PersonPage(api)
{
    /// <summary>Active grants by tenant.</summary>
    public ILookup<long, GrantResponse> Grants { get; private set; } = Array.Empty<GrantResponse>().ToLookup(g => g.TenantId);

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (await LoadPersonAsync(ct) is { } failed) return failed;

        var grants = await Api.ActiveGrantsAsync(Id, ct);
        if (!grants.Ok) return grants.Problem.ToPage();

        Grants = grants.Data.ToLookup(grant => grant.TenantId);
        return Page();
    }
}
