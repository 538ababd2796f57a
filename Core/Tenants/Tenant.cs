using System.Text.Json;
using Platform.Core.Storage;

namespace Platform.Core.Tenants;

public static class TenantStatuses
{
    public const string Provisioning = "provisioning";
    public const string ProvisioningFailed = "provisioning_failed";
    public const string Active = "active";
    public const string Inactive = "inactive";

    /// <summary>Nobody uses it any more, and at <see cref="Tenant.PurgeAt"/> its rows may go.</summary>
    public const string Offboarding = "offboarding";

    /// <summary>Its row keeps the id, so that its audit chain still has an owner.</summary>
    public const string Purged = "purged";

    /// <summary>For SQL: a tenant that is leaving or has left gets no new licenses, seats or members.</summary>
    public const string Leaving = $"('{Offboarding}', '{Purged}')";

    public static bool IsLeaving(string status) => status is Offboarding or Purged;

    /// <summary>Whether all of its tables are there, if only for staff.</summary>
    public static bool IsBuilt(string status) => status is Active or Inactive or Offboarding;
}

public sealed class Tenant : ActorStamped
{
    /// <summary>As the audit names it.</summary>
    public const string AuditTarget = "tenant";

    public long Id { get; init; }
    public required string Slug { get; set; }
    public required string Name { get; set; }

    /// <summary>
    /// IANA name; the database refuses to change it, because stored local times would change meaning.
    /// </summary>
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

    /// <summary>What its public booking pages say and allow.</summary>
    public JsonElement BookingPage { get; set; } = JsonSerializer.SerializeToElement(new { });

    /// <summary>One of <see cref="Contracts.Tenants.ProvisioningErrors"/>; null unless provisioning failed.</summary>
    public string? ProvisioningError { get; set; }

    /// <summary>In the words of who decided it; gone with the purge.</summary>
    public string? OffboardingReason { get; set; }

    /// <summary>UTC: from then on an offboarded tenant may be purged.</summary>
    public DateTimeOffset? PurgeAt { get; set; }
    public DateTimeOffset? PurgedAt { get; set; }
    public long Version { get; init; }
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
        builder.Property(t => t.BookingPage).HasColumnType("jsonb");
        builder.HasOne<Cell>().WithMany().HasForeignKey(t => t.CellId);
        builder.HasVersion();
        builder.HasKnownStamps();
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

        /// <summary>
        /// The tenant, locked for changes of it or of what belongs to it: changes follow one another. Rows that only
        /// refer to the tenant do not wait for this.
        /// </summary>
        public Task<Tenant?> LockTenantAsync(long id, CancellationToken ct) => db.Tenants
            .FromSql($"select * from tenants where id = {id} for no key update")
            .SingleOrDefaultAsync(ct);
    }
}
