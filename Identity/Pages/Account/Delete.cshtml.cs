using System.Globalization;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Platform.Identity.Accounts;

namespace Platform.Identity.Pages.Account;

/// <summary>A person asks for the deletion of their account. Staff see the request and carry it out.</summary>
internal sealed class DeleteModel(UserManager<Accounts.Account> accounts, IdentityDb db, LoginAudit audit, TimeProvider clock)
    : AccountPage(accounts)
{
    public Task<IActionResult> OnPostAskAsync(CancellationToken ct) =>
        SetAsync(Account.DeletionRequestedAt ?? clock.GetUtcNow(), AuditKinds.DeletionRequested, ct);

    public Task<IActionResult> OnPostWithdrawAsync(CancellationToken ct) => SetAsync(null, AuditKinds.DeletionWithdrawn, ct);

    private async Task<IActionResult> SetAsync(DateTimeOffset? at, string kind, CancellationToken ct)
    {
        await db.Users.Where(account => account.Id == Account.Id)
            .ExecuteUpdateAsync(row => row.SetProperty(a => a.DeletionRequestedAt, at), ct);
        await audit.WriteAsync(kind, Account.Id.ToString(CultureInfo.InvariantCulture), null, null);
        return Done();
    }
}
