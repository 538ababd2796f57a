using System.Globalization;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Platform.Contracts.People;
using Platform.Identity.Accounts;
using Platform.Identity.People;

namespace Platform.Identity.SingleSignOn;

/// <summary>Why somebody whom the provider knows does not get in.</summary>
internal enum SingleSignOnRejection
{
    /// <summary>The provider does not say that the e-mail address is verified, or has none.</summary>
    EmailUnverified,

    /// <summary>The address is in no domain that the tenant has verified.</summary>
    OtherDomain,

    /// <summary>The account with this address belongs to another person at the same provider.</summary>
    OtherPerson,

    /// <summary>Platform staff sign in here alone: no customer vouches for them.</summary>
    Staff,

    /// <summary>Deactivated, or locked by staff.</summary>
    Deactivated,

    /// <summary>Somebody signs in at the same time, or the Api does not answer.</summary>
    Unavailable,
}

/// <summary>
/// Finds the account of a person who has signed in at a tenant's provider: by the provider's own name for them, then
/// by an e-mail address that both the provider and the DNS vouch for; else makes one. A provider speaks for nobody
/// outside the domains that its tenant has verified, and never for platform staff.
/// </summary>
internal sealed class ExternalAccounts(
    UserManager<Account> accounts, PersonDirectory people, LoginAudit audit, IOptions<IdentityOptions> options,
    TimeProvider clock, ILogger<ExternalAccounts> log)
{
    public async Task<(Account? Account, SingleSignOnRejection? Rejection)> FindOrCreateAsync(
        IdentityProvider provider, ExternalPerson person, CancellationToken ct)
    {
        try
        {
            var (account, rejection) = await accounts.FindByLoginAsync(provider.Issuer, person.Subject) is { } linked
                ? (linked, null)
                : await LinkAsync(provider, person);
            if (rejection is not null || account is null) return (account, rejection);
            if (account.PlatformRole is not null) return (account, SingleSignOnRejection.Staff);
            if (account.DeactivatedAt is not null || IsLockedByStaff(account))
            {
                return (account, SingleSignOnRejection.Deactivated);
            }

            return (account, await JoinAsync(provider, account, ct));
        }
        catch (Exception e) when (e is DbUpdateException or PeopleUnavailableException)
        {
            log.LogWarning(e, "A sign-in at the provider of tenant {TenantId} cannot go on", provider.TenantId);
            return (null, SingleSignOnRejection.Unavailable);
        }
    }

    private async Task<(Account? Account, SingleSignOnRejection? Rejection)> LinkAsync(
        IdentityProvider provider, ExternalPerson person)
    {
        if (person.VerifiedEmail is not { } email) return (null, SingleSignOnRejection.EmailUnverified);
        if (!IsOf(provider, email)) return (null, SingleSignOnRejection.OtherDomain);

        var account = await accounts.FindByEmailAsync(email);
        if (account is { PlatformRole: not null }) return (account, SingleSignOnRejection.Staff);

        // An address that a company gives to a second person does not bring the first one's account with it.
        if (account is not null
            && (await accounts.GetLoginsAsync(account)).Any(login => login.LoginProvider == provider.Issuer))
        {
            return (account, SingleSignOnRejection.OtherPerson);
        }

        account = account is null ? await CreateAsync(email, person) : await ConfirmAsync(account);
        Require(await accounts.AddLoginAsync(account, new(provider.Issuer, person.Subject, provider.Name)));
        await audit.WriteAsync(AuditKinds.AccountLinked, IdOf(account), null, $"tenant {provider.TenantId}");
        return (account, null);
    }

    private async Task<Account> CreateAsync(string email, ExternalPerson person)
    {
        var now = clock.GetUtcNow();
        var account = new Account
        {
            Name = person.Name ?? email[..email.LastIndexOf('@')],
            Locale = person.Locale?.StartsWith("en", StringComparison.OrdinalIgnoreCase) is true ? "en" : "pt-BR",
            Email = email,
            UserName = email,
            EmailConfirmed = true,
            LockoutEnabled = true,
            CreatedAt = now,
            UpdatedAt = now,
        };
        Require(await accounts.CreateAsync(account));
        return account;
    }

    /// <summary>
    /// A password that was set before the address was confirmed may be that of another person: it ends here.
    /// </summary>
    private async Task<Account> ConfirmAsync(Account account)
    {
        if (account.EmailConfirmed) return account;

        account.EmailConfirmed = true;
        account.PasswordHash = null;
        Require(await accounts.UpdateSecurityStampAsync(account));
        return account;
    }

    /// <summary>
    /// Somebody with an account from elsewhere becomes a member only through the domain of their address.
    /// </summary>
    private async Task<SingleSignOnRejection?> JoinAsync(
        IdentityProvider provider, Account account, CancellationToken ct)
    {
        var known = await people.GetNewestAsync(account.Id, ct);
        if (known.Tenants.Any(tenant => tenant.TenantId == provider.TenantId)) return null;
        if (!IsOf(provider, account.Email!)) return SingleSignOnRejection.OtherDomain;

        await people.JoinAsync(
            account.Id,
            new JoinTenantRequest(
                provider.TenantId, account.Email!, account.Name, provider.UserType, provider.Roles, account.Locale),
            ct);
        await people.GetNewestAsync(account.Id, ct);
        return null;
    }

    /// <summary>
    /// Wrong passwords also lock an account for a while; that does not prevent a sign-in at a provider.
    /// </summary>
    private bool IsLockedByStaff(Account account) =>
        account.LockoutEnd > clock.GetUtcNow() + options.Value.Lockout.DefaultLockoutTimeSpan;

    private static bool IsOf(IdentityProvider provider, string email) =>
        IdentityProviders.DomainOf(email) is { } domain && provider.HasVerified(domain);

    private static void Require(IdentityResult result)
    {
        if (!result.Succeeded) throw new DbUpdateException(string.Join(' ', result.Errors.Select(error => error.Code)));
    }

    private static string IdOf(Account account) => account.Id.ToString(CultureInfo.InvariantCulture);
}
