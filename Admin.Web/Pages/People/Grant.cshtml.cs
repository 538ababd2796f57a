using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Platform.Contracts.Licensing;
using Platform.Contracts.Operations;
using Platform.Contracts.People;
using Platform.Contracts.Tenants;
using Platform.Ui.Http;
using Platform.Ui.Localization;

namespace Platform.Admin.Web.Pages.People;

/// <summary>One application for several people of a tenant, with a result for each of them.</summary>
public sealed class GrantModel(AdminApi api, PersonFinder finder, IStringLocalizer<UiText> uiText) : AdminPage(api)
{
    [BindProperty(SupportsGet = true)]
    public long TenantId { get; set; }

    /// <summary>Ids.</summary>
    [BindProperty(SupportsGet = true, Name = "person")]
    public List<long> People { get; set; } = [];

    [BindProperty]
    public string? Application { get; set; }

    [BindProperty]
    public string? Role { get; set; }

    /// <summary>Grants to as many as possible instead of all or none.</summary>
    [BindProperty]
    public bool AsManyAsPossible { get; set; }

    [BindProperty]
    public string Key { get; set; } = IdempotencyKeys.New();

    public TenantResponse Tenant { get; private set; } = null!;

    public IReadOnlyDictionary<long, StaffUserResponse> Names { get; private set; } = new Dictionary<long, StaffUserResponse>();

    public IReadOnlyList<LicenseResponse> Licenses { get; private set; } = [];

    public IReadOnlyList<UserTypeResponse> UserTypes { get; private set; } = [];

    /// <summary>In the order of the request; null before it was sent.</summary>
    public IReadOnlyList<BulkGrantItem>? Results { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken ct) => await LoadAsync(ct) ?? Page();

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (await LoadAsync(ct) is { } failed) return failed;
        if (string.IsNullOrEmpty(Application)) ModelState.AddModelError(nameof(Application), uiText["Validation.Required"]);
        if (!ModelState.IsValid || People.Count == 0) return this.ShowAgain();

        var granted = await Api.GrantManyAsync(
            TenantId, Application!, new([.. People.Distinct()], AsManyAsPossible, string.IsNullOrEmpty(Role) ? null : Role), Key, ct);
        if (!granted.Ok)
        {
            Key = this.KeyAfter(granted.Problem, nameof(Key), Key);
            if (granted.Problem.Status is 401 or 403) return granted.Problem.ToPage();

            ModelState.AddModelError("", uiText.Of(granted.Problem));
            (Needed, Available) = (granted.Problem.Number("needed"), granted.Problem.Number("available"));
            return this.ShowAgain(granted.Problem.Status);
        }

        Results = granted.Data;
        return Page();
    }

    /// <summary>Of a refusal for lack of seats.</summary>
    public int? Needed { get; private set; }

    /// <inheritdoc cref="Needed"/>
    public int? Available { get; private set; }

    public string NameOf(long id) => Names.TryGetValue(id, out var person) ? person.Name : $"{id}";

    private async Task<IActionResult?> LoadAsync(CancellationToken ct)
    {
        var (tenant, licenses, types) = (Api.TenantAsync(TenantId, ct), Api.LicensesOfAsync(TenantId, ct), Api.UserTypesAsync(ct));
        if (await tenant is { Ok: false, Problem: { } noTenant }) return noTenant.ToPage();
        if (await licenses is { Ok: false, Problem: { } noLicenses }) return noLicenses.ToPage();
        if (await types is { Ok: false, Problem: { } noTypes }) return noTypes.ToPage();

        Tenant = (await tenant).Data!;
        Licenses = (await licenses).Data!;
        UserTypes = (await types).Data!;
        Names = await finder.PeopleAsync(People, ct);
        return null;
    }
}
