using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Platform.Contracts.Licensing;
using Platform.Contracts.Operations;
using Platform.Contracts.People;
using Platform.Ui.Http;
using Platform.Ui.Localization;

namespace Platform.Admin.Web.Pages.People;

/// <summary>
/// "Manage app access": which licensed applications of a tenant a person may use, what each would cost, how many seats
/// are left after it, and what is in its way. It stays open after each change.
/// </summary>
public sealed class AccessModel(
    AdminApi api, IStringLocalizer<AdminText> text, IStringLocalizer<UiText> uiText) : PersonPage(api)
{
    [FromRoute]
    public long TenantId { get; set; }

    [BindProperty]
    public string Key { get; set; } = IdempotencyKeys.New();

    public UserMembership Membership { get; private set; } = null!;

    public IReadOnlyList<UserTypeResponse> UserTypes { get; private set; } = [];

    public IReadOnlyList<PersonAccess> Applications { get; private set; } = [];

    /// <summary>What was just done.</summary>
    public string? Done { get; private set; }

    /// <summary>The application whose change was refused, and why.</summary>
    public (string Application, string Reason)? Refused { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken ct) => await LoadAsync(ct) ?? Page();

    public Task<IActionResult> OnPostGrantAsync(string application, string? role, CancellationToken ct) =>
        ChangeAsync("grant", application, role, ct);

    public Task<IActionResult> OnPostReactivateAsync(string application, string? role, CancellationToken ct) =>
        ChangeAsync("reactivate", application, role, ct);

    public Task<IActionResult> OnPostRevokeAsync(string application, CancellationToken ct) =>
        ChangeAsync("revoke", application, null, ct);

    private async Task<IActionResult> ChangeAsync(string act, string application, string? role, CancellationToken ct)
    {
        var changed = await Api.ChangeGrantAsync(
            Id, act, new(TenantId, application, string.IsNullOrEmpty(role) ? null : role), Key, ct);
        if (await LoadAsync(ct) is { } failed) return failed;

        var name = Applications.FirstOrDefault(a => a.License.Application == application)?.License.ApplicationName ?? application;
        if (changed.Ok)
        {
            Done = text[act == "revoke" ? "Grant.Revoked" : "Grant.Granted", name];
            Key = IdempotencyKeys.New();
            ModelState.Clear();
            return Page();
        }

        Key = this.KeyAfter(changed.Problem, nameof(Key), Key);
        if (changed.Problem.Status is 401 or 403 or 404) return changed.Problem.ToPage();

        var reason = uiText.Of(changed.Problem);
        Refused = (application, reason);
        ModelState.AddModelError($"app-{application}", reason);
        return this.ShowAgain(changed.Problem.Status);
    }

    private async Task<IActionResult?> LoadAsync(CancellationToken ct)
    {
        if (await LoadPersonAsync(ct) is { } failed) return failed;
        if (Person.Memberships.FirstOrDefault(m => m.TenantId == TenantId) is not { } membership) return NotFound();

        Membership = membership;
        var (types, licenses, grants) =
            (Api.UserTypesAsync(ct), Api.LicensesOfAsync(TenantId, ct), Api.GrantsOfAsync(Id, TenantId, ct));
        if (await types is { Ok: false, Problem: { } noTypes }) return noTypes.ToPage();
        if (await licenses is { Ok: false, Problem: { } noLicenses }) return noLicenses.ToPage();
        if (await grants is { Ok: false, Problem: { } noGrants }) return noGrants.ToPage();

        UserTypes = (await types).Data!;
        Applications = await Task.WhenAll((await licenses).Data!.Select(async license =>
        {
            var preview = await Api.PreviewGrantAsync(Id, TenantId, license.Application, ct);
            var ofApplication = (await grants).Data!.Where(grant => grant.Application == license.Application).ToList();
            return new PersonAccess(
                license, preview.Data, ofApplication.FirstOrDefault(grant => grant.Active), ofApplication.Count > 0);
        }));
        return null;
    }
}

/// <summary>An application of a tenant's, and what a person has of it.</summary>
/// <param name="Preview">What a grant would cost; null where that is unknown.</param>
/// <param name="Grant">The active one.</param>
/// <param name="HadGrant">There was one before, so it can be reactivated.</param>
public sealed record PersonAccess(
    LicenseResponse License, GrantPreviewResponse? Preview, GrantResponse? Grant, bool HadGrant)
{
    /// <summary>Free seats once the grant is made; null is without limit.</summary>
    public int? LeftAfter => Preview?.Available is { } free ? Math.Max(free - 1, 0) : null;
}
