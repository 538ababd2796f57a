namespace Platform.Hub.Web.Public;

/// <summary>The zones that a visitor can choose from without a script, which finds out theirs.</summary>
internal static class ZoneList
{
    private static readonly string[] Common =
    [
        "America/Sao_Paulo", "America/Bahia", "America/Belem", "America/Cuiaba", "America/Fortaleza",
        "America/Manaus", "America/Noronha", "America/Recife", "America/Rio_Branco",
        "America/Argentina/Buenos_Aires", "America/Bogota", "America/Chicago", "America/Denver", "America/Lima",
        "America/Los_Angeles", "America/Mexico_City", "America/Montevideo", "America/New_York",
        "America/Santiago", "America/Toronto", "Africa/Johannesburg", "Africa/Lagos", "Africa/Luanda",
        "Africa/Maputo", "Asia/Dubai", "Asia/Hong_Kong", "Asia/Kolkata", "Asia/Shanghai", "Asia/Singapore",
        "Asia/Tokyo", "Atlantic/Azores", "Atlantic/Cape_Verde", "Atlantic/Madeira", "Australia/Sydney",
        "Europe/Athens", "Europe/Berlin", "Europe/Istanbul", "Europe/Lisbon", "Europe/London", "Europe/Madrid",
        "Europe/Paris", "Europe/Rome", "Pacific/Auckland", "UTC",
    ];

    /// <param name="first">Zones that come first, whether they are common or not.</param>
    public static IReadOnlyList<string> With(params IReadOnlyList<string> first) => [.. first.Concat(Common).Distinct()];
}
