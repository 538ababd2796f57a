using Platform.Contracts.People;

namespace Platform.Api.Access;

/// <summary>
/// What a key needs where routes ask nothing of members, because every type of member has these permissions. A service
/// account has roles alone and may lack them.
/// </summary>
internal static class KeyPermissions
{
    /// <returns>Null where no permission is needed but the one that the route itself asks for.</returns>
    public static string? NeededFor(HttpRequest request)
    {
        var path = request.Path;
        var reads = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
        if (path.StartsWithSegments("/fhir/r4", StringComparison.OrdinalIgnoreCase)) return Permissions.BookingsRead;
        if (!path.StartsWithSegments("/api/v1", StringComparison.OrdinalIgnoreCase, out var rest)) return null;

        var topic = rest.Value?.Split('/', 3) is [_, var first, ..] ? first.ToLowerInvariant() : "";
        return topic switch
        {
            "bookings" or "holds" or "series" or "slots" or "waitlist" =>
                reads ? Permissions.BookingsRead : Permissions.BookingsWrite,
            "clients" => reads ? Permissions.ClientsRead : Permissions.ClientsWrite,
            "reports" => Permissions.ReportsRead,
            _ => null,
        };
    }
}
