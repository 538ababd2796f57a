using Microsoft.AspNetCore.Mvc;
using Platform.Contracts.Catalogue;
using Platform.Hub.Web.Public;

namespace Platform.Hub.Web.Pages.Public;

/// <summary>What can be booked.</summary>
public sealed class IndexModel(PublicApi api) : PublicPage(api)
{
    public IReadOnlyList<ServiceResponse> Services { get; private set; } = [];

    public string Data { get; private set; } = "";

    protected override bool MayBeIndexed => true;

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        var services = await Api.ServicesAsync(Slug, ct);
        if (!services.Ok) return Notice(services.Problem, "NoPage");

        Services = services.Data;
        var url = $"{Request.Scheme}://{Request.Host}{(Site.Links with { Kept = [] }).Of("")}";
        Data = StructuredData.Of(Site, url, Services);
        return Page();
    }
}
