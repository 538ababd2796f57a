using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using Platform.Contracts.ApiKeys;
using Platform.Contracts.People;
using Platform.Hub.Web.Settings;
using Platform.Ui.Http;

namespace Platform.Hub.Web.Pages.Settings.Keys;

/// <summary>The programs of the organisation; each has its roles and its keys.</summary>
public sealed class IndexModel(SettingsTools tools) : SettingsPage<IndexModel.Form>(tools)
{
    protected override string Needs => Permissions.ApiKeysManage;

    public IReadOnlyList<ServiceAccountResponse> Accounts { get; private set; } = [];

    public IReadOnlyList<SelectListItem> Roles { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken ct) => await LoadAsync(ct) ?? Page();

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (await LoadAsync(ct) is { } failed) return failed;
        if (!ModelState.IsValid) return Refused();

        var created = await Api.PostAsync<ServiceAccountResponse>(
            "service-accounts", new CreateServiceAccountRequest(Input.Name!, Input.Roles), ct, Input.Key);
        return created.Ok
            ? Done(Text["Setup.Created", created.Data.Name], $"api-keys/{created.Data.Id}")
            : Refused(created.Problem);
    }

    private async Task<IActionResult?> LoadAsync(CancellationToken ct)
    {
        var accounts = await Api.AllAsync<ServiceAccountResponse>("service-accounts", ct);
        if (!accounts.Ok) return accounts.Problem.ToPage();
        var roles = await Api.AllAsync<RoleResponse>("roles", ct);
        if (!roles.Ok) return roles.Problem.ToPage();

        (Accounts, Roles) = (accounts.Data, PeopleItems.Roles(roles.Data));
        return null;
    }

    public sealed class Form : SettingsForm
    {
        [Required, StringLength(100)]
        public string? Name { get; set; }

        public List<string> Roles { get; set; } = [];
    }
}
