using Platform.Api.Http;
using Platform.Contracts;

namespace Platform.Api.Access;

/// <summary>
/// Staff whose role is to read do nothing but read, on whatever route: here the method alone decides, so that no route
/// can forget it.
/// </summary>
internal static class ReadOnlyStaff
{
    public static Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var method = context.Request.Method;
        var reads = HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);
        return reads || context.GetEndpoint() is null || !Caller.Of(context.User).OnlyReads
            ? next(context)
            : context.WriteAsync(Problems.Of(
                StatusCodes.Status403Forbidden, Codes.Forbidden,
                $"The platform role {PlatformRoles.InternalViewer} reads and changes nothing."));
    }
}
