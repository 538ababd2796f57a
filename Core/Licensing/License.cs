using Platform.Core.People;
using Platform.Core.Storage;
using Platform.Core.Tenants;

namespace Platform.Core.Licensing;

/// <summary>A product in the catalogue, known by its slug.</summary>
public sealed class Application
{
    public long Id { get; init; }
    public required string Slug { get; init; }
    public required string Name { get; set; }
    public string? Description { get; set; }
    public bool Active { get; set; } = true;
}

public static class LicenseStatuses
{
    public const string Trial = "trial";
    public const string Active = "active";
    public const string Suspended = "suspended";
    public const string Expired = "expired";
    public const string Cancelled = "cancelled";
}

/// <summary>A tenant may use an application, with so many seats.</summary>
public sealed class License
{
    public long Id { get; init; }
    public required long TenantId { get; init; }
    public required long ApplicationId { get; init; }
    public required string Status { get; set; }
    public required DateTimeOffset ActivatedAt { get; set; }

    /// <summary>Exclusive: at this instant it is expired.</summary>
    public DateTimeOffset? ExpiresAt { get; set; }

    /// <summary>Null is unlimited, 0 is nobody.</summary>
    public int? UserLimit { get; set; }

    /// <summary>Active grants. Changed by one conditional update only, never by counting.</summary>
    public int SeatsUsed { get; set; }
    public long Version { get; set; } = 1;
}

/// <summary>One user may use one licensed application, at the price of the day it was granted.</summary>
public sealed class UserGrant
{
    public long Id { get; init; }
    public required long TenantId { get; init; }
    public required long UserId { get; init; }
    public required long ApplicationId { get; init; }

    /// <summary>Slug of a user type; the user's own type where absent.</summary>
    public string? RoleInApp { get; set; }
    public bool Active { get; set; } = true;
    public required DateTimeOffset GrantedAt { get; init; }
    public DateTimeOffset? RevokedAt { get; set; }
    public decimal? PriceSnapshot { get; init; }
    public string? CurrencySnapshot { get; init; }
    public long? UserTypeIdFkSnapshot { get; init; }
    public string? GrantedCycle { get; init; }
}

internal sealed class ApplicationConfiguration : IEntityTypeConfiguration<Application>, IPlatformTable
{
    public void Configure(EntityTypeBuilder<Application> builder)
    {
        builder.ToTable("applications");
        builder.HasActorStamps();
    }
}

internal sealed class LicenseConfiguration : IEntityTypeConfiguration<License>, IPlatformTable
{
    public void Configure(EntityTypeBuilder<License> builder)
    {
        builder.ToTable("tenant_applications");
        builder.HasOne<Tenant>().WithMany().HasForeignKey(l => l.TenantId);
        builder.HasOne<Application>().WithMany().HasForeignKey(l => l.ApplicationId);
        builder.Property(l => l.Version).IsConcurrencyToken();
        builder.HasActorStamps();
    }
}

internal sealed class UserGrantConfiguration : IEntityTypeConfiguration<UserGrant>, IPlatformTable
{
    public void Configure(EntityTypeBuilder<UserGrant> builder)
    {
        builder.ToTable("user_application_access");
        builder.HasOne<Tenant>().WithMany().HasForeignKey(g => g.TenantId);
        builder.HasOne<User>().WithMany().HasForeignKey(g => g.UserId);
        builder.HasOne<Application>().WithMany().HasForeignKey(g => g.ApplicationId);
        builder.HasActorStamps();
    }
}

public static class LicensingTables
{
    extension(PlatformDb db)
    {
        public DbSet<Application> Applications => db.Set<Application>();
        public DbSet<License> Licenses => db.Set<License>();
        public DbSet<UserGrant> Grants => db.Set<UserGrant>();
    }
}
