namespace Platform.Contracts.Platform;

/// <summary><c>GET /internal/api/v1/metrics/overview</c></summary>
/// <param name="AsOf">UTC; when the figures were computed.</param>
public sealed record MetricsOverview(
    int Tenants,
    int Users,
    int Applications,
    int Licenses,
    long Bookings,
    DateTimeOffset AsOf,
    IReadOnlyList<TenantMetrics> PerTenant);

/// <param name="Bookings">All bookings ever made, cancelled ones too.</param>
public sealed record TenantMetrics(
    long TenantId,
    string Slug,
    string Name,
    string TimeZone,
    string Status,
    int Users,
    long Bookings);

/// <summary><c>GET /internal/api/v1/events/recent</c>: events that the relay has published, newest first.</summary>
/// <param name="StreamEntry">Stream and entry id in Redis: <c>platform:events:{3}/1737-0</c>.</param>
public sealed record PublishedEvent(
    Guid EventId,
    string EventType,
    long TenantId,
    string AggregateType,
    long AggregateId,
    long AggregateVersion,
    DateTimeOffset OccurredAt,
    string Actor,
    string StreamEntry);
