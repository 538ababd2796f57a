using System.Text.Json;
using Platform.Contracts.Catalogue;
using Platform.Core.Storage;

namespace Platform.Core.Catalogue;

/// <summary>What a client books.</summary>
public sealed class Service : ActorStamped
{
    public static readonly IReadOnlyList<int> DefaultReminders = [1440, 120];

    public long Id { get; init; }
    public required string Name { get; set; }
    public string? Description { get; set; }

    /// <summary>The lengths on offer; the first is the default.</summary>
    public required List<int> DurationsMinutes { get; set; }
    public int BeforeBufferMinutes { get; set; }
    public int AfterBufferMinutes { get; set; }

    /// <summary>
    /// The step of the grid; the organisation's where absent, and where that has none, the first length.
    /// </summary>
    public int? SlotIntervalMinutes { get; set; }

    /// <summary>One of <see cref="SlotGrids"/>.</summary>
    public string SlotGrid { get; set; } = SlotGrids.Fixed;

    /// <summary>Elapsed minutes between the booking and its start; the organisation's, or none, where absent.</summary>
    public int? MinimumNoticeMinutes { get; set; }

    /// <summary>
    /// Calendar days in the resource's zone: with 1, today and tomorrow can be booked. The organisation's where absent,
    /// and where that has none, as far as the platform looks ahead.
    /// </summary>
    public int? BookingWindowDays { get; set; }

    /// <summary>How many people share one session; 1 for a service that is for one client at a time.</summary>
    public int Capacity { get; set; } = 1;

    /// <summary>Whether a booking waits, and blocks its time, until somebody confirms it.</summary>
    public bool RequiresApproval { get; set; }
    public ServiceLimits Limits { get; set; } = new();
    public CancellationPolicy Cancellation { get; set; } = new();
    public CheckInPolicy CheckIn { get; set; } = new();
    public List<ServiceQuestion> Questions { get; set; } = [];

    /// <summary>How long before the start clients are reminded.</summary>
    public List<int> RemindersMinutes { get; set; } = [.. DefaultReminders];
    public decimal? Price { get; set; }

    /// <summary>ISO 4217; present exactly when there is a price.</summary>
    public string? Currency { get; set; }

    /// <summary>Whether clients without an account may see and book it.</summary>
    public bool Public { get; set; }
    public bool Active { get; set; } = true;
    public long Version { get; private init; }
}

public static class SlotGrids
{
    /// <summary>Anchored at the start of the opening.</summary>
    public const string Fixed = "fixed";

    /// <summary>Starts again where each booking ends, so that no time is lost between them.</summary>
    public const string Packed = "packed";
}

/// <summary>
/// The resources of one kind that a booking takes. Without a row a requirement takes any one of its resources.
/// </summary>
public sealed class ServiceNeed
{
    public required long ServiceId { get; init; }

    /// <summary>Counted from 1; the grid is that of the first.</summary>
    public required short Requirement { get; init; }

    /// <summary>Its active resources can meet it, besides those that are named.</summary>
    public long? CategoryId { get; init; }

    /// <summary>What those of the category must have: <c>{ "sink": true }</c>.</summary>
    public JsonElement Attributes { get; init; } = JsonSerializer.SerializeToElement(new { });
    public short Quantity { get; init; } = 1;

    /// <summary><c>client</c>, <c>any</c> or <c>all</c>.</summary>
    public string Assignment { get; init; } = Assignments.Any;
}

public static class Assignments
{
    public const string Client = "client";
    public const string Any = "any";
    public const string All = "all";
}

/// <summary>A resource that can meet a requirement of a service.</summary>
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
        builder.Property(s => s.Limits).HasJson();
        builder.Property(s => s.Cancellation).HasJson();
        builder.Property(s => s.CheckIn).HasJson();
        builder.Property(s => s.Questions).HasJson();
        builder.HasKnownStamps();
        builder.HasVersion();
    }
}

internal sealed class ServiceNeedConfiguration : IEntityTypeConfiguration<ServiceNeed>, ITenantTable
{
    public void Configure(EntityTypeBuilder<ServiceNeed> builder)
    {
        builder.ToTable("service_requirements");
        builder.HasKey(n => new { n.ServiceId, n.Requirement });
        builder.Property(n => n.Attributes).HasColumnType("jsonb");
        builder.HasOne<Service>().WithMany().HasForeignKey(n => n.ServiceId);
        builder.HasOne<ResourceCategory>().WithMany().HasForeignKey(n => n.CategoryId);
        builder.HasStamps();
    }
}

internal sealed class ServiceResourceConfiguration : IEntityTypeConfiguration<ServiceResource>, ITenantTable
{
    public void Configure(EntityTypeBuilder<ServiceResource> builder)
    {
        builder.ToTable("service_resources");
        builder.HasKey(r => new { r.ServiceId, r.Requirement, r.ResourceId });
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
        public DbSet<ServiceNeed> ServiceNeeds => db.Set<ServiceNeed>();
        public DbSet<ServiceResource> ServiceResources => db.Set<ServiceResource>();
    }
}
