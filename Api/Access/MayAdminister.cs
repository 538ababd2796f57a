using Platform.Api.Http;
using Platform.Contracts;
using Platform.Core.People;
using Platform.Core.Storage;

namespace Platform.Api.Access;

/// <summary>
/// Lets pass who may give and take seats of a tenant: its admins, as they are now, whatever the token says; platform
/// staff; and clients that act for themselves.
/// </summary>
internal sealed class MayAdminister(TenantContext tenant, PeopleDirectory people) : IEndpointFilter
{
    /// <summary>Of the platform, for a member of any type.</summary>
    private const string TenantAdmin = "tenant_admin";

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        return await IsAllowedAsync(Caller.Of(http.User), tenant.Id, people, http.RequestAborted)
            ? await next(context)
            : TypedResults.Problem(Problems.Of(
                StatusCodes.Status403Forbidden, Codes.Forbidden, "This takes an admin of the tenant."));
    }

    public static async Task<bool> IsAllowedAsync(
        Caller caller, long tenantId, PeopleDirectory people, CancellationToken ct) =>
        caller.IsStaff || caller.UserId is not { } user
        || (await people.FindAsync(user, tenantId, ct))?.Tenant is { } member
        && (member.UserType == UserTypes.Admin || member.Roles.Contains(TenantAdmin));
}
