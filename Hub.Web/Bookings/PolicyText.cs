using System.Globalization;
using Microsoft.Extensions.Localization;
using Platform.Contracts.Bookings;
using Platform.Contracts.Catalogue;
using Platform.Ui.Localization;
using Platform.Ui.Time;

namespace Platform.Hub.Web.Bookings;

/// <summary>What a cancellation costs, in words.</summary>
internal static class PolicyText
{
    public static string Of(BookingResponse booking, DateTimeOffset now, IStringLocalizer<HubText> text, TimeZoneInfo zone)
    {
        if (booking.CancelDeadline is not { } deadline) return text["Policy.Always"];

        var until = zone.At(deadline).ToString("g", CultureInfo.CurrentCulture);
        return (now <= deadline, booking.CancelFee) switch
        {
            (true, { } fee) => text["Policy.FreeUntilThenFee", until, MoneyText.Of(fee)],
            (true, null) => text["Policy.FreeUntilThenNever", until],
            (false, { } fee) => text["Policy.LateFee", until, MoneyText.Of(fee)],
            (false, null) => text["Policy.LateNever", until],
        };
    }

    /// <summary>Of a service, before anything is booked.</summary>
    public static string Of(CancellationPolicy policy, IStringLocalizer<HubText> text)
    {
        if (policy.DeadlineMinutes is not { } minutes) return text["Policy.Always"];

        var before = minutes % 1440 == 0 && minutes > 0
            ? text[minutes == 1440 ? "Days.one" : "Days.other", minutes / 1440]
            : minutes % 60 == 0 && minutes > 0
                ? text[minutes == 60 ? "Hours.one" : "Hours.other", minutes / 60]
                : text["Book.Minutes", minutes];
        return policy.Fee is { } fee
            ? text["Policy.ServiceFee", before.Value, MoneyText.Of(fee)]
            : text["Policy.ServiceNever", before.Value];
    }

    /// <summary>Whether cancelling now takes more than asking.</summary>
    public static bool IsLate(BookingResponse booking, DateTimeOffset now) => booking.CancelDeadline < now;
}
