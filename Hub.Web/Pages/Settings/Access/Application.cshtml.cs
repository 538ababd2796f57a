using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using Platform.Contracts.Licensing;
using Platform.Contracts.People;
using Platform.Hub.Web.Settings;
using Platform.Ui.Http;

namespace Platform.Hub.Web.Pages.Settings.Access;

/// <summary>Who has a seat of one application; giving and taking seats.</summary>
public sealed class ApplicationModel(SettingsTools tools) : SettingsPage<ApplicationModel.Form>(tools)
{
    protected override string Needs => Permissions.SeatsWrite;

    public EntitlementResponse Licence { get; private set; } = null!;

    public IReadOnlyList<GrantResponse> Grants { get; private set; } = [];

    public IReadOnlyDictionary<long, UserResponse> People { get; private set; } = new Dictionary<long, UserResponse>();

    /// <summary>Members without a seat.</summary>
    public IReadOnlyList<SelectListItem> Others { get; private set; } = [];

    /// <summary>What the grant would cost and whether it would be given; null where nobody asked.</summary>
    public GrantPreviewResponse? Preview { get; private set; }

    public string Explain(string code) => UiText[$"Problem.{code}"];

    public IReadOnlyList<SelectListItem> Roles => PeopleItems.Types(Text);

    public async Task<IActionResult> OnGetAsync(string application, CancellationToken ct) =>
        await LoadAsync(application, ct) ?? Page();

    /// <param name="preview">Pressed to see price and seats first; nothing is granted then.</param>
    public async Task<IActionResult> OnPostAsync(string application, bool preview, CancellationToken ct)
    {
        if (await LoadAsync(application, ct) is { } failed) return failed;
        if (!ModelState.IsValid) return Refused();

        if (preview)
        {
            var asked = await Api.GetAsync<GrantPreviewResponse>(
                $"users/{Input.UserId}/apps/{Licence.Application}/preview", ct);
            if (!asked.Ok) return Refused(asked.Problem);
            Preview = asked.Data;
            return Page();
        }

        var role = string.IsNullOrEmpty(Input.Role) ? null : Input.Role;
        var granted = await Api.PostAsync<GrantResponse>(
            $"users/{Input.UserId}/apps/{Licence.Application}/grant", new GrantRequest(role), ct, Input.Key);
        return granted.Ok
            ? Done(Text["Setup.Access.Granted", NameOf(granted.Data.UserId)], $"access/{Licence.Application}")
            : Refused(granted.Problem);
    }

    public async Task<IActionResult> OnPostRevokeAsync(string application, long userId, CancellationToken ct)
    {
        if (await LoadAsync(application, ct) is { } failed) return failed;
        ModelState.Clear();
        var revoked = await Api.PostAsync<GrantResponse>($"users/{userId}/apps/{Licence.Application}/revoke", null, ct);
        return revoked.Ok
            ? Done(Text["Setup.Access.Revoked", NameOf(userId)], $"access/{Licence.Application}")
            : Refused(revoked.Problem);
    }

    public async Task<IActionResult> OnPostRoleAsync(
        string application, long userId, string? role, CancellationToken ct)
    {
        if (await LoadAsync(application, ct) is { } failed) return failed;
        ModelState.Clear();
        var changed = await Api.PatchAsync<GrantResponse>(
            $"users/{userId}/apps/{Licence.Application}", new ChangeGrantRequest(
                string.IsNullOrEmpty(role) ? null : role), null, ct);
        return changed.Ok ? Done(Text["Setup.Saved"], $"access/{Licence.Application}") : Refused(changed.Problem);
    }

    public string NameOf(long userId) => People.GetValueOrDefault(userId)?.Name ?? Text["Actor.user", userId];

    private async Task<IActionResult?> LoadAsync(string application, CancellationToken ct)
    {
        var licences = await Api.GetAsync<IReadOnlyList<EntitlementResponse>>("entitlements", ct);
        if (!licences.Ok) return licences.Problem.ToPage();
        if (licences.Data.FirstOrDefault(l => l.Application == application) is not { } licence) return NotFound();
        var grants = await Api.AllAsync<GrantResponse>($"apps/{licence.Application}/grants", ct);
        if (!grants.Ok) return grants.Problem.ToPage();
        var people = await Api.AllAsync<UserResponse>("users?active=all", ct);
        if (!people.Ok) return people.Problem.ToPage();

        Licence = licence;
        People = people.Data.ToDictionary(person => person.Id);
        Grants =
        [
            .. grants.Data.Where(grant => grant.Active)
                .OrderBy(grant => NameOf(grant.UserId), StringComparer.CurrentCulture),
        ];
        var seated = Grants.Select(grant => grant.UserId).ToHashSet();
        Others =
        [
            .. people.Data.Where(p => p is { Active: true, Blocked: false } && !seated.Contains(p.Id))
                .OrderBy(p => p.Name, StringComparer.CurrentCulture)
                .Select(p => new SelectListItem($"{p.Name} ({p.Email})", CatalogueItems.Text(p.Id))),
        ];
        return null;
    }

    public sealed class Form : SettingsForm
    {
        [Required]
        public long? UserId { get; set; }

        public string? Role { get; set; }
    }
}
