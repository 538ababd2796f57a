using System.Text.Json;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Contracts.Events;
using Platform.Core.Clients;
using Platform.Core.Storage;

namespace Platform.Core.Bookings;

/// <summary>A booking with the names that answers and events carry.</summary>
public sealed record BookingView(
    Booking Booking, string ServiceName, IReadOnlyList<BookedResource> Resources, Client? Client)
{
    internal static readonly JsonElement NoAnswers = JsonSerializer.SerializeToElement(new { });

    public BookingResponse ToResponse() => new(
        Booking.Id, Booking.Uid, Booking.ServiceId, ServiceName, Booking.StartAt, Booking.EndAt, Booking.TimeZone,
        Booking.Status, Resources, Client is null ? null : new(Client.Id, Client.Name, Client.Email), Booking.Note,
        Booking.Version, Booking.PartySize, Booking.Sequence, Booking.BeforeBufferMinutes,
        Booking.AfterBufferMinutes, Money(Booking.Price, Booking.Currency), Booking.CancelDeadline,
        Money(Booking.CancelFee, Booking.CancelCurrency), Money(Booking.FeeDue, Booking.CancelCurrency),
        Booking.CancelReason, Booking.Answers, Booking.SeriesId, Booking.Occurrence, Booking.Source,
        Booking.CheckedInAt)
    {
        Stamps = new(Booking.CreatedAt, Booking.CreatedBy, Booking.UpdatedAt, Booking.UpdatedBy),
    };

    /// <summary>A hold, or what became of it.</summary>
    public HoldResponse ToHold(DateTimeOffset now) => new(
        Booking.Id, Booking.HoldToken!, Booking.ServiceId, Booking.StartAt, Booking.EndAt, Booking.TimeZone, Resources,
        Booking.PartySize, Booking.HoldExpiresAt ?? Booking.UpdatedAt,
        Booking.Status == BookingStatuses.Held && Booking.HoldExpiresAt <= now ? BookingStatuses.Expired : Booking.Status);

    /// <param name="tenant">
    /// Its language is the default for clients without one and for bookings without a client.
    /// </param>
    public BookingSnapshot ToSnapshot(TenantContext tenant) => new(
        Booking.Id, Booking.Uid, Booking.ServiceId, ServiceName, Booking.StartAt, Booking.EndAt, Booking.TimeZone,
        Booking.Status, [.. Resources.Select(r => r.Id)], [.. Resources.Select(r => r.Name)], Client?.Id,
        Client?.Name, Client?.Email, Client?.Locale ?? tenant.Locale, tenant.Name, Booking.Sequence, Booking.Source,
        Money(Booking.Price, Booking.Currency), Money(Booking.FeeDue, Booking.CancelCurrency));

    private static Money? Money(decimal? amount, string? currency) =>
        amount is { } value ? new(value, currency!) : null;
}
