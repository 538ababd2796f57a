using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Platform.Identity.SingleSignOn;

/// <summary>The OpenID Connect provider of one tenant, at which its people sign in.</summary>
internal sealed class IdentityProvider
{
    public long TenantId { get; init; }
    public string Name { get; set; } = "";
    public string Issuer { get; set; } = "";
    public string ClientId { get; set; } = "";

    /// <summary>Encrypted by the key ring.</summary>
    public string ProtectedSecret { get; set; } = "";

    public string UserType { get; set; } = "";
    public List<string> Roles { get; set; } = [];
    public bool Required { get; set; }
    public bool Active { get; set; }

    /// <summary>Grows with each change: what was made from an older one is made again.</summary>
    public long Version { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }
    public List<EmailDomain> Domains { get; init; } = [];

    public bool HasVerified(string domain) =>
        Domains.Any(known => known.Name == domain && known.VerifiedAt is not null);
}

/// <summary>An e-mail domain that a tenant claims. Only one tenant can have it verified.</summary>
internal sealed class EmailDomain
{
    public long TenantId { get; init; }
    public string Name { get; init; } = "";

    /// <summary>What the tenant publishes in the DNS to prove that the domain is its own.</summary>
    public string Token { get; init; } = "";

    public DateTimeOffset? VerifiedAt { get; set; }
}

internal sealed class IdentityProviderConfiguration : IEntityTypeConfiguration<IdentityProvider>
{
    public void Configure(EntityTypeBuilder<IdentityProvider> provider)
    {
        provider.ToTable("identity_providers");
        provider.HasKey(p => p.TenantId);
        provider.Property(p => p.TenantId).ValueGeneratedNever();
        provider.Property(p => p.Name).HasMaxLength(100);
        provider.Property(p => p.Issuer).HasMaxLength(400);
        provider.Property(p => p.ClientId).HasMaxLength(200);
        provider.Property(p => p.UserType).HasMaxLength(100);
        provider.Property(p => p.Version).IsConcurrencyToken();
        provider.HasMany(p => p.Domains).WithOne().HasForeignKey(d => d.TenantId);
    }
}

internal sealed class EmailDomainConfiguration : IEntityTypeConfiguration<EmailDomain>
{
    public void Configure(EntityTypeBuilder<EmailDomain> domain)
    {
        domain.ToTable("email_domains");
        domain.Property(d => d.Name).HasMaxLength(253);
        domain.Property(d => d.Token).HasMaxLength(100);
        domain.HasKey(d => new { d.TenantId, d.Name });
    }
}
