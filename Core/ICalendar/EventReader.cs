using System.Globalization;

namespace Platform.Core.ICalendar;

/// <summary>Collects the lines of one VEVENT and makes an event of them.</summary>
/// <param name="isCancellation">Whether its calendar says so of all that are in it.</param>
internal sealed class EventReader(int line, CalendarZones zones, bool isCancellation)
{
    private static readonly HashSet<string> Single =
    [
        "UID", "DTSTAMP", "DTSTART", "DTEND", "DURATION", "SUMMARY", "DESCRIPTION", "LOCATION", "STATUS", "SEQUENCE",
        "ORGANIZER", "CREATED", "LAST-MODIFIED", "RRULE", "TRANSP", MicrosoftBusy,
    ];

    /// <summary>How Outlook says it, in some files without TRANSP.</summary>
    private const string MicrosoftBusy = "X-MICROSOFT-CDO-BUSYSTATUS";

    private static readonly HashSet<string> Dates = ["EXDATE", "RDATE", "RECURRENCE-ID"];

    private readonly Dictionary<string, Property> _properties = [];
    private readonly List<string> _dates = [];
    private readonly List<Attendee> _attendees = [];
    private CalendarError? _error;
    private int _nested;

    public void Add(ContentLine content)
    {
        const StringComparison anyCase = StringComparison.OrdinalIgnoreCase;

        if (content.Text.StartsWith("BEGIN:", anyCase)) _nested++;
        else if (content.Text.StartsWith("END:", anyCase)) _nested = Math.Max(_nested - 1, 0);
        else if (_nested == 0 && content.ToProperty() is { } property) Add(property, content.IsTooLong);
    }

    public CalendarEntry Unfinished() =>
        new(line, null, new(CalendarErrors.Unfinished, "The event or a part of it has no END."));

    public CalendarEntry ToEntry()
    {
        if (_nested > 0) return Unfinished();
        if (_error is not null) return Refused(_error);
        if (Text("UID") is not { Length: > 0 } uid) return Refused(new(CalendarErrors.Missing, "UID is missing."));
        if (Find("DTSTART") is not { } dtstart) return Refused(new(CalendarErrors.Missing, "DTSTART is missing."));

        var (start, startError) = EventTime.Read(dtstart, zones);
        if (start is null) return Refused(startError!);

        var (end, endError) = EventEnd.Of(start, Find("DTEND"), Find("DURATION"), zones);
        if (endError is not null) return Refused(endError);

        var (occurrence, unreadable) = Occurrence();
        if (unreadable is not null) return Refused(unreadable);

        var read = new CalendarEvent
        {
            Uid = uid,
            Start = start.Instant,
            End = end ?? start.Instant,
            Stamp = Instant("DTSTAMP"),
            Summary = Text("SUMMARY"),
            Description = Text("DESCRIPTION"),
            Location = Text("LOCATION"),
            Status = Status(),
            Sequence = Sequence(),
            Organizer = Organizer(),
            Created = Instant("CREATED"),
            LastModified = Instant("LAST-MODIFIED"),
        };
        return new(
            line,
            new(read, start.Local, start.Zone, start.IsDate, Find("RRULE")?.Value, _dates)
            {
                Attendees = _attendees,
                IsFloating = start.IsFloating && IsFloating("DTEND"),
                HasEnd = end is not null,
                IsTransparent = Find("TRANSP")?.Value.Trim().ToUpperInvariant() is "TRANSPARENT"
                    || Find(MicrosoftBusy)?.Value.Trim().ToUpperInvariant() is "FREE",
                Occurrence = occurrence,
            },
            null);
    }

    private void Add(Property property, bool isTooLong)
    {
        if (property.Name == "ATTENDEE" && !isTooLong && AttendeeOf(property) is { } attendee) _attendees.Add(attendee);

        var isDate = Dates.Contains(property.Name);
        if (!isDate && !Single.Contains(property.Name)) return;

        if (isTooLong)
        {
            _error ??= new(CalendarErrors.LineTooLong, $"{property.Name} has over {ContentLine.MaxLength} characters.");
        }
        else if (isDate)
        {
            _dates.Add(property.Line);
            if (property.Name == "RECURRENCE-ID") _properties.TryAdd(property.Name, property);
        }
        else if (!_properties.TryAdd(property.Name, property))
        {
            _error ??= new(CalendarErrors.Repeated, $"{property.Name} is given twice.");
        }
    }

    private CalendarEntry Refused(CalendarError error) => new(line, null, error);

    private Property? Find(string name) => _properties.GetValueOrDefault(name);

    private string? Text(string name) => Find(name) is { } property ? CalendarText.Unescape(property.Value) : null;

    /// <summary>Null also where it cannot be read: no event is lost for the date of its last change.</summary>
    private DateTimeOffset? Instant(string name) =>
        Find(name) is { } property ? EventTime.Read(property, zones).Time?.Instant : null;

    private bool IsFloating(string name) =>
        Find(name) is not { } property || EventTime.Read(property, zones).Time is { IsFloating: true };

    /// <summary>In UTC, since programs name the same occurrence in one zone or another.</summary>
    private (string? Occurrence, CalendarError? Error) Occurrence()
    {
        if (Find("RECURRENCE-ID") is not { } property) return default;

        var (time, error) = EventTime.Read(property, zones);
        return time is null ? (null, error)
            : time.IsDate ? (time.Local.ToString("uuuuMMdd", CultureInfo.InvariantCulture), null)
            : time.IsFloating ? (time.Local.ToString("uuuuMMdd'T'HHmmss", CultureInfo.InvariantCulture), null)
            : (time.Instant.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture), null);
    }

    private CalendarStatus? Status() => Find("STATUS")?.Value.Trim().ToUpperInvariant() switch
    {
        _ when isCancellation => CalendarStatus.Cancelled,
        "TENTATIVE" => CalendarStatus.Tentative,
        "CONFIRMED" => CalendarStatus.Confirmed,
        "CANCELLED" => CalendarStatus.Cancelled,
        _ => null,
    };

    private int Sequence() =>
        int.TryParse(Find("SEQUENCE")?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)
            ? sequence
            : 0;

    private Organizer? Organizer()
    {
        if (Find("ORGANIZER") is not { } property) return null;

        var email = AddressOf(property);
        return (property["CN"] ?? email) is { } name ? new(name, email) : null;
    }

    private static Attendee? AttendeeOf(Property property)
    {
        var email = AddressOf(property);
        var isPerson = property["CUTYPE"]?.ToUpperInvariant() is null or "INDIVIDUAL" or "UNKNOWN";
        return isPerson && (property["CN"] ?? email) is { } name ? new(name, email) : null;
    }

    /// <summary>Apple writes its own number of a person as the value, and the address as a parameter.</summary>
    private static string? AddressOf(Property property)
    {
        const string scheme = "mailto:";
        var value = property.Value.Trim();
        if (value.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)) value = value[scheme.Length..].Trim();
        return value.Contains('@') && !value.Contains(':') ? value : property["EMAIL"];
    }
}
