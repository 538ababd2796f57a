using System.Text.Json;
using Platform.Contracts.People;
using Platform.Core.Storage;
using Platform.Core.Tenants;

namespace Platform.Core.People;

/// <summary>A person. The number is that of the account at Identity, which holds the credentials.</summary>
public sealed class User : ActorStamped
{
    public long Id { get; init; }
    public required string Name { get; set; }
    public required string Email { get; set; }
    public required string Locale { get; set; }

    /// <summary>False denies the person in every tenant.</summary>
    public bool Active { get; set; } = true;
    public long Version { get; init; }
}

/// <summary>
/// The price axis and the role axis of an application: <c>operations </c>, <c>manager </c>, <c>admin </c>.
/// </summary>
public sealed class UserType
{
    public long Id { get; init; }
    public required string Slug { get; init; }
    public required string Name { get; set; }

    /// <summary>1 is the lowest.</summary>
    public required int HierarchyLevel { get; set; }
}

/// <summary>A person in a tenant, with one type there and any number of roles.</summary>
public sealed class Membership
{
    public long Id { get; init; }
    public required long TenantId { get; init; }
    public required long UserId { get; init; }
    public required long UserTypeId { get; set; }
    public bool Active { get; set; } = true;

    /// <summary>One of <see cref="MemberKinds"/>.</summary>
    public string Kind { get; set; } = MemberKinds.Member;

    /// <summary>Of the tenant's schema: the resource that a professional is.</summary>
    public long? ResourceId { get; set; }

    /// <summary>Of the tenant's schema: the record of a client.</summary>
    public long? ClientId { get; set; }

    /// <summary>Values of the tenant's custom fields of users.</summary>
    public JsonElement Metadata { get; set; } = JsonSerializer.SerializeToElement(new { });

    /// <summary>Adding and removing roles also raise it.</summary>
    public long Version { get; init; }
}

/// <summary>A named set of permissions: the platform's own where there is no tenant, else that tenant's.</summary>
public sealed class Role : ActorStamped
{
    public long Id { get; init; }
    public long? TenantId { get; init; }
    public required string Slug { get; init; }
    public required string Name { get; set; }
    public required List<string> Permissions { get; set; }
    public long Version { get; init; }
}

public sealed class MembershipRole
{
    public required long MembershipId { get; init; }
    public required long RoleId { get; init; }
    public required long TenantId { get; init; }
}

internal sealed class UserConfiguration : IEntityTypeConfiguration<User>, IPlatformTable
{
    public void Configure(EntityTypeBuilder<User> builder)
    {
        builder.ToTable("users");
        builder.Property(u => u.Id).ValueGeneratedNever();
        builder.Property<string>("SearchName").IsRequired().ValueGeneratedOnAddOrUpdate();
        builder.Property<string>("SearchEmail").IsRequired().ValueGeneratedOnAddOrUpdate();
        builder.HasVersion();
        builder.HasKnownStamps();
    }
}

internal sealed class UserTypeConfiguration : IEntityTypeConfiguration<UserType>, IPlatformTable
{
    public void Configure(EntityTypeBuilder<UserType> builder)
    {
        builder.ToTable("user_types");
        builder.HasStamps();
    }
}

internal sealed class MembershipConfiguration : IEntityTypeConfiguration<Membership>, IPlatformTable
{
    public void Configure(EntityTypeBuilder<Membership> builder)
    {
        builder.ToTable("memberships");
        builder.Property(m => m.Metadata).HasColumnType("jsonb");
        builder.HasOne<Tenant>().WithMany().HasForeignKey(m => m.TenantId);
        builder.HasOne<User>().WithMany().HasForeignKey(m => m.UserId);
        builder.HasOne<UserType>().WithMany().HasForeignKey(m => m.UserTypeId);
        builder.HasVersion();
        builder.HasActorStamps();
    }
}

internal sealed class RoleConfiguration : IEntityTypeConfiguration<Role>, IPlatformTable
{
    public void Configure(EntityTypeBuilder<Role> builder)
    {
        builder.ToTable("roles");
        builder.HasOne<Tenant>().WithMany().HasForeignKey(r => r.TenantId);
        builder.HasVersion();
        builder.HasKnownStamps();
    }
}

internal sealed class MembershipRoleConfiguration : IEntityTypeConfiguration<MembershipRole>, IPlatformTable
{
    public void Configure(EntityTypeBuilder<MembershipRole> builder)
    {
        builder.ToTable("membership_roles");
        builder.HasKey(m => new { m.MembershipId, m.RoleId });
        builder.HasOne<Membership>().WithMany().HasForeignKey(m => m.MembershipId);
        builder.HasOne<Role>().WithMany().HasForeignKey(m => m.RoleId);
        builder.HasOne<Tenant>().WithMany().HasForeignKey(m => m.TenantId);
        builder.HasActorStamps();
    }
}

public static class PeopleTables
{
    extension(PlatformDb db)
    {
        public DbSet<User> Users => db.Set<User>();
        public DbSet<UserType> UserTypes => db.Set<UserType>();
        public DbSet<Membership> Memberships => db.Set<Membership>();
        public DbSet<Role> Roles => db.Set<Role>();
        public DbSet<MembershipRole> MembershipRoles => db.Set<MembershipRole>();
    }
}
