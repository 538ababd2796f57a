using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Platform.Admin.Web.Tenants;
using Platform.Contracts.Tenants;
using Platform.Ui.Http;

namespace Platform.Admin.Web.Pages.Tenants;

/// <summary>A new contact, or the one that the URL names.</summary>
public sealed class ContactModel(AdminApi api, IStringLocalizer<AdminText> text) : TenantPage(api, text)
{
    private const string Kind = "contacts";

    protected override string TabName => TenantTabs.Contacts;

    protected override string Title => Texts[RouteData.Values["recordId"] is null ? "Records.AddContact" : "Records.EditContact"];

    [BindProperty]
    public ContactForm Input { get; set; } = new();

    public long? Version { get; private set; }

    public async Task<IActionResult> OnGetAsync(long? recordId, CancellationToken ct)
    {
        if (!CanChange) return StatusCode(StatusCodes.Status403Forbidden);
        if (recordId is null) return Page();

        var contacts = await Api.TenantRecordsAsync<ContactResponse>(Tenant.Id, Kind, ct);
        if (!contacts.Ok) return contacts.Problem.ToPage();
        if (contacts.Data.FirstOrDefault(contact => contact.Id == recordId) is not { } found) return NotFound();

        (Input, Version) = (ContactForm.Of(found), found.Version);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(long? recordId, long? version, CancellationToken ct)
    {
        Version = version;
        if (!ModelState.IsValid) return this.ShowAgain();

        var done = recordId is { } id
            ? await Api.ChangeRecordAsync<ContactResponse>(Tenant.Id, Kind, id, Input.ToChange(), version, ct)
            : await Api.CreateRecordAsync<ContactResponse>(Tenant.Id, Kind, Input.ToRequest(), Input.Key, ct);
        if (done.Ok) return Done(done.Code);

        Input.Key = this.KeyAfter(done.Problem, "Input.Key", Input.Key);
        return this.ShowAgain(done.Problem, RecordFields.Of(ContactForm.Members, "Input"));
    }
}
