using Platform.Ui.Time;

namespace Platform.Hub.Web.Public;

/// <summary>
/// Remembers for this browser, until it is closed, that a time was booked without a hold: the form of that time then leads
/// to the confirmation.
/// </summary>
internal static class Booked
{
    private const string CookieName = "booked";
    private const int MaxLength = 200;

    /// <returns>The token of the booking.</returns>
    public static string? Read(HttpContext http, DateTimeOffset slot) =>
        http.Request.Cookies[CookieName] is { Length: < MaxLength } value
        && value.Split('~') is [var start, var token] && start == slot.ToIso()
            ? token
            : null;

    /// <param name="path">Of the form.</param>
    public static void Write(HttpContext http, string path, DateTimeOffset slot, string token) =>
        http.Response.Cookies.Append(CookieName, $"{slot.ToIso()}~{token}", new()
        {
            HttpOnly = true,
            Secure = http.Request.IsHttps,
            SameSite = SameSiteMode.Lax,
            Path = path,
            IsEssential = true,
        });
}
