using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Platform.Admin.Web.Views;
using Platform.Contracts.Catalogue;
using Platform.Ui.Http;

namespace Platform.Admin.Web.Pages.View;

public sealed class CatalogueModel(AdminApi api, IStringLocalizer<AdminText> text, TenantViews views) : ViewPage(api, text, views)
{
    protected override string Title => Texts["View.CatalogueOf", Tenant.Name];

    public IReadOnlyList<ServiceResponse> Services { get; private set; } = [];

    public IReadOnlyList<ResourceResponse> Resources { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        var services = await Api.ServicesOfAsync(Tenant.Id, ct);
        if (!services.Ok) return services.Problem.ToPage();
        var resources = await Api.ResourcesOfAsync(Tenant.Id, ct);
        if (!resources.Ok) return resources.Problem.ToPage();

        (Services, Resources) = (services.Data, resources.Data);
        return Page();
    }
}
