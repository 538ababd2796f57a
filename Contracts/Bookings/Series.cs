using System.ComponentModel.DataAnnotations;
using System.Text.Json;

namespace Platform.Contracts.Bookings;

/// <summary><c>POST /api/v1/series</c>: bookings that repeat and keep their wall-clock time.</summary>
/// <param name="Start">The first occurrence: an instant, or local in <paramref name="TimeZone"/>.</param>
/// <param name="TimeZone">IANA name of the zone whose clocks it follows; the tenant's when absent.</param>
/// <param name="Rrule">
/// RFC 5545: DAILY to YEARLY with INTERVAL, COUNT or UNTIL, BYDAY, BYMONTHDAY, BYMONTH, BYSETPOS, WKST.
/// </param>
/// <param name="Exdates">Local times that are left out.</param>
/// <param name="Rdates">Local times that are added.</param>
/// <param name="SkipConflicts">
/// Books the dates that can be booked and reports the others; otherwise all dates are booked or none.
/// </param>
public sealed record CreateSeriesRequest(
    [property: Range(1, long.MaxValue)] long ServiceId,
    Moment Start,
    [property: Required, StringLength(2000, MinimumLength = 1)] string Rrule,
    [property: StringLength(64)] string? TimeZone = null,
    [property: Range(1, 10_080)] int? DurationMinutes = null,
    [property: MaxLength(50)] IReadOnlyList<long>? ResourceIds = null,
    ClientDetails? Client = null,
    [property: Range(1, long.MaxValue)] long? ClientId = null,
    [property: Range(1, 10_000)] int? PartySize = null,
    [property: FreeText, StringLength(2000)] string? Note = null,
    JsonElement? Answers = null,
    [property: MaxLength(1000)] IReadOnlyList<Moment>? Exdates = null,
    [property: MaxLength(1000)] IReadOnlyList<Moment>? Rdates = null,
    bool SkipConflicts = false);

/// <summary>One date of a series.</summary>
/// <param name="Local">Wall-clock time in the zone of the series.</param>
/// <param name="Start">UTC; null when the local time does not exist.</param>
/// <param name="BookingId">The booking, where there is one.</param>
/// <param name="Code">
/// Why the date has no booking: <c>BOOKING_CONFLICT </c>, <c>NONEXISTENT_LOCAL_TIME </c> and others; or, in the answer
/// to a cancellation, why the booking stays: <c>CANCELLATION_CLOSED </c>.
/// </param>
/// <param name="Limit">
/// Of <c>LIMIT_REACHED </c>: which one, with the dates of the series before this one counted.
/// </param>
public sealed record SeriesOccurrence(
    string Local, DateTimeOffset? Start, long? BookingId = null, string? Status = null, string? Code = null,
    ReachedLimit? Limit = null);

/// <param name="Occurrences">Every date, in order of time, with its booking or the reason why it has none.</param>
/// <param name="StartLocal">Of the first date.</param>
/// <param name="Rrule">Ends with <c>UNTIL</c> once a date and all that follow were cancelled.</param>
/// <param name="Status"><c>active</c> or <c>cancelled</c>; one of <see cref="SeriesStatuses"/>.</param>
/// <param name="IsComplete">
/// False where the rule goes on after the farthest date so far: further ones are booked as time goes on.
/// </param>
public sealed record SeriesResponse(
    long Id,
    string Uid,
    long ServiceId,
    string TimeZone,
    string StartLocal,
    int DurationMinutes,
    string Rrule,
    string Status,
    long? ClientId,
    int PartySize,
    string? Note,
    long Version,
    IReadOnlyList<SeriesOccurrence> Occurrences,
    bool IsComplete = true) : StampedResponse;

/// <summary><c>POST /api/v1/series/preview</c></summary>
/// <param name="Bookable">How many dates could be booked.</param>
public sealed record SeriesPreview(IReadOnlyList<SeriesOccurrence> Occurrences, int Bookable, bool IsComplete);

/// <summary>
/// <c>PATCH /api/v1/series/{id}?scope=this|following|all&amp;occurrence=</c>: absent members stay as they are. What has begun
/// never changes.
/// </summary>
/// <param name="Start">
/// Where the occurrence goes, local in the zone of the series; the others move by as much, in wall-clock time.
/// </param>
public sealed record UpdateSeriesRequest(
    Moment? Start = null,
    [property: Range(1, 10_080)] int? DurationMinutes = null,
    [property: MaxLength(50)] IReadOnlyList<long>? ResourceIds = null,
    [property: FreeText, StringLength(2000)] string? Note = null,
    bool SkipConflicts = false);

/// <summary><c>POST /api/v1/series/{id}/cancel</c></summary>
/// <param name="Scope"><c>this</c>, <c>following</c> or <c>all</c>.</param>
/// <param name="Occurrence">The local time of the occurrence, for <c>this</c> and <c>following</c>.</param>
public sealed record CancelSeriesRequest(
    [property: RegularExpression("^(this|following|all)$")] string Scope = "all",
    Moment? Occurrence = null,
    [property: FreeText, StringLength(500)] string? Reason = null,
    bool WaivePolicy = false);

/// <summary>The states of a series, as text on the wire and in the tables.</summary>
public static class SeriesStatuses
{
    public const string Active = "active";

    /// <summary>None of its dates is still to come.</summary>
    public const string Cancelled = "cancelled";
}
