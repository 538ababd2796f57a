using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Platform.Identity.Accounts;
using Platform.Identity.Clients;

namespace Platform.Identity.Pages.Account;

/// <summary>What happened to the account at sign-in, newest first.</summary>
internal sealed class HistoryModel(UserManager<Accounts.Account> accounts, IdentityDb db, Catalogue catalogue) : AccountPage(accounts)
{
    private const int MaxRows = 50;

    public IReadOnlyList<AuditRow> Rows { get; private set; } = [];

    public string? ApplicationOf(AuditRow row) => catalogue.Find(row.ClientId)?.Name;

    public async Task OnGetAsync(CancellationToken ct) => Rows = await db.Set<AuditRow>().AsNoTracking()
        .Where(row => row.AccountId == Account.Id)
        .OrderByDescending(row => row.OccurredAt).ThenByDescending(row => row.Id)
        .Take(MaxRows).ToListAsync(ct);
}
