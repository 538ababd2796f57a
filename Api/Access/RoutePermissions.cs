using Platform.Contracts.People;
using Platform.Core.Storage;

namespace Platform.Api.Access;

/// <summary>What routes take that ask for no permission themselves.</summary>
internal static class RoutePermissions
{
    private static readonly string[] OfBookings =
    [
        "/api/v1/bookings", "/api/v1/bookings/{id:long}", "/api/v1/bookings/calendar.ics",
        "/api/v1/bookings/{id:long}/calendar.ics",
    ];

    private static readonly string[] OfOneResource =
    [
        "/api/v1/resources/{id:long}", "/api/v1/resources/{id:long}/schedule", "/api/v1/resources/{id:long}/overrides",
    ];

    /// <returns>Null where no permission is needed but the one that the route itself asks for.</returns>
    /// <param name="isKey">Keys read the catalogue without a permission: programs show it to people who book.</param>
    public static string? NeededFor(HttpRequest request, bool isKey)
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
            "blackouts" or "busy-times" or "categories" or "custom-fields" or "openings" or "resources" or "settings" when reads && !isKey =>
                Permissions.BookingsRead,
            _ => null,
        };
    }

    /// <summary>Whether a caller who sees only their own bookings may also call it.</summary>
    public static bool IsOwn(HttpContext http, OwnBookings own)
    {
        if (!HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method)) return false;

        var route = $"/{(http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText?.Trim('/')}";
        return OfBookings.Contains(route)
            || (OfOneResource.Contains(route) && own.ResourceId is { } id && http.GetRouteValue("id") as string == $"{id}");
    }
}
