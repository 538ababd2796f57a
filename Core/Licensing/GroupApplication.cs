using Platform.Core.People;
using Platform.Core.Storage;
using Platform.Core.Tenants;

namespace Platform.Core.Licensing;

/// <summary>A tenant grants an application to a group: to all members that have the role.</summary>
public sealed class GroupApplication
{
    public required long TenantId { get; init; }
    public required long RoleId { get; init; }
    public required long ApplicationId { get; init; }
}

/// <summary>A group as a tenant sees it.</summary>
public sealed class GroupView
{
    public required Role Role { get; init; }

    /// <summary>Members who have the role, active or not.</summary>
    public required int Members { get; init; }

    /// <summary>Slugs, sorted.</summary>
    public required List<string> Applications { get; init; }
}

internal sealed class GroupApplicationConfiguration : IEntityTypeConfiguration<GroupApplication>, IPlatformTable
{
    public void Configure(EntityTypeBuilder<GroupApplication> builder)
    {
        builder.ToTable("group_applications");
        builder.HasKey(g => new { g.TenantId, g.RoleId, g.ApplicationId });
        builder.HasOne<Tenant>().WithMany().HasForeignKey(g => g.TenantId);
        builder.HasOne<Role>().WithMany().HasForeignKey(g => g.RoleId);
        builder.HasOne<Application>().WithMany().HasForeignKey(g => g.ApplicationId);
        builder.HasActorStamps();
    }
}

public static class GroupTables
{
    extension(PlatformDb db)
    {
        public DbSet<GroupApplication> GroupApplications => db.Set<GroupApplication>();

        /// <summary>The roles of the tenant and of the platform, except the one that only staff assign.</summary>
        public IQueryable<GroupView> GroupsOf(long tenantId)
        {
            var (held, given, applications) = (db.MembershipRoles, db.GroupApplications, db.Applications);
            return
                from role in db.Roles.AsNoTracking()
                where role.TenantId == tenantId || (role.TenantId == null && role.Slug != Contracts.People.SystemRoles.SuperAdmin)
                select new GroupView
                {
                    Role = role,
                    Members = held.Count(h => h.RoleId == role.Id && h.TenantId == tenantId),
                    Applications = (
                        from g in given
                        where g.RoleId == role.Id && g.TenantId == tenantId
                        join a in applications on g.ApplicationId equals a.Id
                        orderby a.Slug
                        select a.Slug).ToList(),
                };
        }
    }
}
