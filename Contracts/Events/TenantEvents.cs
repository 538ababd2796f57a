namespace Platform.Contracts.Events;

/// <summary>What consumers need to know of a tenant without reading its row.</summary>
/// <param name="TimeZone">IANA name; it never changes.</param>
/// <param name="Locale">BCP 47.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="CustomDomain">Host name in lower case; null where it has none.</param>
public sealed record TenantSnapshot(
    long TenantId,
    string Slug,
    string TimeZone,
    string Locale,
    string Currency,
    string Status,
    string? CustomDomain);

/// <summary>It is provisioned and may be used.</summary>
public sealed record TenantCreated(TenantSnapshot Tenant) : IEventData
{
    public static string EventType => "tenant.created";
    public static int EventVersion => 1;
    public static string AggregateType => "tenant";
}

/// <summary>Its name, its addresses, its words or its looks are others.</summary>
/// <param name="Changed">Members of the request whose value is another now: <c>name</c>, <c>customDomain</c>.</param>
public sealed record TenantChanged(TenantSnapshot Tenant, TenantSnapshot Previous, IReadOnlyList<string> Changed)
    : IEventData
{
    public static string EventType => "tenant.changed";
    public static int EventVersion => 1;
    public static string AggregateType => "tenant";
}

public sealed record TenantActivated(TenantSnapshot Tenant) : IEventData
{
    public static string EventType => "tenant.activated";
    public static int EventVersion => 1;
    public static string AggregateType => "tenant";
}

/// <summary>Nobody gets in any more; licenses, grants and seats stay.</summary>
public sealed record TenantDeactivated(TenantSnapshot Tenant) : IEventData
{
    public static string EventType => "tenant.deactivated";
    public static int EventVersion => 1;
    public static string AggregateType => "tenant";
}

/// <summary>It is switched off and will be purged, unless that is taken back before.</summary>
/// <param name="PurgeAt">UTC: the earliest.</param>
public sealed record TenantOffboarded(TenantSnapshot Tenant, DateTimeOffset PurgeAt) : IEventData
{
    public static string EventType => "tenant.offboarded";
    public static int EventVersion => 1;
    public static string AggregateType => "tenant";
}

/// <summary>It stays, switched off.</summary>
public sealed record TenantKept(TenantSnapshot Tenant) : IEventData
{
    public static string EventType => "tenant.kept";
    public static int EventVersion => 1;
    public static string AggregateType => "tenant";
}

/// <summary>Its rows were deleted; consumers delete their copies.</summary>
public sealed record TenantPurged(long TenantId, string Slug) : IEventData
{
    public static string EventType => "tenant.purged";
    public static int EventVersion => 1;
    public static string AggregateType => "tenant";
}
