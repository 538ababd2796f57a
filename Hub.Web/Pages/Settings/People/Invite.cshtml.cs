using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using Platform.Contracts;
using Platform.Contracts.People;
using Platform.Hub.Web.Settings;
using Platform.Ui.Http;

namespace Platform.Hub.Web.Pages.Settings.People;

/// <summary>Invites an address. The page does not reveal whether the address has an account.</summary>
public sealed class InviteModel(SettingsTools tools) : SettingsPage<InviteModel.Form>(tools)
{
    protected override string Needs => Permissions.UsersWrite;

    public IReadOnlyList<SelectListItem> Types => PeopleItems.Types(Text);

    public IReadOnlyList<SelectListItem> Roles { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        Input.Locale = Me.Locale.StartsWith("pt", StringComparison.OrdinalIgnoreCase) ? "pt-BR" : "en";
        return await LoadAsync(ct) ?? Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (await LoadAsync(ct) is { } failed) return failed;
        if (!ModelState.IsValid) return Refused();

        var invited = await Api.PostAsync<InvitationResponse>(
            "users", new InviteUserRequest(
                Input.Email!.Trim(), Input.Name!.Trim(), Input.UserType, Input.Roles, Input.Locale), ct, Input.Key);
        return invited.Ok
            ? Done(Text["Setup.Invitation.Sent", invited.Data.Email], "people/invitations")
            : Refused(invited.Problem, new Dictionary<string, string> { ["roles"] = "Input.UserType" });
    }

    private async Task<IActionResult?> LoadAsync(CancellationToken ct)
    {
        var roles = await Api.AllAsync<RoleResponse>("roles", ct);
        if (!roles.Ok) return roles.Problem.ToPage();
        Roles = PeopleItems.Roles(roles.Data);
        return null;
    }

    public sealed class Form : SettingsForm
    {
        [Required, StringLength(254), Email]
        public string? Email { get; set; }

        [Required, StringLength(200)]
        public string? Name { get; set; }

        public string UserType { get; set; } = "operations";

        public List<string> Roles { get; set; } = [];

        public string Locale { get; set; } = "pt-BR";
    }
}
