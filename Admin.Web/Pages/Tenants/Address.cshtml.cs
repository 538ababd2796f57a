using Microsoft.Extensions.Localization;
using Platform.Admin.Web.Tenants;
using Platform.Contracts.Tenants;

namespace Platform.Admin.Web.Pages.Tenants;

public sealed class AddressModel(AdminApi api, IStringLocalizer<AdminText> text)
    : RecordPage<AddressForm, AddressResponse>(api, text, "addresses")
{
    protected override string TabName => TenantTabs.Addresses;

    protected override string Title => Texts[IsNew ? "Records.AddAddress" : "Records.EditAddress"];

    protected override AddressForm ToForm(AddressResponse record) => AddressForm.Of(record);
}
