using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Platform.Admin.Web.Tenants;
using Platform.Contracts;
using Platform.Contracts.People;
using Platform.Ui.Http;
using Platform.Ui.Lists;

namespace Platform.Admin.Web.Pages.Tenants;

public sealed class UsersModel(AdminApi api, IStringLocalizer<AdminText> text) : TenantPage(api, text)
{
    protected override string TabName => TenantTabs.Users;

    public ListQuery Query { get; private set; } = null!;

    public IReadOnlyList<UserResponse> Users { get; private set; } = [];

    public PageInfo? PageInfo { get; private set; }

    /// <summary>A tenant that is leaving takes no new members.</summary>
    public bool CanInvite => CanWrite && Tenant.Status is (TenantStates.Active or TenantStates.Inactive);

    /// <summary>Null while there is no page about a person.</summary>
    public string? PersonUrl(long id) => Url.Page("/People/Details", new { id });

    /// <summary>Likewise, about the applications that the person may use here.</summary>
    public string? AccessUrl(long id) => Url.Page("/People/Access", new { id, tenantId = Tenant.Id });

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        Query = new(Request, "q", "active");
        var users = await Api.TenantUsersAsync(Tenant.Id, Query, ct);
        if (!users.Ok) return users.Problem.ToPage();

        (Users, PageInfo) = (users.Data, users.Page);
        return Page();
    }
}
