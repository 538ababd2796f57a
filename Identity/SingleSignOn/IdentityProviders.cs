using System.Net.Mail;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Platform.Identity.Accounts;

namespace Platform.Identity.SingleSignOn;

/// <summary>Finds the provider that signs somebody in.</summary>
internal sealed class IdentityProviders(IdentityDb db, IDataProtectionProvider protection)
{
    private readonly IDataProtector _secrets = protection.CreateProtector("Platform.Identity.IdentityProviderSecret");

    private IQueryable<IdentityProvider> Active =>
        db.Set<IdentityProvider>().AsNoTracking().Include(p => p.Domains).Where(p => p.Active);

    public Task<IdentityProvider?> FindAsync(long tenantId, CancellationToken ct) =>
        Active.SingleOrDefaultAsync(p => p.TenantId == tenantId, ct);

    /// <returns>
    /// The active provider of the tenant that has verified the domain of the address; null otherwise.
    /// </returns>
    public async Task<IdentityProvider?> FindAsync(string? email, CancellationToken ct) => DomainOf(email) is { } domain
        ? await Active.SingleOrDefaultAsync(p => p.Domains.Any(d => d.Name == domain && d.VerifiedAt != null), ct)
        : null;

    /// <summary>Whether the sign-in page needs to offer anything.</summary>
    public Task<bool> AnyAsync(CancellationToken ct) =>
        Active.AnyAsync(p => p.Domains.Any(d => d.VerifiedAt != null), ct);

    public string Protect(string secret) => _secrets.Protect(secret);

    public string SecretOf(IdentityProvider provider) => _secrets.Unprotect(provider.ProtectedSecret);

    public static bool IsDomain(string text) =>
        DomainOf($"x@{text}") == text && text.Contains('.', StringComparison.Ordinal)
        && Uri.CheckHostName(text) == UriHostNameType.Dns;

    /// <returns>Lower case, in ASCII; null if the text is no e-mail address.</returns>
    public static string? DomainOf(string? email)
    {
        if (email is not { Length: > 2 and <= Account.EmailMaxLength } || email.Any(char.IsControl)) return null;
        if (!MailAddress.TryCreate(email.Trim(), out var address)) return null;

        try
        {
            return new System.Globalization.IdnMapping().GetAscii(address.Host).ToLowerInvariant();
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
