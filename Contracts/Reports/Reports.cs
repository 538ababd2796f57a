namespace Platform.Contracts.Reports;

/// <summary><c>GET /api/v1/reports/utilisation</c>: how much of its open time a resource was used.</summary>
/// <param name="OpenMinutes">When it could be booked, once for each place it has.</param>
/// <param name="BookedMinutes">What was booked of it, buffers aside; a session that many share counts once.</param>
/// <param name="OccupiedMinutes">The same with buffers.</param>
/// <param name="Ratio">
/// Booked of open, to four decimals; null when it was never open. Above 1 outside its hours.
/// </param>
public sealed record UtilisationRow(
    long ResourceId,
    string ResourceName,
    int Capacity,
    long OpenMinutes,
    long BookedMinutes,
    long OccupiedMinutes,
    decimal? Ratio);

/// <summary><c>GET /api/v1/reports/bookings</c>: the bookings that start in the range, holds aside.</summary>
/// <param name="Key">A status, a service's or resource's id, or a local day <c>2026-03-29</c>.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Bookings">All of them, also those that did not happen.</param>
/// <param name="Cancelled">Those cancelled, rejected or expired.</param>
/// <param name="NoShows">Those nobody came to.</param>
/// <param name="Minutes">Of those that were not cancelled, without buffers.</param>
public sealed record BookingsRow(string Key, string Name, long Bookings, long Cancelled, long NoShows, long Minutes);

/// <summary>
/// <c>GET /api/v1/reports/lead-times</c>: how long before they start bookings were made, those that were cancelled
/// aside.
/// </summary>
/// <param name="Key">A service's id or a local day.</param>
/// <param name="Name">What people call it.</param>
/// <param name="AverageMinutes">0 for what was booked after it had begun.</param>
/// <param name="MedianMinutes">Half of the bookings were made later than that.</param>
public sealed record LeadTimesRow(string Key, string Name, long Bookings, long AverageMinutes, long MedianMinutes);

/// <summary><c>GET /api/v1/reports/no-shows</c>: of those who were expected, how many did not come.</summary>
/// <param name="Key">A service's, resource's or client's id, or a local day.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Expected">
/// Bookings that have begun and were confirmed, whatever came of them but a cancellation.
/// </param>
/// <param name="Rate">No-shows of expected, to four decimals.</param>
public sealed record NoShowsRow(string Key, string Name, long Expected, long NoShows, decimal Rate);

/// <summary><c>GET /api/v1/reports/revenue</c>: one row for each currency.</summary>
/// <param name="Key">A service's id or a local day.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Bookings">Those confirmed, checked in or completed that have a price.</param>
/// <param name="Revenue">The sum of their prices.</param>
/// <param name="Fees">What cancellations cost.</param>
public sealed record RevenueRow(string Key, string Name, long Bookings, Money Revenue, Money Fees);
