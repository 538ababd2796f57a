using Platform.Core.Storage;

namespace Platform.Core.Audit;

/// <summary>
/// A decision whether somebody may use an application: the fifth layer, kept whether it was yes or no.
/// </summary>
public sealed class AccessLog
{
    public long Id { get; init; }
    public long TenantIdFk { get; init; }

    /// <summary>Counts from 1 in the tenant's chain, without gaps.</summary>
    public long Sequence { get; init; }
    public DateTimeOffset OccurredAt { get; init; }

    /// <summary>Who asked; not always the person that it is about.</summary>
    public required string Actor { get; init; }
    public long? UserIdFk { get; init; }

    /// <summary>The slug that was asked for, whether there is such an application or not.</summary>
    public required string Application { get; init; }
    public string? MinimumRole { get; init; }
    public bool Allowed { get; init; }

    /// <summary>1 to 4 where it was a no.</summary>
    public int? Layer { get; init; }
    public string? Reason { get; init; }

    /// <summary>Method and path of the request.</summary>
    public required string Path { get; init; }
    public string? RequestId { get; init; }
    public string? IpAddress { get; init; }
    public string? UserAgent { get; init; }
    public Guid? Salt { get; init; }
    public required byte[] PersonalDigest { get; init; }
    public required byte[] Hash { get; init; }
}

internal sealed class AccessLogConfiguration : IEntityTypeConfiguration<AccessLog>, IPlatformTable
{
    public void Configure(EntityTypeBuilder<AccessLog> builder) => builder.ToTable("application_access_logs");
}
