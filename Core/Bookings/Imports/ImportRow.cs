using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Core.Availability;
using Platform.Core.Bookings.Slots;

namespace Platform.Core.Bookings.Imports;

/// <summary>A booking of another system, as the reader of its file understood it.</summary>
/// <param name="Number">Among the rows of the file, from 1.</param>
/// <param name="Line">Of the file, from 1, where it begins.</param>
public sealed record ImportRow(int Number, int Line)
{
    /// <summary>Why its reader could make nothing of it.</summary>
    public Rejection? Unreadable { get; init; }

    /// <summary>The other system's name for it.</summary>
    public string? ExternalId { get; init; }

    /// <summary>
    /// Whether <see cref="ExternalId"/> is a UID, which no other calendar has given to anything else.
    /// </summary>
    public bool HasUid { get; init; }

    /// <summary>Which version of it this is: SEQUENCE of a calendar, which a later version raises.</summary>
    public int Sequence { get; init; }

    /// <summary>Why it is nothing to import.</summary>
    public string? SkippedBecause { get; init; }
    public Moment? Start { get; init; }

    /// <summary>Exclusive; or <see cref="DurationMinutes"/>, or neither.</summary>
    public Moment? End { get; init; }
    public int? DurationMinutes { get; init; }
    public string? TimeZone { get; init; }

    /// <summary>Whether its local times are those of the resource it takes.</summary>
    public bool IsFloating { get; init; }

    /// <summary>Whether it is whole days: from the first instant of one to that of another, exclusive.</summary>
    public bool IsAllDay { get; init; }

    /// <summary>Number or name.</summary>
    public string? Service { get; init; }

    /// <summary>Numbers or names.</summary>
    public IReadOnlyList<string> Resources { get; init; } = [];

    /// <summary>Where it takes place, in words: a resource if one is called so, else nothing.</summary>
    public string? Location { get; init; }
    public ClientDetails? Client { get; init; }
    public int? PartySize { get; init; }
    public string? Status { get; init; }
    public string? Note { get; init; }

    /// <summary>
    /// To the service's questions and the organisation's fields of bookings, by key; null where it has none.
    /// </summary>
    public IReadOnlyDictionary<string, string>? Answers { get; init; }

    /// <summary>The organisation's fields of clients, by key; null where it has none.</summary>
    public IReadOnlyDictionary<string, string>? ClientFields { get; init; }
}

/// <summary>How a file is imported.</summary>
/// <param name="ServiceId">Of rows that name none.</param>
/// <param name="ResourceId">Of rows that name none.</param>
/// <param name="DryRun">Whether nothing is written.</param>
/// <param name="CorrectedAsync">
/// Records that a booking was changed that had begun, in the transaction of the change.
/// </param>
public sealed record ImportSettings(
    long? ServiceId, long? ResourceId, bool DryRun, string Actor, Func<Booking, CancellationToken, Task> CorrectedAsync);

/// <summary>What a new booking keeps of the one it was in another system.</summary>
public sealed record FormerBooking(string Uid, string Status, int Sequence = 0);

/// <summary>A row that can be a booking, if its place is free.</summary>
/// <param name="Request">Its details, without resources and time.</param>
/// <param name="ResourceIds">Those it has to have; others are chosen.</param>
internal sealed record ImportableBooking(
    ImportRow Row,
    BookableService Service,
    FormerBooking Former,
    CreateBookingRequest Request,
    DateTimeOffset Start,
    ServiceTimes Times,
    IReadOnlyList<long> ResourceIds)
{
    public TimeRange Occupied => Times.Occupied(Start);

    /// <summary>Whether it keeps others from its resources.</summary>
    public bool Blocks => BookingRules.Blocks(Former.Status);
}
