using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Platform.Identity.Accounts;

/// <summary>
/// A person's credentials. Its number is the number of the user in the Api, which knows tenants, types and roles; what
/// is stored here applies to the person in every tenant.
/// </summary>
public sealed class Account : IdentityUser<long>
{
    public const int NameMaxLength = 200;
    public const int EmailMaxLength = 254;

    public string Name { get; set; } = "";

    /// <summary><c>pt-BR</c> or <c>en</c>.</summary>
    public string Locale { get; set; } = "pt-BR";

    /// <summary>Of <see cref="Contracts.PlatformRoles"/>; null on everybody but platform staff.</summary>
    public string? PlatformRole { get; set; }

    public DateTimeOffset? DeactivatedAt { get; set; }

    /// <summary>When the person asked for the account to be deleted; the operator decides.</summary>
    public DateTimeOffset? DeletionRequestedAt { get; set; }

    /// <summary>When the person changed name, language or e-mail address; null once the Api knows them.</summary>
    public DateTimeOffset? ProfileChangedAt { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset UpdatedAt { get; set; }

    public static Account New(string email, string name, string locale, DateTimeOffset now) => new()
    {
        Name = name,
        Locale = locale,
        Email = email,
        UserName = email,
        LockoutEnabled = true,
        CreatedAt = now,
        UpdatedAt = now,
    };

    /// <summary>
    /// Whether sessions and tokens of this account still count. The short lock after wrong passwords only stops new
    /// sign-ins: if it ended sessions, anybody could sign anybody out by typing five wrong passwords. A lock that
    /// reaches further was set by a person.
    /// </summary>
    public bool IsActive(DateTimeOffset now, TimeSpan lockAfterFailures) =>
        DeactivatedAt is null && !(LockoutEnd > now + lockAfterFailures);
}

internal sealed class AccountConfiguration : IEntityTypeConfiguration<Account>
{
    public void Configure(EntityTypeBuilder<Account> account)
    {
        account.ToTable("accounts");
        account.Property(a => a.Name).HasMaxLength(Account.NameMaxLength);
        account.Property(a => a.Locale).HasMaxLength(10);
        account.Property(a => a.PlatformRole).HasMaxLength(50);
        account.HasIndex(a => a.NormalizedEmail).IsUnique();
    }
}
