using System.ComponentModel.DataAnnotations;

namespace Platform.Contracts.Calendars;

/// <summary>What an outside calendar is read as.</summary>
public static class CalendarKinds
{
    /// <summary>A URL at which the whole calendar is a file.</summary>
    public const string Ics = "ics";

    /// <summary>A calendar of a CalDAV server (RFC 4791). Bookings are written to it as well.</summary>
    public const string CalDav = "caldav";

    public const string Pattern = "^(ics|caldav)$";
}

/// <summary>Why an outside calendar could not be read.</summary>
public static class CalendarProblems
{
    public const string Unreachable = "unreachable";
    public const string Timeout = "timeout";

    /// <summary>401 or 403.</summary>
    public const string Unauthorized = "unauthorized";

    /// <summary>404.</summary>
    public const string NotFound = "not_found";

    /// <summary>410.</summary>
    public const string Gone = "gone";

    /// <summary>Another status that is no success.</summary>
    public const string Refused = "refused";
    public const string TooLarge = "too_large";

    /// <summary>What is there is no calendar, as the page of a sign-in is.</summary>
    public const string NotACalendar = "not_a_calendar";

    /// <summary>The host is not on the public internet.</summary>
    public const string NotAllowed = "not_allowed";

    /// <summary>What was stored cannot be decrypted any more; connect the calendar again.</summary>
    public const string UnreadableSecret = "unreadable_secret";

    public static readonly IReadOnlyList<string> All =
    [
        Unreachable, Timeout, Unauthorized, NotFound, Gone, Refused, TooLarge, NotACalendar, NotAllowed, UnreadableSecret,
    ];
}

/// <summary><c>GET /api/v1/busy-times</c>: when a resource is busy in an outside calendar.</summary>
/// <param name="Start">UTC.</param>
/// <param name="End">UTC, exclusive.</param>
public sealed record BusyTimeResponse(long ResourceId, DateTimeOffset Start, DateTimeOffset End);

/// <summary>A calendar elsewhere whose busy times are taken times of a resource.</summary>
/// <param name="Kind"><c>ics</c> or <c>caldav</c>.</param>
/// <param name="Url">Without what is secret in it: it is not shown again.</param>
/// <param name="LastPolledAt">Null before the first poll.</param>
/// <param name="LastSuccessAt">When it last could be read.</param>
/// <param name="LastError">Null if the last poll succeeded. Busy times stay as they were last read.</param>
/// <param name="BusyTimes">Occurrences of events that are known, from yesterday on.</param>
/// <param name="Unreadable">Events that could not be read, and so keep nobody out.</param>
/// <param name="NextPollAt">When it is read again, at the latest.</param>
/// <param name="PendingBookings">Bookings that are still to be written to it; 0 for <c>ics</c>.</param>
/// <param name="FailedBookings">Bookings that its server refuses; they are tried again, ever more seldom.</param>
/// <param name="Version">The value of the <c>ETag</c>.</param>
public sealed record OutsideCalendarResponse(
    long Id,
    long ResourceId,
    string Kind,
    string Name,
    string Url,
    DateTimeOffset? LastPolledAt,
    DateTimeOffset? LastSuccessAt,
    OutsideCalendarError? LastError,
    int BusyTimes,
    int Unreadable,
    DateTimeOffset? NextPollAt,
    int PendingBookings,
    int FailedBookings,
    long Version) : StampedResponse;

/// <param name="Code">Of <see cref="CalendarProblems"/>.</param>
/// <param name="Message">The same in words.</param>
/// <param name="Status">What the server answered, where it did.</param>
public sealed record OutsideCalendarError(string Code, string Message, int? Status);

/// <summary><c>POST /api/v1/resources/{id}/calendars</c></summary>
/// <param name="Name">What people call it.</param>
/// <param name="Url">
/// With https, on port 443 or 8443 of a public host; <c>webcal:</c> means https. Of <c>caldav </c> it is that of the
/// calendar, not of the server.
/// </param>
/// <param name="Kind"><c>ics</c> when absent.</param>
/// <param name="UserName">Only of <c>caldav</c>.</param>
/// <param name="Password">Only of <c>caldav</c>; stored encrypted, and never shown. An app password where there are such.</param>
public sealed record CreateOutsideCalendarRequest(
    [property: Required, StringLength(100, MinimumLength = 1), FreeText] string Name,
    [property: Required, StringLength(2000)] string Url,
    [property: RegularExpression(CalendarKinds.Pattern)] string? Kind = null,
    [property: StringLength(200)] string? UserName = null,
    [property: StringLength(500)] string? Password = null)
{
    /// <summary>Without the secrets: records write all their members.</summary>
    public override string ToString() => $"{nameof(CreateOutsideCalendarRequest)} {Name}";
}

/// <summary><c>GET,POST /api/v1/me/feed</c></summary>
/// <param name="Path">The address to subscribe to, below the API's own; it is shown only once.</param>
/// <param name="Details">Whether the feed names the clients.</param>
public sealed record PersonFeedResponse(bool Exists, bool Details, string? Token = null, string? Path = null);
