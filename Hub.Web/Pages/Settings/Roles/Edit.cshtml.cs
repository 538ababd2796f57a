using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Platform.Contracts;
using Platform.Contracts.Licensing;
using Platform.Contracts.People;
using Platform.Hub.Web.Settings;
using Platform.Ui.Http;

namespace Platform.Hub.Web.Pages.Settings.Roles;

/// <summary>A role: its permissions, and the applications that all who have it may use.</summary>
public sealed class EditModel(SettingsTools tools) : SettingsPage<EditModel.Form>(tools)
{
    protected override string Needs => Permissions.UsersRead;

    /// <summary>Null for a new one.</summary>
    public GroupResponse? Role { get; private set; }

    /// <summary>Licensed, and not granted to this role.</summary>
    public IReadOnlyList<EntitlementResponse> Applications { get; private set; } = [];

    public bool CanEdit => May(Permissions.RolesWrite) && Role is not { System: true };

    public async Task<IActionResult> OnGetAsync(long? id, CancellationToken ct)
    {
        if (await LoadAsync(id, ct) is { } failed) return failed;
        if (Role is { } role) Input = new() { Version = role.Version, Name = role.Name, Permissions = [.. role.Permissions] };
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(long? id, CancellationToken ct)
    {
        if (await LoadAsync(id, ct) is { } failed) return failed;
        if (!ModelState.IsValid) return Refused();

        var saved = id is null
            ? await Api.PostAsync<RoleResponse>(
                "roles", new CreateRoleRequest(Input.Name!, Input.Permissions), ct, Input.Key)
            : await Api.PatchAsync<RoleResponse>(
                $"roles/{id}", new ChangeRoleRequest { Name = Input.Name!, Permissions = Input.Permissions }, Input.Version, ct);
        if (saved.Ok) return Done(Text["Setup.Saved"], $"roles/{saved.Data.Id}");

        return Refused(saved.Problem, new Dictionary<string, string> { ["slug"] = "Input.Name" });
    }

    public Task<IActionResult> OnPostGrantAsync(long id, string application, CancellationToken ct) =>
        SeatsAsync(id, application, "grant", ct);

    public Task<IActionResult> OnPostRevokeAsync(long id, string application, CancellationToken ct) =>
        SeatsAsync(id, application, "revoke", ct);

    public async Task<IActionResult> OnPostDeleteAsync(long id, long version, CancellationToken ct)
    {
        var deleted = await Api.DeleteAsync($"roles/{id}", version, ct);
        return deleted.Ok ? Done(Text["Setup.Deleted"], "roles") : await AgainAsync(id, deleted.Problem, ct);
    }

    private async Task<IActionResult> SeatsAsync(long id, string application, string verb, CancellationToken ct)
    {
        var done = await Api.PostAsync<GroupResponse>(
            $"groups/{id}/apps/{Uri.EscapeDataString(application)}/{verb}", null, ct);
        return done.Ok ? Done(Text["Setup.Saved"], $"roles/{id}") : await AgainAsync(id, done.Problem, ct);
    }

    private async Task<IActionResult> AgainAsync(long id, Problem problem, CancellationToken ct)
    {
        if (await LoadAsync(id, ct) is { } failed) return failed;
        ModelState.Clear();
        Input = new() { Version = Role!.Version, Name = Role.Name, Permissions = [.. Role.Permissions] };
        return Refused(problem);
    }

    private async Task<IActionResult?> LoadAsync(long? id, CancellationToken ct)
    {
        if (id is null) return null;

        var role = await Api.GetAsync<GroupResponse>($"groups/{id}", ct);
        if (!role.Ok) return role.Problem.ToPage();
        Role = role.Data;
        if (!May(Permissions.SeatsWrite)) return null;

        var entitlements = await Api.GetAsync<IReadOnlyList<EntitlementResponse>>("entitlements", ct);
        if (!entitlements.Ok) return entitlements.Problem.ToPage();
        Applications = [.. entitlements.Data.Where(e => !Role.Applications.Contains(e.Application))];
        return null;
    }

    public sealed class Form : SettingsForm
    {
        [Required, StringLength(100)]
        public string? Name { get; set; }

        public List<string> Permissions { get; set; } = [];
    }
}
