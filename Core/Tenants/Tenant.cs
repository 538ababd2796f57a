using System.Text.Json;
using Platform.Core.Storage;

namespace Platform.Core.Tenants;

public static class TenantStatuses
{
    public const string Provisioning = "provisioning";
    public const string ProvisioningFailed = "provisioning_failed";
    public const string Active = "active";
    public const string Inactive = "inactive";
}

public sealed class Tenant
{
    public long Id { get; init; }
    public required string Slug { get; set; }
    public required string Name { get; set; }

    /// <summary>IANA name; the database refuses to change it, because stored local times would change meaning.</summary>
    public required string TimeZone { get; init; }
    public required string Locale { get; set; }

    /// <summary>ISO 4217.</summary>
    public required string Currency { get; set; }
    public required string Status { get; set; }
    public required long CellId { get; set; }

    /// <summary>The host name of the tenant's own pages, in lower case; null where it has none.</summary>
    public string? CustomDomain { get; set; }

    /// <summary>Colours and logo; the brand's own where absent.</summary>
    public JsonElement Branding { get; set; }

    /// <summary>The tenant's words for our terms, by term.</summary>
    public JsonElement Labels { get; set; }
}

/// <summary>One <c>tenantdb</c>, which holds the schemas of at most a few hundred tenants.</summary>
public sealed class Cell
{
    public long Id { get; init; }
    public required string Name { get; init; }

    /// <summary>Name of the connection string under which the processes find it.</summary>
    public required string Connection { get; init; }
}

internal sealed class TenantConfiguration : IEntityTypeConfiguration<Tenant>, IPlatformTable
{
    public void Configure(EntityTypeBuilder<Tenant> builder)
    {
        builder.ToTable("tenants");
        builder.Property(t => t.Branding).HasColumnType("jsonb");
        builder.Property(t => t.Labels).HasColumnType("jsonb");
        builder.HasOne<Cell>().WithMany().HasForeignKey(t => t.CellId);
        builder.HasActorStamps();
    }
}

internal sealed class CellConfiguration : IEntityTypeConfiguration<Cell>, IPlatformTable
{
    public void Configure(EntityTypeBuilder<Cell> builder)
    {
        builder.ToTable("cells");
        builder.HasStamps();
    }
}

public static class TenantTables
{
    extension(PlatformDb db)
    {
        public DbSet<Tenant> Tenants => db.Set<Tenant>();
        public DbSet<Cell> Cells => db.Set<Cell>();
    }
}
