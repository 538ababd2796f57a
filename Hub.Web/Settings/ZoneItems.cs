using Microsoft.AspNetCore.Mvc.Rendering;

namespace Platform.Hub.Web.Settings;

/// <summary>The time zones of this machine by their IANA names, as choices.</summary>
public static class ZoneItems
{
    public static IReadOnlyList<SelectListItem> All { get; } =
    [
        .. TimeZoneInfo.GetSystemTimeZones().Where(
            zone => zone.HasIanaId && zone.Id.Contains('/', StringComparison.Ordinal))
            .Select(zone => zone.Id).Order(StringComparer.Ordinal).Select(id => new SelectListItem(id.Replace('_', ' '), id)),
    ];
}
