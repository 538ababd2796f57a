using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Platform.Contracts;
using Platform.Contracts.Operations;
using Platform.Contracts.Tenants;
using Platform.Ui.Http;

namespace Platform.Admin.Web.Pages.People;

/// <summary>A new person, at once a member of a tenant or of none.</summary>
public sealed class NewModel(AdminApi api, PersonFinder finder, IStringLocalizer<AdminText> text) : AdminPage(api)
{
    private const int TenantsSuggested = 50;

    private static readonly Dictionary<string, string> Fields = new()
    {
        ["email"] = "Input.Email",
        ["name"] = "Input.Name",
        ["userType"] = "Input.UserType",
    };

    [BindProperty]
    public PersonInput Input { get; set; } = new();

    [BindProperty]
    public string Key { get; set; } = IdempotencyKeys.New();

    public IReadOnlyList<UserTypeResponse> UserTypes { get; private set; } = [];

    public IReadOnlyList<TenantResponse> Tenants { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(string? tenant, CancellationToken ct)
    {
        Input.Tenant = tenant;
        return await LoadAsync(ct) ?? Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (await LoadAsync(ct) is { } failed) return failed;

        var tenant = await TenantAsync(ct);
        if (!ModelState.IsValid) return this.ShowAgain();
        return tenant is null ? await CreateAsync(ct) : await AddAsync(tenant, ct);
    }

    private async Task<IActionResult> CreateAsync(CancellationToken ct)
    {
        var created = await Api.CreatePersonAsync(new(Input.Email, Input.Name, Input.Locale), Key, ct);
        return created.Ok
            ? Done(created.Data.Id, text["Person.Created", created.Data.Name])
            : Refused(created.Problem);
    }

    private async Task<IActionResult> AddAsync(TenantResponse tenant, CancellationToken ct)
    {
        var added = await Api.AddPersonAsync(
            tenant.Id, new(Input.Email, Input.Name, Input.UserType, Locale: Input.Locale), Key, ct);
        return added.Ok
            ? Done(added.Data.Id, text["Person.Added", added.Data.Name, tenant.Name])
            : Refused(added.Problem);
    }

    private RedirectToPageResult Done(long id, string notice)
    {
        this.Notice(notice);
        return RedirectToPage("Details", new { id });
    }

    private IActionResult Refused(Problem problem)
    {
        Key = this.KeyAfter(problem, nameof(Key), Key);
        return this.ShowAgain(problem, Fields);
    }

    /// <returns>Null where none is named, or the field is wrong.</returns>
    private async Task<TenantResponse?> TenantAsync(CancellationToken ct)
    {
        if (string.IsNullOrWhiteSpace(Input.Tenant)) return null;

        var found = await finder.TenantsOfAsync(Input.Tenant.Trim(), ct);
        if (found.Count == 1) return found[0];

        ModelState.AddModelError("Input.Tenant", found.Count == 0
            ? text["Tenant.Unknown", Input.Tenant]
            : text["Tenant.Ambiguous", Input.Tenant]);
        return null;
    }

    private async Task<IActionResult?> LoadAsync(CancellationToken ct)
    {
        var (types, tenants) = (Api.UserTypesAsync(ct), Api.FindTenantsAsync(null, TenantsSuggested, ct));
        if (await types is { Ok: false, Problem: { } problem }) return problem.ToPage();

        UserTypes = (await types).Data!;
        Tenants = (await tenants).Data ?? []; // suggestions only
        return null;
    }
}

public sealed class PersonInput
{
    [Required, StringLength(200)]
    public string Name { get; set; } = "";

    [Required, StringLength(254), EmailAddress(ErrorMessage = "Validation.Email")]
    public string Email { get; set; } = "";

    [Required]
    public string Locale { get; set; } = "pt-BR";

    /// <summary>Slug, name or id; empty for none.</summary>
    [StringLength(200)]
    public string? Tenant { get; set; }

    [Required]
    public string UserType { get; set; } = "operations";
}
