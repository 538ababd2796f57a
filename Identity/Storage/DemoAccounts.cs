using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Platform.Contracts;
using Platform.Contracts.Tenants;
using Platform.Identity.Accounts;

namespace Platform.Identity.Storage;

/// <summary>The people of <see cref="DemoTenants"/>, under the numbers that the Api seeds its users with.</summary>
internal sealed class DemoAccounts(IPasswordHasher<Account> passwords, ILookupNormalizer names, TimeProvider clock)
{
    /// <returns>How many were missing and are there now.</returns>
    public async Task<int> SeedAsync(IdentityDb db, CancellationToken ct)
    {
        var people = DemoTenants.All.SelectMany(tenant => tenant.Users).Append(DemoTenants.Staff).Append(DemoTenants.Viewer).ToList();
        var ids = people.Select(person => person.Id).ToList();
        var known = await db.Users.Where(account => ids.Contains(account.Id)).Select(account => account.Id).ToListAsync(ct);

        // All have the same password, and a hash takes as long as a sign-in is meant to.
        var missing = people.ExceptBy(known, person => person.Id).ToList();
        var hash = missing is [] ? "" : passwords.HashPassword(new(), DemoTenants.Password);
        db.AddRange(missing.Select(person => ToAccount(person, hash)));
        return await db.SaveChangesAsync(ct);
    }

    private Account ToAccount(DemoUser person, string passwordHash)
    {
        var now = clock.GetUtcNow();
        return new Account
        {
            Id = person.Id,
            Name = person.Name,
            Locale = person.Locale,
            PlatformRole = person == DemoTenants.Staff ? PlatformRoles.InternalAdmin
                : person == DemoTenants.Viewer ? PlatformRoles.InternalViewer
                : null,
            Email = person.Email,
            NormalizedEmail = names.NormalizeEmail(person.Email),
            EmailConfirmed = true,
            UserName = person.Email,
            NormalizedUserName = names.NormalizeName(person.Email),
            LockoutEnabled = true,
            SecurityStamp = Guid.CreateVersion7().ToString("N"),
            CreatedAt = now,
            UpdatedAt = now,
            PasswordHash = passwordHash,
        };
    }
}
