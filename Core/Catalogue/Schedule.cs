using NpgsqlTypes;
using Platform.Core.Storage;

namespace Platform.Core.Catalogue;

/// <summary>
/// When a resource is open. One without a schedule follows the organisation's; without either it is never open.
/// </summary>
public sealed class Schedule : ActorStamped
{
    public long Id { get; init; }

    /// <summary>Null: the organisation's own opening hours.</summary>
    public required long? ResourceId { get; init; }

    /// <summary>IANA name; the resource's zone where absent.</summary>
    public string? TimeZone { get; set; }
    public long Version { get; private init; }
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

/// <summary>The hours of one local date, instead of the weekly rules.</summary>
public sealed class ScheduleOverride : ActorStamped
{
    public long Id { get; init; }
    public required long ResourceId { get; init; }
    public required DateOnly Date { get; init; }

    /// <summary>Of each opening, in minutes of the local day as in <see cref="ScheduleRule"/>. None: closed.</summary>
    public required List<short> StartMinutes { get; set; }
    public required List<short> EndMinutes { get; set; }
}

/// <summary>Instants that cannot be booked, of a resource, of a category, or of everything.</summary>
public sealed class Blackout : ActorStamped
{
    public long Id { get; init; }
    public long? ResourceId { get; init; }
    public long? CategoryId { get; init; }
    public required NpgsqlRange<DateTime> During { get; set; }
    public string? Reason { get; set; }

    /// <summary>Country and local date, <c>BR 2026-12-25</c>, where a holiday calendar made it.</summary>
    public string? Holiday { get; init; }
}

internal sealed class ScheduleConfiguration : IEntityTypeConfiguration<Schedule>, ITenantTable
{
    public void Configure(EntityTypeBuilder<Schedule> builder)
    {
        builder.ToTable("schedules");
        builder.HasOne<Resource>().WithOne().HasForeignKey<Schedule>(s => s.ResourceId);
        builder.HasKnownStamps();
        builder.HasVersion();
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

internal sealed class ScheduleOverrideConfiguration : IEntityTypeConfiguration<ScheduleOverride>, ITenantTable
{
    public void Configure(EntityTypeBuilder<ScheduleOverride> builder)
    {
        builder.ToTable("schedule_overrides");
        builder.HasOne<Resource>().WithMany().HasForeignKey(o => o.ResourceId);
        builder.HasKnownStamps();
    }
}

internal sealed class BlackoutConfiguration : IEntityTypeConfiguration<Blackout>, ITenantTable
{
    public void Configure(EntityTypeBuilder<Blackout> builder)
    {
        builder.ToTable("blackouts");
        builder.HasOne<Resource>().WithMany().HasForeignKey(b => b.ResourceId);
        builder.HasOne<ResourceCategory>().WithMany().HasForeignKey(b => b.CategoryId);
        builder.HasKnownStamps();
    }
}

public static class ScheduleTables
{
    extension(TenantDb db)
    {
        public DbSet<Schedule> Schedules => db.Set<Schedule>();
        public DbSet<ScheduleRule> ScheduleRules => db.Set<ScheduleRule>();
        public DbSet<ScheduleOverride> ScheduleOverrides => db.Set<ScheduleOverride>();
        public DbSet<Blackout> Blackouts => db.Set<Blackout>();
    }
}
