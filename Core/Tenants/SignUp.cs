using Platform.Core.Storage;

namespace Platform.Core.Tenants;

/// <summary>An organisation that somebody has asked for.</summary>
public sealed class SignUp
{
    /// <summary>As long as the link in the mail works.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(72);

    public required Guid Id { get; init; }
    public required string Organisation { get; init; }

    /// <summary>What the person asked for; null leaves it to the platform.</summary>
    public string? Slug { get; init; }
    public required string Email { get; init; }
    public required string Name { get; init; }
    public required string TimeZone { get; init; }
    public required string Locale { get; init; }
    public required string Currency { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Set when the tenant is registered.</summary>
    public long? TenantId { get; set; }

    /// <summary>Set when the person is its administrator.</summary>
    public DateTimeOffset? ConfirmedAt { get; set; }
}

internal sealed class SignUpConfiguration : IEntityTypeConfiguration<SignUp>, IPlatformTable
{
    public void Configure(EntityTypeBuilder<SignUp> signUp)
    {
        signUp.ToTable("sign_ups");
        signUp.HasOne<Tenant>().WithMany().HasForeignKey(s => s.TenantId);
    }
}
