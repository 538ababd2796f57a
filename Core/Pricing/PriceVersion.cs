using Platform.Core.Licensing;
using Platform.Core.People;
using Platform.Core.Storage;

namespace Platform.Core.Pricing;

/// <summary>
/// What one seat costs for one user type, from one instant to another. Ranges of one kind never overlap.
/// </summary>
public sealed class PriceVersion : ActorStamped
{
    public const string NoOverlapConstraint = "ex_application_pricing_no_overlap";

    public long Id { get; init; }
    public required long ApplicationId { get; init; }
    public required long UserTypeId { get; init; }
    public required decimal Price { get; set; }

    /// <summary>ISO 4217: <c>BRL</c>, <c>USD</c> or <c>EUR</c>.</summary>
    public required string Currency { get; set; }

    /// <summary><c>monthly</c> or <c>yearly</c>.</summary>
    public required string BillingCycle { get; set; }
    public required DateTimeOffset ValidFrom { get; set; }

    /// <summary>Exclusive; null is open.</summary>
    public DateTimeOffset? ValidTo { get; set; }
    public bool Active { get; set; } = true;
    public long Version { get; init; }
}

internal sealed class PriceVersionConfiguration : IEntityTypeConfiguration<PriceVersion>, IPlatformTable
{
    public void Configure(EntityTypeBuilder<PriceVersion> builder)
    {
        builder.ToTable("application_pricing");
        builder.HasVersion();
        builder.HasOne<Application>().WithMany().HasForeignKey(p => p.ApplicationId);
        builder.HasOne<UserType>().WithMany().HasForeignKey(p => p.UserTypeId);
        builder.HasKnownStamps();
    }
}

public static class PricingTables
{
    extension(PlatformDb db)
    {
        public DbSet<PriceVersion> Prices => db.Set<PriceVersion>();
    }
}
