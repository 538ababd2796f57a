namespace Platform.Contracts.Operations;

/// <summary><c>GET /internal/api/v1/metrics/overview</c></summary>
/// <param name="Licenses">Those that are in force.</param>
/// <param name="AsOf">UTC; when the figures were computed.</param>
/// <param name="AgeSeconds">
/// Age in seconds; figures older than 60 seconds are computed again, as are those requested with <c>Cache-Control:
/// no-cache</c>.
/// </param>
/// <param name="NewThisWeek">Since Monday, 00:00 UTC.</param>
/// <param name="NewThisMonth">Since the first, 00:00 UTC.</param>
/// <param name="BookingsAsOf">UTC; bookings that changed later may be missing from the read model.</param>
public sealed record MetricsOverview(
    int Tenants,
    int Users,
    int Applications,
    int Licenses,
    long Bookings,
    DateTimeOffset AsOf,
    int AgeSeconds,
    NewMetrics NewThisWeek,
    NewMetrics NewThisMonth,
    SeatMetrics Seats,
    IReadOnlyList<TenantMetrics> PerTenant,
    DateTimeOffset BookingsAsOf);

public sealed record NewMetrics(int Tenants, int Users, int Applications, int Licenses);

/// <summary>Seats of all licenses that are in force.</summary>
/// <param name="Used">Of licenses with and without limit.</param>
/// <param name="Limit">Of those that have one.</param>
/// <param name="UsedOfLimit">Seats taken of these.</param>
/// <param name="Unlimited">How many licenses have none.</param>
public sealed record SeatMetrics(long Used, long Limit, long UsedOfLimit, int Unlimited);

/// <summary><c>GET /internal/api/v1/metrics/trends</c>: what was new, week by week.</summary>
/// <param name="AsOf">UTC; when the figures were computed.</param>
/// <param name="AgeSeconds">As in <see cref="MetricsOverview"/>.</param>
/// <param name="BookingsThisMonth">Since the first, 00:00 UTC.</param>
/// <param name="Weeks">The last twelve, oldest first; the last one is the present week.</param>
/// <param name="BookingsAsOf">As in <see cref="MetricsOverview"/>.</param>
public sealed record MetricsTrends(
    DateTimeOffset AsOf, int AgeSeconds, int BookingsThisMonth, IReadOnlyList<WeekMetrics> Weeks, DateTimeOffset BookingsAsOf);

/// <summary>What was new in a week.</summary>
/// <param name="Monday">The week begins at 00:00 UTC.</param>
/// <param name="Bookings">By the time of booking, as the read model has them.</param>
public sealed record WeekMetrics(DateOnly Monday, int Tenants, int Users, int Applications, int Licenses, int Bookings);

/// <param name="Bookings">All bookings ever made, cancelled ones too, as the read model has them.</param>
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
