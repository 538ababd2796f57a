using System.Text.Json;
using Platform.Core.Storage;

namespace Platform.Core.Catalogue;

/// <summary>A kind of thing that can be booked: doctors, rooms, desks.</summary>
public sealed class ResourceCategory
{
    public long Id { get; init; }
    public required string Name { get; set; }

    /// <summary>Which attributes its resources may have, as a JSON Schema object; empty allows any.</summary>
    public JsonElement AttributeSchema { get; set; } = JsonSerializer.SerializeToElement(new { });
    public long Version { get; private init; }
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

    /// <summary>The resource of which this is a part: a booking of the hall also occupies its halves.</summary>
    public long? ParentId { get; set; }
    public JsonElement Attributes { get; set; } = JsonSerializer.SerializeToElement(new { });
    public bool Active { get; set; } = true;
    public long Version { get; private init; }
}

internal sealed class ResourceCategoryConfiguration : IEntityTypeConfiguration<ResourceCategory>, ITenantTable
{
    public void Configure(EntityTypeBuilder<ResourceCategory> builder)
    {
        builder.ToTable("categories");
        builder.Property(c => c.AttributeSchema).HasColumnType("jsonb");
        builder.HasActorStamps();
        builder.HasVersion();
    }
}

internal sealed class ResourceConfiguration : IEntityTypeConfiguration<Resource>, ITenantTable
{
    public void Configure(EntityTypeBuilder<Resource> builder)
    {
        builder.ToTable("resources");
        builder.Property(r => r.Attributes).HasColumnType("jsonb");
        builder.HasOne<ResourceCategory>().WithMany().HasForeignKey(r => r.CategoryId);
        builder.HasOne<Resource>().WithMany().HasForeignKey(r => r.ParentId);
        builder.HasActorStamps();
        builder.HasVersion();
    }
}

public static class ResourceTables
{
    extension(TenantDb db)
    {
        public DbSet<ResourceCategory> Categories => db.Set<ResourceCategory>();
        public DbSet<Resource> Resources => db.Set<Resource>();
    }
}
