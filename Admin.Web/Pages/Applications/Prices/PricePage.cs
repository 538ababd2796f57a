using Microsoft.AspNetCore.Mvc;
using Platform.Contracts.Licensing;
using Platform.Ui.Http;

namespace Platform.Admin.Web.Pages.Applications.Prices;

/// <summary>A dialog about one price.</summary>
public abstract class PricePage(AdminApi api) : ApplicationPage(api)
{
    [FromRoute]
    public long PriceId { get; set; }

    /// <summary>What the form was filled from; a later change by others refuses it.</summary>
    [BindProperty]
    public long Version { get; set; }

    public PriceResponse Price { get; private set; } = null!;

    /// <returns>What to answer instead of this page, or null when it can be shown.</returns>
    protected async Task<IActionResult?> LoadPriceAsync(CancellationToken ct)
    {
        if (await LoadApplicationAsync(ct) is { } failed) return failed;

        var price = await Api.PriceAsync(Id, PriceId, ct);
        if (!price.Ok) return price.Problem.ToPage();

        Price = price.Data;
        if (Version == 0) Version = Price.Version;
        return null;
    }
}
