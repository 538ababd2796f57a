using Microsoft.Extensions.Localization;

namespace Platform.Hub.Web.Public;

/// <summary>How long something takes, as people say it.</summary>
public static class LengthText
{
    public static string Of(int minutes, IStringLocalizer<HubText> text) => (minutes / 60, minutes % 60) switch
    {
        (0, var left) => text["Public.Minutes", left],
        (var hours, 0) => text["Public.Hours", hours],
        var (hours, left) => text["Public.HoursMinutes", hours, left],
    };
}
