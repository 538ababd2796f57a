using NodaTime;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Contracts.Catalogue;
using Platform.Core.Availability;

namespace Platform.Core.Bookings;

/// <summary>Which changes of a booking are allowed.</summary>
public static class BookingRules
{
    private static readonly Dictionary<string, string[]> Transitions = new()
    {
        [BookingStatuses.Held] = [BookingStatuses.Pending, BookingStatuses.Confirmed, BookingStatuses.Expired],
        [BookingStatuses.Pending] =
        [
            BookingStatuses.Confirmed, BookingStatuses.Rejected, BookingStatuses.Expired, BookingStatuses.Cancelled,
        ],
        [BookingStatuses.Confirmed] =
        [
            BookingStatuses.CheckedIn, BookingStatuses.Completed, BookingStatuses.NoShow, BookingStatuses.Cancelled,
        ],
        [BookingStatuses.CheckedIn] = [BookingStatuses.Completed],
        [BookingStatuses.NoShow] = [BookingStatuses.Confirmed, BookingStatuses.CheckedIn], // they came after all
    };

    public static Rejection? Transition(string from, string to) =>
        Transitions.TryGetValue(from, out var reachable) && reachable.Contains(to)
            ? null
            : InvalidTransition(from, to);

    public static Rejection InvalidTransition(string from, string to) =>
        new(RejectionKind.Conflict, Codes.InvalidTransition, $"A booking that is {from} cannot become {to}.");

    /// <summary>Whether a booking in this state keeps others from its resources.</summary>
    public static bool Blocks(string status) =>
        status is not (BookingStatuses.Cancelled or BookingStatuses.Rejected or BookingStatuses.Expired);

    /// <summary>Whether a booking in this state may still move, and change who and what it is for.</summary>
    public static Rejection? Changeable(string status) =>
        status is BookingStatuses.Pending or BookingStatuses.Confirmed
            ? null
            : new(RejectionKind.Conflict, Codes.InvalidTransition, $"A booking that is {status} cannot be changed.");

    /// <summary>A booking that has begun cannot be moved, except as a correction.</summary>
    public static Rejection? NotBegun(Booking booking, bool correct, DateTimeOffset now) =>
        correct || now < booking.StartAt ? null : new(
            RejectionKind.Invalid, Codes.BookingBegun,
            $"The booking began at {PlatformJson.WriteInstant(booking.StartAt)}; it can no longer be moved.");

    /// <summary>A request whose time has come expires; nobody confirms it any more.</summary>
    public static Rejection? ConfirmedInTime(Booking booking, DateTimeOffset now) =>
        now < booking.StartAt ? null
        : now < booking.EndAt ? new(
            RejectionKind.Invalid, Codes.BookingBegun,
            $"Its time began at {PlatformJson.WriteInstant(booking.StartAt)}; it can no longer be confirmed.")
        : new(
            RejectionKind.Invalid, Codes.BookingEnded,
            $"Its time ended at {PlatformJson.WriteInstant(booking.EndAt)}; it can no longer be confirmed.");

    /// <summary>
    /// A booking that has ended took place or did not. Cancelling it would say neither, except as a correction.
    /// </summary>
    public static Rejection? NotEnded(Booking booking, bool correct, DateTimeOffset now) =>
        correct || now < booking.EndAt ? null : new(
            RejectionKind.Invalid, Codes.BookingEnded,
            $"The booking ended at {PlatformJson.WriteInstant(booking.EndAt)}; it can no longer be changed.");

    /// <summary>Whether somebody came is known from the start on.</summary>
    public static Rejection? HasBegun(Booking booking, DateTimeOffset now) =>
        now >= booking.StartAt
            ? null
            : new(
                RejectionKind.Conflict, Codes.InvalidTransition,
                $"The booking begins at {PlatformJson.WriteInstant(booking.StartAt)}.");

    public static Rejection? CheckIn(Booking booking, CheckInPolicy policy, DateTimeOffset now)
    {
        if (policy.OpensMinutesBefore is { } opens && now < booking.StartAt.AddMinutes(-opens))
        {
            return new(RejectionKind.Conflict, Codes.InvalidTransition, $"Check-in opens {opens} minutes before the start.");
        }

        return policy.ReleaseMinutesAfter is { } closes && now >= booking.StartAt.AddMinutes(closes)
            ? new(RejectionKind.Conflict, Codes.InvalidTransition, "The allocation was released.")
            : null;
    }

