using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Contracts.People;
using Platform.Core.Catalogue;
using Platform.Core.Storage;

namespace Platform.Api.Catalogue;

/// <summary>
/// One change of a tenant's catalogue at a time; what its constraints refuse is a refusal, not a failure.
/// </summary>
internal sealed class CatalogueWrite(TenantDb db) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        await db.LockCatalogueAsync(context.HttpContext.RequestAborted);
        return await ConstraintRejections.RunAsync(context, next);
    }
}

internal static class CatalogueWrites
{
    extension(RouteHandlerBuilder route)
    {
        /// <summary>A route that adds to the catalogue, or to the settings.</summary>
        public RouteHandlerBuilder Creates(
            string code, string message, string permission = Permissions.CatalogueWrite) => route
            .RequirePermission(permission)
            .Idempotent()
            .AddEndpointFilter<CatalogueWrite>()
            .WithCode(code, message)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);

        /// <summary>A route that changes the catalogue, or the settings.</summary>
        public RouteHandlerBuilder Changes(string permission = Permissions.CatalogueWrite) => route
            .RequirePermission(permission)
            .AddEndpointFilter<CatalogueWrite>()
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status412PreconditionFailed)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
    }
}
