using Platform.Ui.Time;

namespace Platform.Hub.Web.Public;

/// <summary>
/// What a browser remembers of a visit until it is closed. Frames of other sites and browsers without cookies do
/// without: then a hold lasts until it ends by itself.
/// </summary>
internal static class VisitorCookies
{
    private const string HeldName = "held";
    private const string BookedName = "booked";
    private const int MaxLength = 200;

    /// <summary>The token of the last hold: a visitor who chooses another time gives it back.</summary>
    public static string? Held(HttpContext http) =>
        http.Request.Cookies[HeldName] is { Length: > 0 and < MaxLength } token ? token : null;

    public static void SetHeld(HttpContext http, PublicLinks links, string? token) =>
        Write(http, links, HeldName, token ?? "");

    /// <summary>The token of the booking of a time: its form then leads to the confirmation.</summary>
    public static string? Booked(HttpContext http, string service, DateTimeOffset slot) =>
        http.Request.Cookies[BookedName] is { Length: < MaxLength } value
        && value.Split('~') is [var booked, var start, var token] && booked == service && start == slot.ToIso()
            ? token
            : null;

    public static void SetBooked(HttpContext http, PublicLinks links, string service, DateTimeOffset slot, string token) =>
        Write(http, links, BookedName, $"{service}~{slot.ToIso()}~{token}");

    private static void Write(HttpContext http, PublicLinks links, string name, string value) =>
        http.Response.Cookies.Append(name, value, new()
        {
            HttpOnly = true,
            Secure = http.Request.IsHttps,
            SameSite = SameSiteMode.Lax,
            Path = links.Root.Length > 0 ? links.Root : "/",
            IsEssential = true,
        });
}
