using System.Text.Json;
using Platform.Core.Storage;

namespace Platform.Core.Catalogue;

/// <summary>A kind of thing that can be booked: doctors, rooms, desks.</summary>
public sealed class ResourceCategory
{
    public long Id { get; init; }
    public required string Name { get; set; }

    /// <summary>Which attributes its resources may have, as a JSON Schema object; empty allows any.</summary>
    public JsonElement AttributeSchema { get; set; }
}

/// <summary>What can be booked: a person, a room, a desk.</summary>
public sealed class Resource
{
    public long Id { get; init; }
    public required long CategoryId { get; set; }
    public required string Name { get; set; }

    /// <summary>How many bookings it takes at once.</summary>
    public int Capacity { get; set; } = 1;

    /// <summary>IANA name; the tenant's zone where absent.</summary>
    public string? TimeZone { get; set; }
    public JsonElement Attributes { get; set; }
    public bool Active { get; set; } = true;
}

/// <summary>When a resource is open. Without one it never is.</summary>
public sealed class Schedule
{
    public long Id { get; init; }
    public required long ResourceId { get; init; }

    /// <summary>IANA name; the resource's zone where absent.</summary>
    public string? TimeZone { get; set; }
}

/// <summary>One weekly opening, in minutes of the local day.</summary>
public sealed class ScheduleRule
{
    public long Id { get; init; }
    public required long ScheduleId { get; init; }

    /// <summary>ISO 8601: 1 is Monday, 7 is Sunday.</summary>
    public required short Day { get; init; }
    public required short StartMinute { get; init; }

    /// <summary>1440 is midnight; at or before the start it is on the next day.</summary>
    public required short EndMinute { get; init; }
    public DateOnly? ValidFrom { get; init; }

    /// <summary>The last local day it applies to.</summary>
    public DateOnly? ValidTo { get; init; }
}

internal sealed class ResourceCategoryConfiguration : IEntityTypeConfiguration<ResourceCategory>, ITenantTable
{
    public void Configure(EntityTypeBuilder<ResourceCategory> builder)
    {
        builder.ToTable("categories");
        builder.Property(c => c.AttributeSchema).HasColumnType("jsonb");
        builder.HasActorStamps();
    }
}

internal sealed class ResourceConfiguration : IEntityTypeConfiguration<Resource>, ITenantTable
{
    public void Configure(EntityTypeBuilder<Resource> builder)
    {
        builder.ToTable("resources");
        builder.Property(r => r.Attributes).HasColumnType("jsonb");
        builder.HasOne<ResourceCategory>().WithMany().HasForeignKey(r => r.CategoryId);
        builder.HasActorStamps();
    }
}

internal sealed class ScheduleConfiguration : IEntityTypeConfiguration<Schedule>, ITenantTable
{
    public void Configure(EntityTypeBuilder<Schedule> builder)
    {
        builder.ToTable("schedules");
        builder.HasOne<Resource>().WithOne().HasForeignKey<Schedule>(s => s.ResourceId);
        builder.HasActorStamps();
    }
}

internal sealed class ScheduleRuleConfiguration : IEntityTypeConfiguration<ScheduleRule>, ITenantTable
{
    public void Configure(EntityTypeBuilder<ScheduleRule> builder)
    {
        builder.ToTable("schedule_rules");
        builder.HasOne<Schedule>().WithMany().HasForeignKey(r => r.ScheduleId);
        builder.HasStamps();
    }
}

public static class ResourceTables
{
    extension(TenantDb db)
    {
        public DbSet<ResourceCategory> Categories => db.Set<ResourceCategory>();
        public DbSet<Resource> Resources => db.Set<Resource>();
        public DbSet<Schedule> Schedules => db.Set<Schedule>();
        public DbSet<ScheduleRule> ScheduleRules => db.Set<ScheduleRule>();
    }
}
