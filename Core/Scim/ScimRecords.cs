using Platform.Core.People;
using Platform.Core.Storage;
using Platform.Core.Tenants;

namespace Platform.Core.Scim;

/// <summary>
/// What a tenant's directory stores about a member: name and address of the person stay their
/// own.
/// </summary>
public sealed class ScimUser
{
    public required long MembershipId { get; init; }
    public required long TenantId { get; init; }
    public required string UserName { get; set; }

    /// <summary>How the directory names the person.</summary>
    public string? ExternalId { get; set; }

    /// <summary>JSON: every other attribute that the directory writes.</summary>
    public required string Attributes { get; set; }
    public long Version { get; init; }
}

/// <summary>How a tenant's directory names a role, which it takes for a group.</summary>
public sealed class ScimGroup
{
    public required long TenantId { get; init; }
    public required long RoleId { get; init; }
    public string? ExternalId { get; set; }
    public long Version { get; init; }
}

internal sealed class ScimUserConfiguration : IEntityTypeConfiguration<ScimUser>, IPlatformTable
{
    public void Configure(EntityTypeBuilder<ScimUser> builder)
    {
        builder.ToTable("scim_users");
        builder.HasKey(u => u.MembershipId);
        builder.Property(u => u.MembershipId).ValueGeneratedNever();
        builder.Property(u => u.Attributes).HasColumnType("jsonb");
        builder.HasOne<Membership>().WithOne().HasForeignKey<ScimUser>(u => u.MembershipId);
        builder.HasOne<Tenant>().WithMany().HasForeignKey(u => u.TenantId);
        builder.HasVersion();
        builder.HasStamps();
    }
}

internal sealed class ScimGroupConfiguration : IEntityTypeConfiguration<ScimGroup>, IPlatformTable
{
    public void Configure(EntityTypeBuilder<ScimGroup> builder)
    {
        builder.ToTable("scim_groups");
        builder.HasKey(g => new { g.TenantId, g.RoleId });
        builder.HasOne<Role>().WithMany().HasForeignKey(g => g.RoleId);
        builder.HasOne<Tenant>().WithMany().HasForeignKey(g => g.TenantId);
        builder.HasVersion();
        builder.HasStamps();
    }
}

public static class ScimTables
{
    extension(PlatformDb db)
    {
        public DbSet<ScimUser> ScimUsers => db.Set<ScimUser>();
        public DbSet<ScimGroup> ScimGroups => db.Set<ScimGroup>();
    }
}
