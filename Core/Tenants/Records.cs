using Platform.Core.Storage;

namespace Platform.Core.Tenants;

/// <summary>Of each type that a tenant has, exactly one is its primary.</summary>
public interface ITenantRecord
{
    long Id { get; }
    long TenantId { get; }
    string Type { get; set; }
    bool IsPrimary { get; set; }
    long Version { get; }
}

public sealed class TenantAddress : ActorStamped, ITenantRecord
{
    public long Id { get; init; }
    public required long TenantId { get; init; }

    /// <summary><c>HQ</c>, <c>BILLING</c> or <c>SHIPPING</c>.</summary>
    public required string Type { get; set; }
    public required string Line1 { get; set; }
    public string? Line2 { get; set; }
    public required string City { get; set; }
    public string? Region { get; set; }
    public string? PostalCode { get; set; }

    /// <summary>ISO 3166-1 alpha-2, in upper case.</summary>
    public required string Country { get; set; }
    public bool IsPrimary { get; set; }
    public long Version { get; init; }
}

/// <summary>Whom to talk to at a tenant.</summary>
public sealed class TenantContact : ActorStamped, ITenantRecord
{
    public long Id { get; init; }
    public required long TenantId { get; init; }

    /// <summary><c>ADMIN</c>, <c>BILLING</c>, <c>TECH</c> or <c>LEGAL</c>.</summary>
    public required string Type { get; set; }
    public string? Department { get; set; }
    public required string Name { get; set; }
    public required string Email { get; set; }

    /// <summary>E.164.</summary>
    public string? Phone { get; set; }
    public bool IsPrimary { get; set; }
    public long Version { get; init; }
}

internal sealed class TenantAddressConfiguration : IEntityTypeConfiguration<TenantAddress>, IPlatformTable
{
    public void Configure(EntityTypeBuilder<TenantAddress> builder)
    {
        builder.ToTable("tenant_addresses");
        builder.HasOne<Tenant>().WithMany().HasForeignKey(a => a.TenantId);
        builder.HasVersion();
        builder.HasKnownStamps();
    }
}

internal sealed class TenantContactConfiguration : IEntityTypeConfiguration<TenantContact>, IPlatformTable
{
    public void Configure(EntityTypeBuilder<TenantContact> builder)
    {
        builder.ToTable("tenant_contacts");
        builder.HasOne<Tenant>().WithMany().HasForeignKey(c => c.TenantId);
        builder.HasVersion();
        builder.HasKnownStamps();
    }
}
