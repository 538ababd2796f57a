using Microsoft.Extensions.Localization;
using Platform.Admin.Web.Tenants;
using Platform.Contracts.Tenants;

namespace Platform.Admin.Web.Pages.Tenants;

public sealed class ContactsModel(AdminApi api, IStringLocalizer<AdminText> text)
    : RecordListPage<ContactResponse>(api, text, "contacts", TenantChoices.ContactTypes)
{
    protected override string TabName => TenantTabs.Contacts;
}
