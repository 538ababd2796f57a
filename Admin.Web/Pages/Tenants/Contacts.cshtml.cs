using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Platform.Admin.Web.Tenants;
using Platform.Contracts.Tenants;
using Platform.Ui.Http;

namespace Platform.Admin.Web.Pages.Tenants;

public sealed class ContactsModel(AdminApi api, IStringLocalizer<AdminText> text) : TenantPage(api, text)
{
    protected override string TabName => TenantTabs.Contacts;

    public IReadOnlyList<ContactResponse> Contacts { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken ct) => await LoadAsync(ct) ?? Page();

    public async Task<IActionResult> OnPostPrimaryAsync(long recordId, CancellationToken ct)
    {
        var change = new ChangeContactRequest { Primary = true };
        var done = await Api.ChangeRecordAsync<ContactResponse>(Tenant.Id, "contacts", recordId, change, null, ct);
        return done.Ok ? Done(done.Code) : await LoadAsync(ct) ?? this.ShowAgain(done.Problem);
    }

    private async Task<IActionResult?> LoadAsync(CancellationToken ct)
    {
        var contacts = await Api.TenantRecordsAsync<ContactResponse>(Tenant.Id, "contacts", ct);
        if (!contacts.Ok) return contacts.Problem.ToPage();

        Contacts = [.. contacts.Data.OrderBy(a => TenantChoices.ContactTypes.ToList().IndexOf(a.Type)).ThenByDescending(a => a.Primary)];
        return null;
    }
}
