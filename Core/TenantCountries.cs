using System.Collections.Frozen;
using NodaTime.TimeZones;

namespace Platform.Core;

/// <summary>
/// In which country a tenant is: that of its time zone, which never changes, else that of its language.
/// </summary>
public static class TenantCountries
{
    private static readonly TzdbDateTimeZoneSource Zones = TzdbDateTimeZoneSource.Default;

    private static readonly FrozenDictionary<string, string> ByZone =
        Zones.ZoneLocations!.ToFrozenDictionary(location => location.ZoneId, location => location.CountryCode);

    /// <summary>ISO 3166-1 alpha-2; null where neither zone nor language names one.</summary>
    public static string? Of(string timeZone, string locale) =>
        ByZone.GetValueOrDefault(timeZone)
        ?? (Zones.CanonicalIdMap.TryGetValue(timeZone, out var canonical) ? ByZone.GetValueOrDefault(canonical) : null)
        ?? (locale.Split('-') is [_, { Length: 2 } country] ? country : null);
}
