using Microsoft.Extensions.Localization;
using Platform.Admin.Web.Tenants;
using Platform.Contracts.Tenants;

namespace Platform.Admin.Web.Pages.Tenants;

public sealed class ContactModel(AdminApi api, IStringLocalizer<AdminText> text)
    : RecordPage<ContactForm, ContactResponse>(api, text, "contacts")
{
    protected override string TabName => TenantTabs.Contacts;

    protected override string Title => Texts[IsNew ? "Records.AddContact" : "Records.EditContact"];

    protected override ContactForm ToForm(ContactResponse record) => ContactForm.Of(record);
}
