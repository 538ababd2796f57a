namespace Platform.Contracts.Events;

/// <summary>What consumers need to know of a license without reading its table.</summary>
/// <param name="Application">Slug.</param>
/// <param name="Status">As it was set; that time has run out is for the reader to see.</param>
/// <param name="UserLimit">Null is without limit.</param>
public sealed record LicenseSnapshot(
    long LicenseId,
    string Application,
    string Status,
    DateTimeOffset ActivatedAt,
    DateTimeOffset? TrialEndsAt,
    DateTimeOffset? ExpiresAt,
    int? UserLimit);

/// <summary>A tenant may use an application, for the first time or again.</summary>
public sealed record LicenseCreated(LicenseSnapshot License) : IEventData
{
    public static string EventType => "license.created";
    public static int EventVersion => 1;
    public static string AggregateType => "license";
}

/// <summary>Its limit or its times have changed.</summary>
public sealed record LicenseChanged(LicenseSnapshot License, LicenseSnapshot Previous) : IEventData
{
    public static string EventType => "license.changed";
    public static int EventVersion => 1;
    public static string AggregateType => "license";
}

public sealed record LicenseSuspended(LicenseSnapshot License) : IEventData
{
    public static string EventType => "license.suspended";
    public static int EventVersion => 1;
    public static string AggregateType => "license";
}

public sealed record LicenseResumed(LicenseSnapshot License) : IEventData
{
    public static string EventType => "license.resumed";
    public static int EventVersion => 1;
    public static string AggregateType => "license";
}

public sealed record LicenseCancelled(LicenseSnapshot License) : IEventData
{
    public static string EventType => "license.cancelled";
    public static int EventVersion => 1;
    public static string AggregateType => "license";
}

/// <summary>A grant as it was settled: its price never changes.</summary>
/// <param name="Application">Slug.</param>
/// <param name="Role">Null where the user's own type counts.</param>
/// <param name="RevokedAt">UTC, exclusive; null while it is active.</param>
public sealed record GrantSnapshot(
    long GrantId,
    long UserId,
    string Application,
    string? Role,
    decimal? Price,
    string? Currency,
    string? UserType,
    string? BillingCycle,
    DateTimeOffset GrantedAt,
    DateTimeOffset? RevokedAt);

/// <summary>A user took a seat.</summary>
public sealed record GrantCreated(GrantSnapshot Grant) : IEventData
{
    public static string EventType => "grant.created";
    public static int EventVersion => 1;
    public static string AggregateType => "grant";
}

/// <summary>The role in the application is another.</summary>
public sealed record GrantChanged(GrantSnapshot Grant) : IEventData
{
    public static string EventType => "grant.changed";
    public static int EventVersion => 1;
    public static string AggregateType => "grant";
}

/// <summary>The seat is free again.</summary>
public sealed record GrantRevoked(GrantSnapshot Grant) : IEventData
{
    public static string EventType => "grant.revoked";
    public static int EventVersion => 1;
    public static string AggregateType => "grant";
}
