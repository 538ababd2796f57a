using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Platform.Contracts.Operations;
using Platform.Contracts.People;
using Platform.Ui.Http;

namespace Platform.Admin.Web.Pages.People;

/// <summary>What a person is in one tenant: type, roles, and whether they are let in.</summary>
public sealed class MembershipModel(AdminApi api, IStringLocalizer<AdminText> text) : PersonPage(api)
{
    [FromRoute]
    public long TenantId { get; set; }

    [BindProperty]
    public MembershipInput Input { get; set; } = new();

    [BindProperty]
    public long Version { get; set; }

    public UserMembership Membership { get; private set; } = null!;

    public IReadOnlyList<UserTypeResponse> UserTypes { get; private set; } = [];

    public IReadOnlyList<RoleResponse> Roles { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (await LoadAsync(ct) is { } failed) return failed;

        Input = new() { UserType = Membership.UserType, Roles = [.. Membership.Roles] };
        Version = Membership.Version;
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (await LoadAsync(ct) is { } failed) return failed;
        if (!ModelState.IsValid) return this.ShowAgain();

        return Done(await Api.ChangeMembershipAsync(
            Id, TenantId, new() { UserType = Input.UserType, Roles = Input.Roles }, Version, ct), text["Membership.Saved"]);
    }

    public async Task<IActionResult> OnPostActivateAsync(CancellationToken ct)
    {
        if (await LoadAsync(ct) is { } failed) return failed;

        return Done(
            await Api.ChangeMembershipAsync(Id, TenantId, new() { Active = true }, null, ct),
            text["Membership.Activated", Membership.TenantName]);
    }

    public async Task<IActionResult> OnPostDeactivateAsync(bool revokeSeats, CancellationToken ct)
    {
        if (await LoadAsync(ct) is { } failed) return failed;

        return Done(
            await Api.EndMembershipAsync(Id, TenantId, revokeSeats, ct),
            text["Membership.Deactivated", Membership.TenantName]);
    }

    private IActionResult Done(Answer<UserMembership> answer, string notice)
    {
        if (!answer.Ok)
        {
            return this.ShowAgain(answer.Problem, new Dictionary<string, string> { ["userType"] = "Input.UserType" });
        }

        this.Notice(notice);
        return RedirectToPage("Details", new { id = Id });
    }

    private async Task<IActionResult?> LoadAsync(CancellationToken ct)
    {
        if (await LoadPersonAsync(ct) is { } failed) return failed;
        if (Person.Memberships.FirstOrDefault(m => m.TenantId == TenantId) is not { } membership) return NotFound();

        Membership = membership;
        var (types, roles) = (Api.UserTypesAsync(ct), Api.RolesAsync(TenantId, ct));
        if (await types is { Ok: false, Problem: { } noTypes }) return noTypes.ToPage();
        if (await roles is { Ok: false, Problem: { } noRoles }) return noRoles.ToPage();

        UserTypes = (await types).Data!;
        Roles = (await roles).Data!;
        return null;
    }
}

public sealed class MembershipInput
{
    [Required]
    public string UserType { get; set; } = "";

    /// <summary>Slugs.</summary>
    public List<string> Roles { get; set; } = [];
}
