using Microsoft.AspNetCore.Authorization;
using Npgsql;
using Platform.Api.Access;
using Platform.Contracts.Audit;
using Platform.Core;
using Platform.Core.Audit;
using Platform.Core.Storage;

namespace Platform.Api.Audit;

/// <summary>The code of the problem document that answers a request.</summary>
internal sealed record AnsweredProblem(string Code);

/// <summary>
/// Records a write by somebody known that is answered with 403 or 409, before the answer leaves: in the chain of the
/// tenant where the route is a tenant's, else in that of the platform.
/// </summary>
internal static class RecordRejections
{
    /// <summary>An answer does not wait longer for its record; what was refused has changed nothing.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Conflicts of these are everyday traffic: two clients choose one slot. Bookings have a history of their own, and
    /// making one takes no further round trip.
    /// </summary>
    private static readonly string[] OfBookings =
        ["/api/v1/bookings", "/api/v1/holds", "/api/v1/series", "/api/v1/waitlist", "/fhir/r4"];

    public static Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        if (IsWrite(http.Request)) http.Response.OnStarting(() => RecordAsync(http));
        return next(http);
    }

    private static async Task RecordAsync(HttpContext http)
    {
        if (http.GetEndpoint() is not RouteEndpoint endpoint || !IsRecorded(http, endpoint)) return;

        var services = http.RequestServices;
        var change = AuditChange.Of(
            TenantOf(http, endpoint), AuditActions.RequestRefused, IdOf(http), null,
            new
            {
                http.Request.Method,
                Route = $"/{endpoint.RoutePattern.RawText?.Trim('/')}",
                Status = http.Response.StatusCode,
                http.Features.Get<AnsweredProblem>()?.Code,
            },
            AuditOutcomes.Refused);
        try
        {
            using var limit = new CancellationTokenSource(Timeout);
            await services.GetRequiredService<PlatformSql>().ExecuteAsync(
                Scope.AllTenants, [change.ToStatement(http.Source, services.GetRequiredService<TimeProvider>().Now)],
                limit.Token);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or OperationCanceledException)
        {
            services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(RecordRejections))
                .LogWarning(e, "A refused request is not in the audit");
        }
    }

    private static bool IsWrite(HttpRequest request) =>
        HttpMethods.IsPost(request.Method) || HttpMethods.IsPut(request.Method) || HttpMethods.IsPatch(request.Method)
        || HttpMethods.IsDelete(request.Method);

    /// <summary>Only of identified callers: others are counted by the limits of their address.</summary>
    private static bool IsRecorded(HttpContext http, RouteEndpoint endpoint) =>
        http.User.Identity?.IsAuthenticated is true
        && endpoint.Metadata.GetMetadata<IAuthorizeData>() is not null
        && (http.Response.StatusCode is StatusCodes.Status403Forbidden
            || (http.Response.StatusCode is StatusCodes.Status409Conflict
                && !IsOfBookings(http.Request.Path)));

    private static bool IsOfBookings(PathString path) =>
        OfBookings.Any(area => path.StartsWithSegments(area, StringComparison.OrdinalIgnoreCase));

    /// <summary>Refused at the gate, it is that of the token: no other one can be reached.</summary>
    private static long? TenantOf(HttpContext http, RouteEndpoint endpoint) =>
        endpoint.Metadata.GetMetadata<TenantScoped>() is null
            ? null
            : http.RequestServices.GetRequiredService<PlatformScope>().Current.TenantId
                ?? Caller.Of(http.User).TenantId;

    private static long? IdOf(HttpContext http) =>
        long.TryParse(http.GetRouteValue("id") as string, out var id) ? id : null;
}
