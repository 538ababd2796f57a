using System.Globalization;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Platform.Identity.Accounts;
using Platform.Identity.Clients;
using Platform.Identity.Engine;

namespace Platform.Identity.Pages.Account;

/// <summary>Where the person is signed in.</summary>
internal sealed class SessionsModel(
    UserManager<Accounts.Account> accounts, ISessions sessions, LoginAudit audit, Catalogue catalogue) : AccountPage(accounts)
{
    public IReadOnlyList<Session> Sessions { get; private set; } = [];

    public bool IsThis(Session session) => session.Id == SessionId;

    public string ApplicationsOf(Session session) =>
        string.Join(", ", session.Clients.Select(id => catalogue.Find(id)?.Name ?? id).Order(StringComparer.CurrentCulture));

    public async Task OnGetAsync(CancellationToken ct) => Sessions = await sessions.OfAsync(Account.Id, ct);

    public async Task<IActionResult> OnPostEndAsync(string? id, CancellationToken ct)
    {
        if (id == SessionId) return RedirectToPage("/Account/Logout");
        if (id is not null && await sessions.EndAsync(id, Account.Id, ct)) await WriteAsync();

        return Done();
    }

    public async Task<IActionResult> OnPostEndOthersAsync(CancellationToken ct)
    {
        await sessions.EndAllAsync(Account.Id, SessionId, ct);
        await WriteAsync();
        return Done();
    }

    private Task WriteAsync() =>
        audit.WriteAsync(AuditKinds.SessionEnded, Account.Id.ToString(CultureInfo.InvariantCulture), null, "by the person");
}
