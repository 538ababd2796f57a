using Microsoft.AspNetCore.Mvc;
using Platform.Contracts;
using Platform.Contracts.Tenants;
using Platform.Ui.Http;
using Platform.Ui.Lists;

namespace Platform.Admin.Web.Pages.Tenants;

public sealed class IndexModel(AdminApi api) : AdminPage(api)
{
    public ListQuery Query { get; private set; } = null!;

    public IReadOnlyList<TenantResponse> Tenants { get; private set; } = [];

    public PageInfo? PageInfo { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        Query = ReadQuery();
        var tenants = await Api.TenantsAsync(Query, ct);
        if (!tenants.Ok) return tenants.Problem.ToPage();

        (Tenants, PageInfo) = (tenants.Data, tenants.Page);
        return Page();
    }

    public Task<IActionResult> OnGetCsvAsync(CancellationToken ct) =>
        Api.TenantsCsvAsync(ReadQuery(), ct);

    private ListQuery ReadQuery() => new(Request, "q", "status") { DefaultSort = "name" };
}
