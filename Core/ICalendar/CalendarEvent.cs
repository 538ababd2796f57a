using NodaTime;

namespace Platform.Core.ICalendar;

public enum CalendarStatus
{
    Tentative,
    Confirmed,
    Cancelled,
}

/// <summary>RFC 5546: what the receiver is to do with it.</summary>
public enum CalendarMethod
{
    Publish,
    Request,
    Cancel,
}

/// <param name="Email">Null writes a name without an address.</param>
public sealed record Organizer(string Name, string? Email = null);

/// <summary>An event (VEVENT of RFC 5545). Instants are in UTC and are written to the second.</summary>
public sealed record CalendarEvent
{
    /// <summary>The same for ever, so that a later version replaces this one.</summary>
    public required string Uid { get; init; }

    public required DateTimeOffset Start { get; init; }

    public required DateTimeOffset End { get; init; }

    /// <summary>DTSTAMP: when this version of it was written.</summary>
    public DateTimeOffset? Stamp { get; init; }

    public string? Summary { get; init; }

    public string? Description { get; init; }

    public string? Location { get; init; }

    public CalendarStatus? Status { get; init; }

    /// <summary>The version; a calendar ignores one that is lower than what it has.</summary>
    public int Sequence { get; init; }

    public Organizer? Organizer { get; init; }

    /// <summary>Who is invited; with a method other than PUBLISH.</summary>
    public Attendee? Attendee { get; init; }

    /// <summary>
    /// IANA name of the zone that its times are written in; UTC when it has no zone or an unknown one.
    /// </summary>
    public string? Zone { get; init; }

    public DateTimeOffset? Created { get; init; }

    public DateTimeOffset? LastModified { get; init; }
}

/// <summary>The properties before the events.</summary>
/// <param name="ProductId">PRODID, such as <c>-//Platform//Bookings//EN</c>.</param>
/// <param name="Stamp">DTSTAMP of the events that have none of their own.</param>
/// <param name="Name">What calendars show for it.</param>
/// <param name="Zone">IANA name of the zone that a calendar may show it in.</param>
public sealed record CalendarHeader(
    string ProductId, DateTimeOffset Stamp, CalendarMethod? Method = null, string? Name = null, string? Zone = null);

/// <summary>An event from elsewhere, with what it takes to repeat it.</summary>
/// <param name="LocalStart">Midnight of the first day if it lasts all day.</param>
/// <param name="Zone">What <paramref name="LocalStart"/> is to be read in.</param>
/// <param name="Rule">The value of RRULE as written in the file.</param>
/// <param name="OtherDates">The unfolded lines of EXDATE, RDATE and RECURRENCE-ID as written in the file.</param>
public sealed record ImportedEvent(
    CalendarEvent Event,
    LocalDateTime LocalStart,
    DateTimeZone Zone,
    bool IsAllDay,
    string? Rule,
    IReadOnlyList<string> OtherDates)
{
    /// <summary>The people it is for; rooms and things are left out.</summary>
    public IReadOnlyList<Attendee> Attendees { get; init; } = [];

    /// <summary>
    /// Whether its times mean those of whatever place it is at: whole days, and times without a zone.
    /// </summary>
    public bool IsFloating { get; init; }

    /// <summary>False where neither DTEND nor DURATION says when a time ends; <c>End</c> is its start then.</summary>
    public bool HasEnd { get; init; } = true;

    /// <summary>TRANSP:TRANSPARENT: nobody is busy for it.</summary>
    public bool IsTransparent { get; init; }

    /// <summary>
    /// Which occurrence of a series it replaces: RECURRENCE-ID in UTC, a date, or a floating time. Null for an event of
    /// its own.
    /// </summary>
    public string? Occurrence { get; init; }
}

/// <param name="Email">Null where only a name is known.</param>
public sealed record Attendee(string Name, string? Email = null);

/// <summary>Why an event cannot be taken over.</summary>
/// <param name="Code">One of <see cref="CalendarErrors"/>.</param>
/// <param name="Detail">For a person to read: the property and what is wrong with it.</param>
public sealed record CalendarError(string Code, string Detail);

/// <summary>One VEVENT of a text: the event, or why it is invalid.</summary>
/// <param name="Line">Of its BEGIN:VEVENT, from 1.</param>
public sealed record CalendarEntry(int Line, ImportedEvent? Event, CalendarError? Error);

public static class CalendarErrors
{
    public const string Missing = "MISSING_PROPERTY";
    public const string Repeated = "REPEATED_PROPERTY";
    public const string Invalid = "INVALID_PROPERTY";
    public const string LineTooLong = "LINE_TOO_LONG";
    public const string Unfinished = "UNFINISHED_EVENT";
    public const string TooMany = "TOO_MANY_EVENTS";
    public const string UnknownTimeZone = "UNKNOWN_TIME_ZONE";
    public const string NonexistentLocalTime = "NONEXISTENT_LOCAL_TIME";
    public const string EmptyRange = "EMPTY_RANGE";
}
