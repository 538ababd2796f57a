using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using Platform.Contracts;
using Platform.Contracts.ApiKeys;
using Platform.Contracts.People;
using Platform.Hub.Web.Settings;
using Platform.Ui.Http;
using Platform.Ui.Time;

namespace Platform.Hub.Web.Pages.Settings.Keys;

/// <summary>A program with its roles and keys. A new key is shown on this page once.</summary>
public sealed class AccountModel(SettingsTools tools) : SettingsPage<AccountModel.Form>(tools)
{
    public static readonly string[] AllScopes = [Scopes.Scheduling, Scopes.Licensing, Scopes.Scim];

    protected override string Needs => Permissions.ApiKeysManage;

    public ServiceAccountResponse Account { get; private set; } = null!;

    public IReadOnlyList<ApiKeyResponse> Keys { get; private set; } = [];

    public IReadOnlyList<SelectListItem> Roles { get; private set; } = [];

    /// <summary>The key that was just made, or null.</summary>
    public string? Secret { get; private set; }

    public async Task<IActionResult> OnGetAsync(long id, CancellationToken ct)
    {
        if (await LoadAsync(id, ct) is { } failed) return failed;
        Fill();
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(long id, CancellationToken ct)
    {
        if (await LoadAsync(id, ct) is { } failed) return failed;
        if (!ModelState.IsValid) return Refused();

        var saved = await Api.PatchAsync<ServiceAccountResponse>(
            $"service-accounts/{id}", new ChangeServiceAccountRequest { Name = Input.Name!, Roles = Input.Roles },
            Input.Version, ct);
        if (saved.Ok) return Done(Text["Setup.Saved"], $"api-keys/{id}");

        return saved.Problem.Status == StatusCodes.Status412PreconditionFailed
            ? RefusedAsStale(Account, Account.Version)
            : Refused(saved.Problem);
    }

    public Task<IActionResult> OnPostKeyAsync(long id, List<string> scopes, DateOnly? expires, CancellationToken ct) =>
        MadeAsync(id, $"service-accounts/{id}/keys", new CreateApiKeyRequest(scopes, EndOf(expires)), ct);

    public Task<IActionResult> OnPostRotateAsync(long id, long keyId, int overlap, CancellationToken ct) =>
        MadeAsync(id, $"service-accounts/{id}/keys/{keyId}/rotate", new RotateApiKeyRequest(overlap), ct);

    public async Task<IActionResult> OnPostRevokeAsync(long id, long keyId, CancellationToken ct)
    {
        var revoked = await Api.PostAsync<ApiKeyResponse>($"service-accounts/{id}/keys/{keyId}/revoke", null, ct);
        return revoked.Ok
            ? Done(Text["Setup.Keys.RevokedDone"], $"api-keys/{id}")
            : await AgainAsync(id, revoked.Problem, ct);
    }

    public async Task<IActionResult> OnPostDeleteAsync(long id, long version, CancellationToken ct)
    {
        var deleted = await Api.DeleteAsync($"service-accounts/{id}", version, ct);
        return deleted.Ok ? Done(Text["Setup.Deleted"], "api-keys") : await AgainAsync(id, deleted.Problem, ct);
    }

    /// <summary>Shows the secret in the answer itself: it is kept nowhere, and a redirect would lose it.</summary>
    private async Task<IActionResult> MadeAsync(long id, string path, object request, CancellationToken ct)
    {
        var made = await Api.PostAsync<NewApiKeyResponse>(path, request, ct);
        if (!made.Ok) return await AgainAsync(id, made.Problem, ct);

        ModelState.Clear();
        Secret = made.Data.Secret;
        if (await LoadAsync(id, ct) is { } failed) return failed;
        Fill();
        return Page();
    }

    private async Task<IActionResult> AgainAsync(long id, Problem problem, CancellationToken ct)
    {
        if (await LoadAsync(id, ct) is { } failed) return failed;
        ModelState.Clear();
        Fill();
        return Refused(problem);
    }

    private DateTimeOffset? EndOf(DateOnly? day) => day is { } last ? Zone.StartOf(last.AddDays(1)) : null;

    private void Fill() => Input = new() { Version = Account.Version, Name = Account.Name, Roles = [.. Account.Roles] };

    private async Task<IActionResult?> LoadAsync(long id, CancellationToken ct)
    {
        var account = await Api.GetAsync<ServiceAccountResponse>($"service-accounts/{id}", ct);
        if (!account.Ok) return account.Problem.ToPage();
        var keys = await Api.AllAsync<ApiKeyResponse>($"service-accounts/{id}/keys", ct);
        if (!keys.Ok) return keys.Problem.ToPage();
        var roles = await Api.AllAsync<RoleResponse>("roles", ct);
        if (!roles.Ok) return roles.Problem.ToPage();

        (Account, Keys, Roles) = (
            account.Data, [.. keys.Data.OrderByDescending(k => k.CreatedAt)], PeopleItems.Roles(roles.Data));
        return null;
    }

    public sealed class Form : SettingsForm
    {
        [Required, StringLength(100)]
        public string? Name { get; set; }

        public List<string> Roles { get; set; } = [];
    }
}
