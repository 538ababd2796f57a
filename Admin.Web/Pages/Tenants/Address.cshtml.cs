using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Platform.Admin.Web.Tenants;
using Platform.Contracts.Tenants;
using Platform.Ui.Http;

namespace Platform.Admin.Web.Pages.Tenants;

/// <summary>A new address, or the one that the URL names.</summary>
public sealed class AddressModel(AdminApi api, IStringLocalizer<AdminText> text) : TenantPage(api, text)
{
    private const string Kind = "addresses";

    protected override string TabName => TenantTabs.Addresses;

    protected override string Title => Texts[RouteData.Values["recordId"] is null ? "Records.AddAddress" : "Records.EditAddress"];

    [BindProperty]
    public AddressForm Input { get; set; } = new();

    public long? Version { get; private set; }

    public async Task<IActionResult> OnGetAsync(long? recordId, CancellationToken ct)
    {
        if (!CanChange) return StatusCode(StatusCodes.Status403Forbidden);
        if (recordId is null) return Page();

        var addresses = await Api.TenantRecordsAsync<AddressResponse>(Tenant.Id, Kind, ct);
        if (!addresses.Ok) return addresses.Problem.ToPage();
        if (addresses.Data.FirstOrDefault(address => address.Id == recordId) is not { } found) return NotFound();

        (Input, Version) = (AddressForm.Of(found), found.Version);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(long? recordId, long? version, CancellationToken ct)
    {
        Version = version;
        if (!ModelState.IsValid) return this.ShowAgain();

        var done = recordId is { } id
            ? await Api.ChangeRecordAsync<AddressResponse>(Tenant.Id, Kind, id, Input.ToChange(), version, ct)
            : await Api.CreateRecordAsync<AddressResponse>(Tenant.Id, Kind, Input.ToRequest(), Input.Key, ct);
        if (done.Ok) return Done(done.Code);

        Input.Key = this.KeyAfter(done.Problem, "Input.Key", Input.Key);
        return this.ShowAgain(done.Problem, RecordFields.Of(AddressForm.Members, "Input"));
    }
}
