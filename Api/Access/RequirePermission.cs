using Microsoft.AspNetCore.Http.HttpResults;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Contracts.People;
using Platform.Core.People;
using Platform.Core.Storage;

namespace Platform.Api.Access;

/// <summary>
/// What callers may do in the tenant of the request: members by their type and roles as they are now, whatever the
/// token says; keys by the roles of their account; platform staff, and clients that act for themselves, everything.
/// </summary>
internal static class PermittedRoutes
{
    extension<TBuilder>(TBuilder routes) where TBuilder : IEndpointConventionBuilder
    {
        /// <summary>
        /// Lets pass who has this permission, one of <see cref="Permissions"/>. The endpoint finds the caller's
        /// <see cref="Authority"/> as a feature of the request.
        /// </summary>
        public TBuilder RequirePermission(string permission) => routes.AddEndpointFilter(async (context, next) =>
        {
            var http = context.HttpContext;
            var authority = await http.AuthorityAsync();
            if (!authority.Covers([permission]))
            {
                return Forbidden(permission);
            }

            http.Features.Set(authority);
            return await next(context);
        });
    }

    public static ProblemHttpResult Forbidden(string permission) => TypedResults.Problem(Problems.Of(
        StatusCodes.Status403Forbidden, Codes.Forbidden, $"This takes the permission {permission}."));

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
