using Platform.Core.Storage;

namespace Platform.Core.Catalogue;

/// <summary>What a client books.</summary>
public sealed class Service
{
    public long Id { get; init; }
    public required string Name { get; set; }
    public string? Description { get; set; }

    /// <summary>The lengths on offer; the first is the default.</summary>
    public required List<int> DurationsMinutes { get; set; }
    public int BeforeBufferMinutes { get; set; }
    public int AfterBufferMinutes { get; set; }
    public required int SlotIntervalMinutes { get; set; }

    /// <summary>Elapsed minutes between the booking and its start.</summary>
    public int MinimumNoticeMinutes { get; set; }

    /// <summary>Calendar days in the resource's zone: with 1, today and tomorrow can be booked.</summary>
    public required int BookingWindowDays { get; set; }
    public decimal? Price { get; set; }

    /// <summary>ISO 4217; present exactly when there is a price.</summary>
    public string? Currency { get; set; }

    /// <summary>Whether clients without an account may see and book it.</summary>
    public bool Public { get; set; }
    public bool Active { get; set; } = true;
}

/// <summary>A resource that can meet a requirement of a service; a booking takes one resource of each.</summary>
public sealed class ServiceResource
{
    public required long ServiceId { get; init; }
    public required long ResourceId { get; init; }
    public short Requirement { get; init; } = 1;
}

internal sealed class ServiceConfiguration : IEntityTypeConfiguration<Service>, ITenantTable
{
    public void Configure(EntityTypeBuilder<Service> builder)
    {
        builder.ToTable("services");
        builder.HasActorStamps();
    }
}

internal sealed class ServiceResourceConfiguration : IEntityTypeConfiguration<ServiceResource>, ITenantTable
{
    public void Configure(EntityTypeBuilder<ServiceResource> builder)
    {
        builder.ToTable("service_resources");
        builder.HasKey(r => new { r.ServiceId, r.ResourceId });
        builder.HasOne<Service>().WithMany().HasForeignKey(r => r.ServiceId);
        builder.HasOne<Resource>().WithMany().HasForeignKey(r => r.ResourceId);
        builder.HasStamps();
    }
}

public static class ServiceTables
{
    extension(TenantDb db)
    {
        public DbSet<Service> Services => db.Set<Service>();
        public DbSet<ServiceResource> ServiceResources => db.Set<ServiceResource>();
    }
}
