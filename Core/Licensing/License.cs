using Platform.Core.People;
using Platform.Core.Storage;
using Platform.Core.Tenants;

namespace Platform.Core.Licensing;

/// <summary>A product in the catalogue, known by its slug.</summary>
public sealed class Application : ActorStamped
{
    public long Id { get; init; }
    public required string Slug { get; init; }
    public required string Name { get; set; }
    public string? Description { get; set; }

    /// <summary>A retired one is licensed and used no more.</summary>
    public bool Active { get; set; } = true;

    /// <summary>False while it is in the catalogue but cannot be licensed yet.</summary>
    public bool Licensable { get; set; } = true;

    /// <summary>Where it opens; null for a part of the Hub itself.</summary>
    public string? LaunchUrl { get; set; }
    public long Version { get; init; }
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
public sealed class License : ActorStamped
{
    public long Id { get; init; }
    public required long TenantId { get; init; }
    public required long ApplicationId { get; init; }

    /// <summary>As it was last set; that time has run out is derived, by <see cref="LicenseRules.StatusAt"/>.</summary>
    public required string Status { get; set; }
    public required DateTimeOffset ActivatedAt { get; set; }

    /// <summary>Exclusive: at this instant it is expired.</summary>
    public DateTimeOffset? ExpiresAt { get; set; }

    /// <summary>Also exclusive; null when it is no trial.</summary>
    public DateTimeOffset? TrialEndsAt { get; set; }
    public DateTimeOffset? SuspendedAt { get; set; }
    public DateTimeOffset? CancelledAt { get; set; }

    /// <summary>Null is unlimited, 0 is nobody.</summary>
    public int? UserLimit { get; set; }

    /// <summary>Active grants. Changed by one conditional update only, never by counting.</summary>
    public int SeatsUsed { get; init; }

    /// <summary>Of its terms; seats that come and go do not raise it.</summary>
    public long Version { get; init; }

    public LicenseTerms Terms => new(Id, Status, ActivatedAt, TrialEndsAt, ExpiresAt, UserLimit, SeatsUsed, Version);
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

    /// <summary>The row of the price matrix that it relies on.</summary>
    public long? PricingIdFkSnapshot { get; init; }

    /// <summary>False where the seat comes of groups alone.</summary>
    public bool Direct { get; init; } = true;
    public long Version { get; init; }
}

internal sealed class ApplicationConfiguration : IEntityTypeConfiguration<Application>, IPlatformTable
{
    public void Configure(EntityTypeBuilder<Application> builder)
    {
        builder.ToTable("applications");
        builder.HasVersion();
        builder.HasKnownStamps();
    }
}

internal sealed class LicenseConfiguration : IEntityTypeConfiguration<License>, IPlatformTable
{
    public void Configure(EntityTypeBuilder<License> builder)
    {
        builder.ToTable("tenant_applications");
        builder.HasOne<Tenant>().WithMany().HasForeignKey(l => l.TenantId);
        builder.HasOne<Application>().WithMany().HasForeignKey(l => l.ApplicationId);
        builder.Ignore(l => l.Terms);
        builder.HasVersion();
        builder.HasKnownStamps();
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
        builder.HasVersion();
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
