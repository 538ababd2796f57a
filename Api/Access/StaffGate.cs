using Platform.Api.Http;
using Platform.Contracts;

namespace Platform.Api.Access;

/// <summary>Keeps out staff whom the platform has deactivated, whatever their token says.</summary>
internal sealed class StaffGate(Members members) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        return Caller.Of(http.User).UserId is not { } user
            || await members.IsActiveStaffAsync(user, http.RequestAborted)
            ? await next(context)
            : TypedResults.Problem(Problems.Of(
                StatusCodes.Status403Forbidden, Codes.UserInactive, "The person is not active."));
    }
}
