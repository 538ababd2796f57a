using Platform.Contracts.Bookings;
using Platform.Contracts.Events;
using Platform.Core.Clients;
using Platform.Core.Storage;

namespace Platform.Core.Bookings;

/// <summary>A booking with the names that answers and events carry.</summary>
public sealed record BookingView(
    Booking Booking, string ServiceName, IReadOnlyList<BookedResource> Resources, Client? Client)
{
    public BookingResponse ToResponse() => new(
        Booking.Id, Booking.Uid, Booking.ServiceId, ServiceName, Booking.StartAt, Booking.EndAt, Booking.TimeZone,
        Booking.Status, Resources, Client is null ? null : new(Client.Id, Client.Name, Client.Email), Booking.Note,
        Booking.Version, Booking.CreatedAt);

    /// <param name="tenant">Its language is for a client who has chosen none, or where there is no client.</param>
    public BookingSnapshot ToSnapshot(TenantContext tenant) => new(
        Booking.Id, Booking.Uid, Booking.ServiceId, ServiceName, Booking.StartAt, Booking.EndAt, Booking.TimeZone,
        Booking.Status, [.. Resources.Select(r => r.Id)], [.. Resources.Select(r => r.Name)], Client?.Id,
        Client?.Name, Client?.Email, Client?.Locale ?? tenant.Locale, tenant.Name);
}
