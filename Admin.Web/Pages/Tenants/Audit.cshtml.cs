using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Platform.Admin.Web.Tenants;
using Platform.Contracts.Audit;
using Platform.Ui.Http;

namespace Platform.Admin.Web.Pages.Tenants;

/// <summary>What was changed at the tenant, newest first.</summary>
public sealed class AuditModel(AdminApi api, IStringLocalizer<AdminText> text) : TenantPage(api, text)
{
    private const int Shown = 25;

    protected override string TabName => TenantTabs.Audit;

    public IReadOnlyList<AuditEntryResponse> Changes { get; private set; } = [];

    public string? Next { get; private set; }

    public bool IsFirstPage { get; private set; }

    public async Task<IActionResult> OnGetAsync(string? cursor, CancellationToken ct)
    {
        var changes = await Api.TenantChangesAsync(Tenant.Id, null, null, cursor, Shown, ct);
        if (!changes.Ok) return changes.Problem.ToPage();

        (Changes, Next, IsFirstPage) = (changes.Data, changes.Page?.Next, cursor is null);
        return Page();
    }
}
