using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Platform.Contracts.Licensing;
using Platform.Contracts.Operations;
using Platform.Ui.Http;

namespace Platform.Admin.Web.Pages.Installation; // a namespace called System would hide the framework's

/// <summary>Which processes run, in which version, whether they are well, and how far the databases are.</summary>
public sealed class IndexModel(AdminApi api, PersonFinder finder, IStringLocalizer<AdminText> text) : AdminPage(api)
{
    public SystemResponse State { get; private set; } = null!;

    /// <summary>Counters that were repaired; null before somebody asked for it.</summary>
    public IReadOnlyList<ReconciledSeats>? Repaired { get; private set; }

    /// <summary>Whose seats are counted: slug, name or id; empty for all tenants.</summary>
    [BindProperty]
    public string? Tenant { get; set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken ct) => await LoadAsync(ct) ?? Page();

    public async Task<IActionResult> OnPostReconcileAsync(CancellationToken ct)
    {
        if (await LoadAsync(ct) is { } failed) return failed;

        var found = string.IsNullOrWhiteSpace(Tenant) ? [] : await finder.TenantsOfAsync(Tenant.Trim(), ct);
        if (Tenant is { Length: > 0 } && found.Count != 1)
        {
            ModelState.AddModelError(nameof(Tenant), text[found.Count == 0 ? "Tenant.Unknown" : "Tenant.Ambiguous", Tenant]);
            return this.ShowAgain();
        }

        var repaired = await Api.ReconcileAsync((found.Count == 0 ? null : found[0])?.Id, ct);
        if (!repaired.Ok) return this.ShowAgain(repaired.Problem);

        Repaired = repaired.Data;
        return Page();
    }

    /// <summary>A name of a process as people call it.</summary>
    public string NameOf(ProcessResponse process) => text.Of("Process", process.Name);

    private async Task<IActionResult?> LoadAsync(CancellationToken ct)
    {
        var state = await Api.SystemAsync(ct);
        if (!state.Ok) return state.Problem.ToPage();

        State = state.Data;
        return null;
    }
}
