using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Platform.Admin.Web.Tenants;
using Platform.Contracts.Tenants;
using Platform.Ui.Http;

namespace Platform.Admin.Web.Pages.Tenants;

public sealed class AddressesModel(AdminApi api, IStringLocalizer<AdminText> text) : TenantPage(api, text)
{
    protected override string TabName => TenantTabs.Addresses;

    public IReadOnlyList<AddressResponse> Addresses { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken ct) => await LoadAsync(ct) ?? Page();

    public async Task<IActionResult> OnPostPrimaryAsync(long recordId, CancellationToken ct)
    {
        var change = new ChangeAddressRequest { Primary = true };
        var done = await Api.ChangeRecordAsync<AddressResponse>(Tenant.Id, "addresses", recordId, change, null, ct);
        return done.Ok ? Done(done.Code) : await LoadAsync(ct) ?? this.ShowAgain(done.Problem);
    }

    private async Task<IActionResult?> LoadAsync(CancellationToken ct)
    {
        var addresses = await Api.TenantRecordsAsync<AddressResponse>(Tenant.Id, "addresses", ct);
        if (!addresses.Ok) return addresses.Problem.ToPage();

        Addresses = [.. addresses.Data.OrderBy(a => TenantChoices.AddressTypes.ToList().IndexOf(a.Type)).ThenByDescending(a => a.Primary)];
        return null;
    }
}
