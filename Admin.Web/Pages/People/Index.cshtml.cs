using Microsoft.AspNetCore.Mvc;
using Platform.Contracts.People;
using Platform.Contracts.Tenants;
using Platform.Ui.Http;
using Platform.Ui.Lists;

namespace Platform.Admin.Web.Pages.People;

/// <summary>People of all tenants.</summary>
public sealed class IndexModel(AdminApi api, PersonFinder finder) : AdminPage(api)
{
    public ListQuery Query { get; private set; } = null!;

    public IReadOnlyList<StaffUserResponse> People { get; private set; } = [];

    public ListPage List { get; private set; } = null!;

    /// <summary>The one that the filter means; null where it means none, or several.</summary>
    public TenantResponse? Tenant { get; private set; }

    /// <summary>Those that the filter may mean.</summary>
    public IReadOnlyList<TenantResponse> Candidates { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        Query = new(Request, "q", "tenant", "active");
        if (Query["tenant"] is { } tenant)
        {
            Candidates = await finder.TenantsOfAsync(tenant, ct);
            if (Candidates.Count != 1)
            {
                List = new(Query, 0, null);
                return Page();
            }

            Tenant = Candidates[0];
        }

        var people = await Api.PeopleAsync(
            Query, Query["q"], Tenant?.Id, Query["active"] is "true" or "false" ? Query["active"] : null, ct);
        if (!people.Ok) return people.Problem.ToPage();

        People = people.Data;
        List = new(Query, People.Count, people.Page);
        return Page();
    }
}
