using Platform.Core.People;
using Platform.Core.Storage;
using Platform.Core.Tenants;

namespace Platform.Core.ApiKeys;

/// <summary>A program of a tenant. It acts with roles, as a member does, and has any number of keys.</summary>
public sealed class ServiceAccount : ActorStamped
{
    public long Id { get; init; }
    public required long TenantId { get; init; }
    public required string Name { get; set; }

    /// <summary>Set once and for all; its keys end with it.</summary>
    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>Adding and removing roles also raise it.</summary>
    public long Version { get; init; }
}

public sealed class ServiceAccountRole
{
    public required long ServiceAccountId { get; init; }
    public required long RoleId { get; init; }
    public required long TenantId { get; init; }
}

/// <summary>A key of a service account. The key itself is known to its owner alone.</summary>
public sealed class ApiKey
{
    public long Id { get; init; }
    public required long TenantId { get; init; }
    public required long ServiceAccountId { get; init; }

    /// <summary>SHA-256 of the whole key.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>The beginning of the key, by which people recognise it.</summary>
    public required string Prefix { get; init; }

    /// <summary>Of <see cref="ApiKeyRules.Scopes"/>.</summary>
    public required List<string> Scopes { get; init; }

    /// <summary>It opens nothing from then on; null if it does not end by itself.</summary>
    public DateTimeOffset? ExpiresAt { get; set; }
    public DateTimeOffset? RevokedAt { get; set; }

    /// <summary>The key that took its place.</summary>
    public long? ReplacedById { get; set; }

    /// <summary>Written at most once a minute.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }
    public string? LastUsedFrom { get; init; }

    public bool IsUsable(DateTimeOffset now) => RevokedAt is null && !(ExpiresAt <= now);
}

internal sealed class ServiceAccountConfiguration : IEntityTypeConfiguration<ServiceAccount>, IPlatformTable
{
    public void Configure(EntityTypeBuilder<ServiceAccount> builder)
    {
        builder.ToTable("service_accounts");
        builder.HasOne<Tenant>().WithMany().HasForeignKey(a => a.TenantId);
        builder.HasVersion();
        builder.HasKnownStamps();
    }
}

internal sealed class ServiceAccountRoleConfiguration : IEntityTypeConfiguration<ServiceAccountRole>, IPlatformTable
{
    public void Configure(EntityTypeBuilder<ServiceAccountRole> builder)
    {
        builder.ToTable("service_account_roles");
        builder.HasKey(r => new { r.ServiceAccountId, r.RoleId });
        builder.HasOne<ServiceAccount>().WithMany().HasForeignKey(r => r.ServiceAccountId);
        builder.HasOne<Role>().WithMany().HasForeignKey(r => r.RoleId);
        builder.HasOne<Tenant>().WithMany().HasForeignKey(r => r.TenantId);
        builder.HasActorStamps();
    }
}

internal sealed class ApiKeyConfiguration : IEntityTypeConfiguration<ApiKey>, IPlatformTable
{
    public void Configure(EntityTypeBuilder<ApiKey> builder)
    {
        builder.ToTable("api_keys");
        builder.HasOne<Tenant>().WithMany().HasForeignKey(k => k.TenantId);
        builder.HasOne<ServiceAccount>().WithMany().HasForeignKey(k => k.ServiceAccountId);
        builder.HasActorStamps();
    }
}

public static class ApiKeyTables
{
    extension(PlatformDb db)
    {
        public DbSet<ServiceAccount> ServiceAccounts => db.Set<ServiceAccount>();
        public DbSet<ServiceAccountRole> ServiceAccountRoles => db.Set<ServiceAccountRole>();
        public DbSet<ApiKey> ApiKeys => db.Set<ApiKey>();
    }
}
