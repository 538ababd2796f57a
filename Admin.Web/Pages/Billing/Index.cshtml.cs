using Microsoft.AspNetCore.Mvc;
using Platform.Contracts.Billing;
using Platform.Ui.Http;

namespace Platform.Admin.Web.Pages.Billing;

/// <summary>The months of the last year, and what they brought in.</summary>
public sealed class IndexModel(AdminApi api) : AdminPage(api)
{
    private const int MonthsShown = 12;

    public IReadOnlyList<BillingMonthResponse> Months { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        var months = await Api.MonthsAsync(MonthsShown, fresh: true, ct);
        if (!months.Ok) return months.Problem.ToPage();

        Months = months.Data;
        return Page();
    }
}
