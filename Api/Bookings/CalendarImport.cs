using NodaTime;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Core;
using Platform.Core.Bookings;
using Platform.Core.Calendars;

namespace Platform.Api.Bookings;

/// <summary>Bookings out of the events of an iCalendar file (RFC 5545).</summary>
internal static class CalendarImport
{
    private const string RecurrenceId = "RECURRENCE-ID";

    /// <param name="zone">The tenant's: of times that name none, and of whole days.</param>
    /// <param name="isNamed">Whether the order names the service, so that SUMMARY need not.</param>
    public static ImportedFile Read(string text, DateTimeZone zone, bool isNamed, int maxRows)
    {
        if (!text.Contains("BEGIN:VCALENDAR", StringComparison.OrdinalIgnoreCase))
        {
            return ImportedFile.Unreadable("It is no calendar.");
        }

        var entries = CalendarReader.Read(text, zone);
        return entries.Count > maxRows
            ? ImportedFile.TooMany(maxRows)
            : new([.. entries.Select((entry, i) => Row(new(i + 1, entry.Line), entry, isNamed))], [], null);
    }

    private static ImportRow Row(ImportRow row, CalendarEntry entry, bool isNamed)
    {
        if (entry.Event is not { Event: var e } imported)
        {
            return row with { Unreadable = new(RejectionKind.Invalid, CodeOf(entry.Error!.Code), entry.Error.Detail) };
        }

        var moved = imported.OtherDates.FirstOrDefault(d => d.StartsWith(RecurrenceId, StringComparison.OrdinalIgnoreCase));
        var isRepeated = imported.Rule is not null || imported.OtherDates.Any(d => d != moved);
        return row with
        {
            ExternalId = moved is null ? e.Uid : $"{e.Uid}/{moved[(moved.LastIndexOf(':') + 1)..]}",
            HasUid = true,
            Start = e.Start,
            End = e.End,
            TimeZone = imported.Zone == DateTimeZone.Utc ? null : imported.Zone.Id,
            Service = isNamed ? null : Filled(e.Summary),
            Location = Filled(e.Location),
            Client = ClientOf(imported),
            Status = e.Status?.ToString(),
            Note = NoteOf(e),
            Unreadable = isRepeated
                ? new(RejectionKind.Invalid, Codes.InvalidRecurrence, "What repeats is booked as a series.", "RRULE")
                : null,
        };
    }

    /// <summary>Whoever it is for, else whoever called it.</summary>
    private static ClientDetails? ClientOf(ImportedEvent imported)
    {
        var organizer = imported.Event.Organizer;
        var guest = imported.Attendees.FirstOrDefault(a => a.Email is null || a.Email != organizer?.Email)
            ?? (organizer?.Email is { } email ? new Attendee(organizer.Name, email) : null);
        return guest is null ? null : new(guest.Name, guest.Email);
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
