using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using Platform.Core.Bookings;
using Platform.Core.Bookings.Imports;
using Platform.Core.ICalendar;
using Platform.Core.Storage;

namespace Platform.Api.Calendars;

/// <summary>Bookings as an iCalendar file.</summary>
internal static class BookingCalendar
{
    public const string ContentType = "text/calendar; charset=utf-8";

    private const string ProductId = "-//Platform//Bookings//EN";

    /// <summary>Of many bookings, those that take time.</summary>
    public static FileContentHttpResult Of(
        IReadOnlyList<BookingView> bookings, string? name, bool details, TenantContext tenant,
        OrganizerOptions organizer) =>
        File([.. bookings.Where(view => CalendarEntryRules.IsShown(view.Booking.Status))], name, details, tenant, organizer);

    /// <summary>Of one booking, whatever became of it: a calendar that has it learns that it is cancelled.</summary>
    /// <param name="details">Who comes, how to reach them, and the note of staff.</param>
    public static FileContentHttpResult Of(
        BookingView booking, TenantContext tenant, OrganizerOptions organizer, bool details = true) =>
        File([booking], name: null, details, tenant, organizer);

    /// <summary>
    /// It has no time of the request, so that the same bookings are the same bytes; callers that have them
    /// already get 304.
    /// </summary>
    private static FileContentHttpResult File(
        IReadOnlyList<BookingView> bookings, string? name, bool details, TenantContext tenant,
        OrganizerOptions organizer)
    {
        var changed = bookings.Select(view => view.Booking.UpdatedAt).DefaultIfEmpty(DateTimeOffset.UnixEpoch).Max();
        var text = CalendarWriter.Write(
            new(ProductId, changed, CalendarMethod.Publish, name, tenant.TimeZone),
            bookings.Select(view => EventOf(view, details, new(tenant.Name, organizer.Address))));
        var content = Encoding.UTF8.GetBytes(text);

        return TypedResults.Bytes(
            content, ContentType, lastModified: changed,
            entityTag: new($"\"{Convert.ToHexStringLower(SHA256.HashData(content)[..16])}\""));
    }

    private static CalendarEvent EventOf(BookingView view, bool details, Organizer organizer)
    {
        var (booking, client) = (view.Booking, details ? view.Client : null);
        return new()
        {
            Uid = booking.Uid,
            Sequence = CalendarEntryRules.SequenceOf(booking.Status, booking.Sequence),
            Start = booking.StartAt,
            End = booking.EndAt,
            Stamp = booking.UpdatedAt,
            Created = booking.CreatedAt,
            LastModified = booking.UpdatedAt,
            Summary = client is null ? view.ServiceName : $"{view.ServiceName}: {client.Name}",
            Description = client is null ? null : Lines(client.Email, client.Phone, booking.Note),
            Location = view.Resources.Count > 0 ? string.Join(", ", view.Resources.Select(r => r.Name)) : null,
            Organizer = organizer,
            Status = CalendarEntryRules.StatusOf(booking.Status),
        };
    }

    private static string? Lines(params IEnumerable<string?> lines) =>
        string.Join('\n', lines.Where(line => line is not null)) is { Length: > 0 } text ? text : null;
}
