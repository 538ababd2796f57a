using Microsoft.AspNetCore.Http.HttpResults;
using Platform.Contracts;

namespace Platform.Api.Access;

/// <summary>
/// Whether a token and the tenant that it is for are good, for those who connect to the platform. It reads nothing.
/// </summary>
internal static class PingEndpoint
{
    public static void MapPing(this RouteGroupBuilder direct) =>
        direct.MapGet("/ping", Pong).WithTags("Access").RequireScope(Scopes.Scheduling, Scopes.Licensing);

    private static NoContent Pong() => TypedResults.NoContent();
}