    /// <summary>
    /// What cancelling costs by the booking's own policy, by the server's clock; or that it is too late.
    /// </summary>
    public static Result<decimal?> CancellationFee(Booking booking, bool waive, DateTimeOffset now)
    {
        if (waive || booking.CancelDeadline is not { } deadline || now <= deadline) return (decimal?)null;

        return booking.CancelFee is { } fee
            ? fee
            : new Rejection(
                RejectionKind.Invalid, Codes.CancellationClosed,
                $"The booking could be cancelled until {PlatformJson.WriteInstant(deadline)}.");
    }

    /// <summary>The instant that a caller means.</summary>
    /// <param name="zone">Of a wall-clock time.</param>
    public static Result<DateTimeOffset> StartOf(Moment moment, string? zone)
    {
        if (zone is not null && ZoneRules.Find(zone) is null) return UnknownZone;
        if (moment.Instant is { } instant) return instant.ToUniversalTime();
        if (zone is null) return ZoneMissing;

        return ZoneRules.ToInstantStrictly(LocalDateTime.FromDateTime(moment.Local!.Value), ZoneRules.Get(zone)) is { } start
            ? start
            : Nonexistent("start");
    }

    /// <summary>The resources that were asked for; all those of a requirement for which none was.</summary>
    public static IReadOnlyList<Candidate> Requested(IReadOnlyList<Candidate> all, IReadOnlyList<long> requestedIds) =>
        requestedIds.Count == 0 ? all :
        [
            .. all.GroupBy(c => c.Requirement).SelectMany(requirement =>
            {
                var wanted = requirement.Where(c => requestedIds.Contains(c.ResourceId)).ToList();
                return wanted.Count > 0 ? wanted : [.. requirement];
            }),
        ];

    public static Rejection Conflict { get; } =
        new(RejectionKind.Conflict, Codes.BookingConflict, "That time has been taken.");

    public static Rejection BusyElsewhere { get; } =
        new(RejectionKind.Conflict, Codes.BusyElsewhere, "That time is busy in another calendar.");

    public static Rejection Held { get; } =
        new(RejectionKind.Conflict, Codes.SlotHeld, "The time is held by another client.");

    public static Rejection Full { get; } =
        new(RejectionKind.Conflict, Codes.CapacityFull, "Not enough places are left.", "partySize");

    public static Rejection HoldExpired { get; } =
        new(RejectionKind.Conflict, Codes.HoldExpired, "The hold has expired or was used.", "holdToken");

    public static Rejection HoldUsed(long bookingId) =>
        new(RejectionKind.Conflict, Codes.HoldUsed, "The hold has become a booking; cancel that instead.")
        {
            Extras = new() { BookingId = bookingId },
        };

    /// <param name="field">The member of the request that says something else than the hold.</param>
    public static Rejection HoldMismatch(string field) =>
        new(RejectionKind.Conflict, Codes.HoldMismatch, $"The hold is for another {field}.", field);

    public static Rejection LimitReached { get; } =
        new(RejectionKind.Invalid, Codes.LimitReached, "The service accepts no more bookings at that time.", "start");

    public static Rejection UnknownService { get; } =
        new(RejectionKind.Missing, Codes.UnknownService, "The service does not exist.", "serviceId");

    public static Rejection UnknownClient { get; } =
        new(RejectionKind.Missing, Codes.NotFound, "The client does not exist.", "clientId");

    public static Rejection ClientMissing { get; } = new(
        RejectionKind.Invalid, Codes.ValidationFailed, "`client` is needed, unless the hold is an offer of the waitlist.", "client");

    public static Rejection UnknownLength { get; } = new(
        RejectionKind.Invalid, Codes.InvalidDuration, "The duration must be one of the service's durations.", "durationMinutes");

    public static Rejection UnknownZone { get; } =
        new(RejectionKind.Invalid, Codes.UnknownTimeZone, "The time zone must be an IANA name.", "timeZone");

    public static Rejection ZoneMissing { get; } = new(
        RejectionKind.Invalid, Codes.TimeZoneMissing, "A time without an offset requires a time zone.", "timeZone");

    public static Rejection Nonexistent(string field) =>
        new(RejectionKind.Invalid, Codes.NonexistentLocalTime, "The local time does not exist: clocks are set forward over it.", field);

    public static Rejection NonexistentDate(string field, string zone) =>
        new(RejectionKind.Invalid, Codes.NonexistentLocalDate, $"There is no such day in {zone}.", field);

    public static Rejection UnknownResource(string field) =>
        new(RejectionKind.Missing, Codes.UnknownResource, "The service has no such resource.", field);

    public static Rejection Closed { get; } =
        new(RejectionKind.Invalid, Codes.OutsideAvailability, "No slot starts at that time.", "start");
}
