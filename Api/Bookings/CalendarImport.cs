using NodaTime;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Contracts.People;
using Platform.Core;
using Platform.Core.Availability;
using Platform.Core.Bookings.Imports;
using Platform.Core.ICalendar;

namespace Platform.Api.Bookings;

/// <summary>Bookings out of the events of an iCalendar file (RFC 5545).</summary>
internal static class CalendarImport
{
    private static readonly Rejection Repeats =
        new(RejectionKind.Invalid, Codes.InvalidRecurrence, "A recurring event cannot be imported; create a series.", "RRULE");

    /// <param name="zone">The tenant's: of times that name none, until it is known which resource they take.</param>
    /// <param name="isNamed">Whether the order names the service, so that SUMMARY need not.</param>
    public static BookingFile Read(string text, DateTimeZone zone, bool isNamed, int maxRows)
    {
        if (!text.Contains("BEGIN:VCALENDAR", StringComparison.OrdinalIgnoreCase))
        {
            return BookingFile.Unreadable("The file is not a calendar.");
        }

        var entries = CalendarReader.Read(text, zone);
        if (entries.Count > maxRows) return BookingFile.TooMany(maxRows);

        var series = entries.Where(IsSeries).Select(entry => entry.Event!.Event.Uid).ToHashSet(StringComparer.Ordinal);
        var rows = entries.Select((entry, i) => Row(new(i + 1, entry.Line), entry, series, isNamed)).ToList();
        return new([.. LatestOnly(rows, entries)], [], null);
    }

    /// <summary>A moved date may apply to all that follow it.</summary>
    private static bool IsSeries(CalendarEntry entry) => entry.Event is { } imported
        && (imported.Rule is not null || imported.OtherDates.Any(line =>
            !line.StartsWith("RECURRENCE-ID", StringComparison.OrdinalIgnoreCase)
            || line.Contains("RANGE=", StringComparison.OrdinalIgnoreCase)));

    /// <summary>Of several versions of one event, the last; the others are reported as older.</summary>
    private static IEnumerable<ImportRow> LatestOnly(IReadOnlyList<ImportRow> rows, IReadOnlyList<CalendarEntry> entries)
    {
        var latest = rows.Where(row => row.Unreadable is null).GroupBy(row => row.ExternalId!, StringComparer.Ordinal)
            .ToDictionary(
                versions => versions.Key,
                versions => versions.MaxBy(row => (
                    row.Sequence, Stamp: entries[row.Number - 1].Event!.Event.Stamp ?? default, row.Number))!.Number,
                StringComparer.Ordinal);
        return rows.Select(row => row.Unreadable is null && latest[row.ExternalId!] is var last && last != row.Number
            ? row with { SkippedBecause = $"Row {last} is a later version of it." }
            : row);
    }

    /// <param name="series">The UIDs of what repeats: it is refused as a whole, with the dates that were moved.</param>
    private static ImportRow Row(ImportRow row, CalendarEntry entry, HashSet<string> series, bool isNamed)
    {
        if (entry.Event is not { Event: var e } imported)
        {
            return row with { Unreadable = new(RejectionKind.Invalid, CodeOf(entry.Error!.Code), entry.Error.Detail) };
        }

        return row with
        {
            ExternalId = imported.Occurrence is { } occurrence ? $"{e.Uid}/{occurrence}" : e.Uid,
            HasUid = true,
            Sequence = e.Sequence,
            Start = imported.IsFloating ? Local(imported.LocalStart) : e.Start,
            End = !imported.HasEnd ? null
                : imported.IsFloating ? Local(ZoneRules.LocalOf(e.End, imported.Zone)) : e.End,
            IsFloating = imported.IsFloating,
            IsAllDay = imported.IsAllDay,
            TimeZone = imported.IsFloating ? null : NameOf(imported.Zone),
            Service = isNamed ? null : Filled(e.Summary),
            Location = Filled(e.Location),
            Client = ClientOf(imported),
            Status = e.Status?.ToString(),
            Note = NoteOf(e),
            SkippedBecause = imported.IsTransparent ? "The event does not block time (TRANSP:TRANSPARENT)." : null,
            Unreadable = series.Contains(e.Uid) ? Repeats : null,
        };
    }

    private static Moment Local(LocalDateTime local) => new(null, local.ToDateTimeUnspecified());

    /// <summary>
    /// Null for what only the file calls so, and for an offset: there the instant is all that is known.
    /// </summary>
    private static string? NameOf(DateTimeZone zone) =>
        zone.Id.StartsWith("UTC", StringComparison.Ordinal) || ZoneRules.Find(zone.Id) is null ? null : zone.Id;

    /// <summary>The attendee, otherwise the organizer.</summary>
    private static ClientDetails? ClientOf(ImportedEvent imported)
    {
        var organizer = imported.Event.Organizer;
        var guest = imported.Attendees.FirstOrDefault(
                a => a.Email is null || !a.Email.Equals(organizer?.Email, StringComparison.OrdinalIgnoreCase))
            ?? (organizer?.Email is { } email ? new Attendee(organizer.Name, email) : null);
        return guest is null
            ? null
            : new(guest.Name, guest.Email is { } address ? EmailAddresses.Canonical(address) : null);
    }

    private static string? NoteOf(CalendarEvent e) =>
        Filled(string.Join('\n', new[] { Filled(e.Summary), Filled(e.Description) }.OfType<string>()));

    private static string? Filled(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private static string CodeOf(string error) => error switch
    {
        CalendarErrors.UnknownTimeZone => Codes.UnknownTimeZone,
        CalendarErrors.NonexistentLocalTime => Codes.NonexistentLocalTime,
        CalendarErrors.EmptyRange => Codes.InvalidRange,
        _ => Codes.ValidationFailed,
    };
}
