using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Platform.Contracts.Operations;
using Platform.Contracts.Tenants;
using Platform.Ui.Http;

namespace Platform.Admin.Web.Pages.People;

/// <summary>Makes a person a member of another tenant.</summary>
public sealed class JoinModel(AdminApi api, PersonFinder finder, IStringLocalizer<AdminText> text) : PersonPage(api)
{
    private const int TenantsSuggested = 50;

    [BindProperty]
    public JoinInput Input { get; set; } = new();

    [BindProperty]
    public string Key { get; set; } = IdempotencyKeys.New();

    public IReadOnlyList<UserTypeResponse> UserTypes { get; private set; } = [];

    public IReadOnlyList<TenantResponse> Tenants { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken ct) => await LoadAsync(ct) ?? Page();

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (await LoadAsync(ct) is { } failed) return failed;
        if (!ModelState.IsValid) return this.ShowAgain();

        var found = await finder.TenantsOfAsync(Input.Tenant.Trim(), ct);
        if (found is not [var tenant])
        {
            ModelState.AddModelError(
                "Input.Tenant", found.Count == 0 ? text["Tenant.Unknown", Input.Tenant] : text["Tenant.Ambiguous", Input.Tenant]);
            return this.ShowAgain();
        }

        var joined = await Api.CreateMembershipAsync(Id, tenant.Id, new(Input.UserType), Key, ct);
        if (!joined.Ok)
        {
            Key = this.KeyAfter(joined.Problem, nameof(Key), Key);
            return this.ShowAgain(joined.Problem, new Dictionary<string, string> { ["userType"] = "Input.UserType" });
        }

        this.Notice(text["Membership.Created", tenant.Name]);
        return RedirectToPage("Details", new { id = Id });
    }

    private async Task<IActionResult?> LoadAsync(CancellationToken ct)
    {
        if (await LoadPersonAsync(ct) is { } failed) return failed;

        var (types, tenants) = (Api.UserTypesAsync(ct), Api.FindTenantsAsync(null, TenantsSuggested, ct));
        if (await types is { Ok: false, Problem: { } problem }) return problem.ToPage();

        UserTypes = (await types).Data!;
        Tenants = (await tenants).Data ?? []; // suggestions only
        return null;
    }
}

public sealed class JoinInput
{
    /// <summary>Slug, name or id.</summary>
    [Required, StringLength(200)]
    public string Tenant { get; set; } = "";

    [Required]
    public string UserType { get; set; } = "operations";
}
