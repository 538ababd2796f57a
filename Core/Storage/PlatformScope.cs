namespace Platform.Core.Storage;

/// <summary>Whose rows of <c>platformdb</c> the current request or message may see.</summary>
public sealed class PlatformScope
{
    public long? TenantId { get; set; }

    /// <summary>Sees the rows of every tenant: platform staff, and the processes themselves.</summary>
    public bool Staff { get; set; }

    internal Scope Current => Staff ? Scope.AllTenants : TenantId is { } id ? Scope.Tenant(id) : default;
}
