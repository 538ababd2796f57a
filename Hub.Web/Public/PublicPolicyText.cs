using System.Globalization;
using Microsoft.Extensions.Localization;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Contracts.Catalogue;
using Platform.Ui.Localization;
using Platform.Ui.Time;

namespace Platform.Hub.Web.Public;

/// <summary>The rules for cancelling and moving, in words.</summary>
public static class PublicPolicyText
{
    /// <summary>Of a booking that is not made yet.</summary>
    public static string Before(
        CancellationPolicy policy, DateTimeOffset start, TimeZoneInfo zone, IStringLocalizer<HubText> text) =>
        Of(policy.DeadlineMinutes is { } minutes ? start.AddMinutes(-minutes) : null, policy.Fee, zone, text);

    /// <summary>Of a booking that is not cancelled.</summary>
    public static string Of(
        PublicBookingResponse booking, DateTimeOffset now, TimeZoneInfo zone, IStringLocalizer<HubText> text) =>
        IsFree(booking, now) ? Of(booking.CancelDeadline, booking.CancelFee, zone, text)
        : booking.CancelFee is { } fee ? text["Public.Policy.ClosedFee", MoneyText.Of(fee)]
        : text["Public.Policy.Closed"];

    /// <summary>Up to the deadline, that instant included, it can be cancelled freely, and moved.</summary>
    public static bool IsFree(PublicBookingResponse booking, DateTimeOffset now) =>
        booking.CancelDeadline is not { } deadline || now <= deadline;

    public static bool MayCancel(PublicBookingResponse booking, DateTimeOffset now) =>
        IsOpen(booking, now) && (IsFree(booking, now) || booking.CancelFee is not null);

    public static bool MayMove(PublicBookingResponse booking, DateTimeOffset now) =>
        IsOpen(booking, now) && IsFree(booking, now);

    public static string At(DateTimeOffset instant, TimeZoneInfo zone)
    {
        var local = zone.At(instant);
        return string.Create(CultureInfo.CurrentCulture, $"{local:D}, {local:t}");
    }

    private static bool IsOpen(PublicBookingResponse booking, DateTimeOffset now) =>
        booking.Status is BookingStatuses.Pending or BookingStatuses.Confirmed && booking.Start > now;

    private static string Of(DateTimeOffset? deadline, Money? fee, TimeZoneInfo zone, IStringLocalizer<HubText> text) =>
        (deadline, fee) switch
        {
            (null, _) => text["Public.Policy.Free"],
            ({ } until, null) => text["Public.Policy.Until", At(until, zone)],
            ({ } until, { } costs) => text["Public.Policy.UntilFee", At(until, zone), MoneyText.Of(costs)],
        };
}
