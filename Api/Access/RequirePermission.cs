using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Contracts.People;
using Platform.Core.People;
using Platform.Core.Storage;

namespace Platform.Api.Access;

/// <summary>What a route asks of its caller, in the tenant of the request.</summary>
/// <param name="Name">One of <see cref="Permissions"/>.</param>
internal sealed record RequiredPermission(string Name);

/// <summary>
/// What callers may do in the tenant of the request: members by their type and roles as they are now, whatever the
/// token says; keys by the roles of their account; platform staff, and clients that act for themselves, everything.
/// </summary>
internal static class PermittedRoutes
{
    extension<TBuilder>(TBuilder routes) where TBuilder : IEndpointConventionBuilder
    {
        /// <summary>
        /// Only callers with this permission, one of <see cref="Permissions"/>. The endpoint finds the caller's
        /// <see cref="Authority"/> as a feature of the request.
        /// </summary>
        public TBuilder RequirePermission(string permission) => routes.WithMetadata(new RequiredPermission(permission));
    }

    /// <summary>
    /// Before the filters of the endpoint: a request that has a transaction open would need a second connection for
    /// this, and many at once would wait for one another.
    /// </summary>
    public static async Task CheckAsync(HttpContext http, RequestDelegate next)
    {
        foreach (var required in http.GetEndpoint()?.Metadata.GetOrderedMetadata<RequiredPermission>() ?? [])
        {
            var authority = await http.AuthorityAsync();
            if (!authority.Covers([required.Name]))
            {
                await http.WriteAsync(Problem(required.Name));
                return;
            }

            http.Features.Set(authority);
        }

        await next(http);
    }

    public static ProblemHttpResult Forbidden(string permission) => TypedResults.Problem(Problem(permission));

    private static ProblemDetails Problem(string permission) => Problems.Of(
        StatusCodes.Status403Forbidden, Codes.Forbidden, $"The permission {permission} is required.");

    extension(HttpContext http)
    {
        /// <summary>As <c>RequirePermission</c> found it.</summary>
        public Authority Authority => http.Features.Get<Authority>()
            ?? throw new InvalidOperationException("The route requires no permission.");

        public async Task<bool> HasPermissionAsync(string permission) =>
            (await http.AuthorityAsync()).Covers([permission]);

        private async Task<Authority> AuthorityAsync()
        {
            var caller = Caller.Of(http.User);
            if (caller.IsStaff) return Authority.OfStaff;
            if (caller.KeyPermissions is { } ofKey) return new(IsStaff: false, ofKey.Split(' '));
            if (caller.UserId is not { } user) return new(IsStaff: false, Permissions.All);

            var services = http.RequestServices;
            var member = await services.GetRequiredService<PeopleDirectory>()
                .FindAsync(user, services.GetRequiredService<TenantContext>().Id, http.RequestAborted);
            return new(IsStaff: false, member?.Permissions ?? []);
        }
    }
}
