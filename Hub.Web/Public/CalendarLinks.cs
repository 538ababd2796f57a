using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using Platform.Contracts.Bookings;

namespace Platform.Hub.Web.Public;

/// <summary>Links that put a booking into calendars on the web. Others take the iCalendar file.</summary>
public static class CalendarLinks
{
    public static string Google(PublicBookingResponse booking, PublicSite site) =>
        QueryHelpers.AddQueryString("https://calendar.google.com/calendar/render", new Dictionary<string, string?>
        {
            ["action"] = "TEMPLATE",
            ["text"] = Title(booking, site),
            ["dates"] = $"{Compact(booking.Start)}/{Compact(booking.End)}",
            ["ctz"] = booking.TimeZone,
            ["location"] = site.Page.Place,
        });

    public static string Outlook(PublicBookingResponse booking, PublicSite site) =>
        QueryHelpers.AddQueryString("https://outlook.live.com/calendar/0/deeplink/compose", new Dictionary<string, string?>
        {
            ["path"] = "/calendar/action/compose",
            ["rru"] = "addevent",
            ["subject"] = Title(booking, site),
            ["startdt"] = Utc(booking.Start, "yyyy-MM-dd'T'HH:mm:ss'Z'"),
            ["enddt"] = Utc(booking.End, "yyyy-MM-dd'T'HH:mm:ss'Z'"),
            ["location"] = site.Page.Place,
        });

    private static string Title(PublicBookingResponse booking, PublicSite site) =>
        $"{booking.ServiceName} · {site.Tenant.Name}";

    private static string Compact(DateTimeOffset instant) => Utc(instant, "yyyyMMdd'T'HHmmss'Z'");

    private static string Utc(DateTimeOffset instant, string format) =>
        instant.UtcDateTime.ToString(format, CultureInfo.InvariantCulture);
}
