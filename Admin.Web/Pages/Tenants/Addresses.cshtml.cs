using Microsoft.Extensions.Localization;
using Platform.Admin.Web.Tenants;
using Platform.Contracts.Tenants;

namespace Platform.Admin.Web.Pages.Tenants;

public sealed class AddressesModel(AdminApi api, IStringLocalizer<AdminText> text)
    : RecordListPage<AddressResponse>(api, text, "addresses", TenantChoices.AddressTypes)
{
    protected override string TabName => TenantTabs.Addresses;
}
