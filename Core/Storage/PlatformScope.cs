namespace Platform.Core.Storage;

/// <summary>
/// Whose rows of <c>platformdb</c> the current work may see. Row-level security enforces it: with neither a tenant nor
/// staff, reading a tenant's row is an error, not an empty answer.
/// </summary>
public sealed class PlatformScope
{
    public long? TenantId { get; set; }

    /// <summary>Sees the rows of every tenant: platform staff, and the processes themselves.</summary>
    public bool Staff { get; set; }
}
