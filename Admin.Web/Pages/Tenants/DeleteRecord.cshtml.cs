using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Platform.Admin.Web.Tenants;
using Platform.Contracts.Tenants;
using Platform.Ui.Http;

namespace Platform.Admin.Web.Pages.Tenants;

/// <summary>Deletes an address or a contact.</summary>
public sealed class DeleteRecordModel(AdminApi api, IStringLocalizer<AdminText> text) : TenantPage(api, text)
{
    protected override string TabName => Kind == "contacts" ? TenantTabs.Contacts : TenantTabs.Addresses;

    protected override string Title => Texts[Kind == "contacts" ? "Records.DeleteContact" : "Records.DeleteAddress"];

    public string Kind => $"{RouteData.Values["kind"]}";

    public string BackUrl => TabUrl(TabName);

    /// <summary>What is deleted, in words.</summary>
    public string Name { get; private set; } = "";

    public async Task<IActionResult> OnGetAsync(long recordId, CancellationToken ct) =>
        CanChange ? await LoadAsync(recordId, ct) ?? Page() : StatusCode(StatusCodes.Status403Forbidden);

    public async Task<IActionResult> OnPostAsync(long recordId, CancellationToken ct)
    {
        if (await LoadAsync(recordId, ct) is { } failed) return failed;

        return await Api.DeleteRecordAsync(Tenant.Id, Kind, recordId, ct) is { } problem
            ? this.ShowAgain(problem)
            : Done(null);
    }

    private async Task<IActionResult?> LoadAsync(long recordId, CancellationToken ct)
    {
        var (name, problem) = Kind == "contacts"
            ? await NameAsync<ContactResponse>(contact => contact.Id == recordId, contact => contact.Name, ct)
            : await NameAsync<AddressResponse>(address => address.Id == recordId, address => address.Line1, ct);
        if (problem is not null) return problem;
        if (name is null) return NotFound();

        Name = name;
        return null;
    }

    private async Task<(string? Name, IActionResult? Problem)> NameAsync<T>(
        Func<T, bool> isMeant, Func<T, string> name, CancellationToken ct) where T : class
    {
        var records = await Api.TenantRecordsAsync<T>(Tenant.Id, Kind, ct);
        if (!records.Ok) return (null, records.Problem.ToPage());

        return (records.Data.FirstOrDefault(isMeant) is { } found ? name(found) : null, null);
    }
}
