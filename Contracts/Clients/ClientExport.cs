using System.Text.Json;
using Platform.Contracts.Bookings;

namespace Platform.Contracts.Clients;

/// <summary><c>GET /api/v1/clients/{id}/export</c>: everything that is held about a person.</summary>
/// <param name="Merged">Records that turned out to be the same person.</param>
/// <param name="Messages">What was mailed to them about their bookings, or still will be.</param>
public sealed record ClientExport(
    DateTimeOffset ExportedAt,
    ClientResponse Client,
    IReadOnlyList<ClientResponse> Merged,
    IReadOnlyList<ExportedBooking> Bookings,
    IReadOnlyList<ExportedSeries> Series,
    IReadOnlyList<ExportedWaitlistEntry> Waitlist,
    IReadOnlyList<ExportedMessage> Messages);

/// <param name="Answers">What was answered to the service's questions, by key.</param>
/// <param name="Price">What it cost when it was booked.</param>
/// <param name="FeeDue">What its cancellation cost.</param>
/// <param name="Source">One of <see cref="BookingSources"/>.</param>
/// <param name="ConsentedAt">When they agreed to their data being kept.</param>
/// <param name="Changes">Its history, oldest first.</param>
public sealed record ExportedBooking(
    BookingResponse Booking,
    JsonElement Answers,
    Money? Price,
    string? CancelReason,
    Money? FeeDue,
    string Source,
    DateTimeOffset? CheckedInAt,
    DateTimeOffset? ConsentedAt,
    IReadOnlyList<ExportedChange> Changes);

/// <param name="Before">The booking as it was; null for the first change.</param>
/// <param name="After">The booking as it became.</param>
public sealed record ExportedChange(
    long Version,
    string EventType,
    DateTimeOffset OccurredAt,
    string Actor,
    JsonElement? Before,
    JsonElement? After);

/// <param name="StartLocal">
/// Local time of the first occurrence in <paramref name="TimeZone"/>, <c>2026-03-29T09:00:00 </c>.
/// </param>
/// <param name="Rrule">RFC 5545.</param>
/// <param name="Status"><c>active</c> or <c>cancelled</c>.</param>
public sealed record ExportedSeries(
    long Id,
    long ServiceId,
    string StartLocal,
    string TimeZone,
    string Rrule,
    string Status,
    string? Note);

/// <param name="From">The earliest acceptable start.</param>
/// <param name="To">The latest acceptable start, exclusive.</param>
/// <param name="Status"><c>waiting</c>, <c>offered</c>, <c>booked</c>, <c>expired</c> or <c>cancelled</c>.</param>
/// <param name="ConsentedAt">When they agreed to their data being kept; null where staff entered them.</param>
public sealed record ExportedWaitlistEntry(
    long Id,
    long ServiceId,
    long? ResourceId,
    DateTimeOffset From,
    DateTimeOffset To,
    int PartySize,
    string Status,
    long? BookingId,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ConsentedAt);

/// <param name="Kind">The event that caused it.</param>
/// <param name="Status"><c>pending</c>, <c>sent</c> or <c>failed</c>.</param>
public sealed record ExportedMessage(
    string Kind,
    string Recipient,
    string Subject,
    string Body,
    string Status,
    DateTimeOffset CreatedAt,
    DateTimeOffset? SentAt);
