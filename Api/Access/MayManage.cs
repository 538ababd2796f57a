using Platform.Api.Http;
using Platform.Contracts;
using Platform.Core.People;
using Platform.Core.Storage;

namespace Platform.Api.Access;

/// <summary>
/// Lets pass who may change how a tenant works: its managers and admins, as they are now, whatever the token says;
/// platform staff; and clients that act for themselves.
/// </summary>
internal sealed class MayManage(TenantContext tenant, PeopleDirectory people) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (Caller.Of(http.User) is { IsStaff: false, UserId: { } user }
            && await people.FindAsync(user, tenant.Id, http.RequestAborted) is not
            { Tenant.UserType: UserTypes.Manager or UserTypes.Admin })
        {
            return TypedResults.Problem(Problems.Of(
                StatusCodes.Status403Forbidden, Codes.Forbidden, "This takes a manager or an admin of the tenant."));
        }

        return await next(context);
    }
}
