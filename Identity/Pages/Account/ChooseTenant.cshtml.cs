using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Platform.Contracts.People;
using Platform.Identity.Engine;
using Platform.Identity.SignIn;

namespace Platform.Identity.Pages.Account;

/// <summary>A member of several organisations says which one to work in.</summary>
internal sealed class ChooseTenantModel(
    IEngine engine, SignInSteps steps, PendingSignIns pending, UserManager<Accounts.Account> accounts)
    : PendingSignInPage(engine, steps, pending, accounts)
{
    public IReadOnlyList<PersonTenant> Tenants { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        await ReadRequestAsync();
        if (await FindAsync() is not var (account, _)) return AgainFromStart();

        var result = await Steps.AdmitAsync(account, SignInRequest, null, ct);
        if (result.Step == SignInStep.Unavailable) return Refuse(T.Unavailable, StatusCodes.Status503ServiceUnavailable);
        if (result.Tenants is not { Count: > 0 } tenants) return AgainFromStart();

        Tenants = tenants;
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(string? tenant, CancellationToken ct)
    {
        await ReadRequestAsync();
        if (tenant is null || await FindAsync() is not var (account, proof)) return AgainFromStart();

        return await ContinueAsync(account, proof, tenant, ct);
    }
}
