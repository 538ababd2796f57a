using Microsoft.AspNetCore.Mvc;
using Platform.Contracts.Tenants;
using Platform.Ui.Http;
using Platform.Ui.Lists;

namespace Platform.Admin.Web.Pages.Events;

/// <summary>A list across tenants, whose filter <c>tenant</c> narrows it to one of them.</summary>
public abstract class TenantList(AdminApi api, PersonFinder finder) : AdminPage(api)
{
    public ListQuery Query { get; protected set; } = null!;

    public ListPage List { get; protected set; } = null!;

    public IReadOnlyList<TenantResponse> Candidates { get; private set; } = [];

    protected PersonFinder Finder { get; } = finder;

    /// <summary>The filter names a tenant that does not exist, or one of several.</summary>
    public bool IsUnclear { get; private set; }

    /// <returns>The tenant that the filter means; null for all of them.</returns>
    protected async Task<long?> ReadTenantAsync(CancellationToken ct)
    {
        List = new(Query, 0, null);
        if (Query["tenant"] is not { } tenant) return null;

        Candidates = await Finder.TenantsOfAsync(tenant, ct);
        IsUnclear = Candidates.Count != 1;
        return IsUnclear ? null : Candidates[0].Id;
    }

    /// <summary>What a page shows after something was done with a row.</summary>
    protected IActionResult Back(string notice)
    {
        this.Notice(notice);
        return Redirect(Request.PathBase + Request.Path + QueryString.Create(
            Request.Query.Where(pair => pair.Key is not ("handler" or "id"))));
    }
}
