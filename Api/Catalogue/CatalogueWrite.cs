using Microsoft.EntityFrameworkCore;
using Npgsql;
using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Core;
using Platform.Core.Catalogue;
using Platform.Core.Storage;

namespace Platform.Api.Catalogue;

/// <summary>One change of a tenant's catalogue at a time; what its constraints refuse is a refusal, not a failure.</summary>
internal sealed class CatalogueWrite(TenantDb db) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        await db.LockCatalogueAsync(context.HttpContext.RequestAborted);
        try
        {
            return await next(context);
        }
        catch (Exception e) when ((e as PostgresException ?? e.InnerException) is PostgresException refused
            && Refusal(refused, context.HttpContext.Request.Method) is { } refusal)
        {
            return refusal.ToProblem();
        }
        catch (DbUpdateConcurrencyException)
        {
            return Versions.Stale.ToProblem();
        }
    }

    private static Rejection? Refusal(PostgresException e, string method) => e.SqlState switch
    {
        PostgresErrorCodes.UniqueViolation =>
            new(RejectionKind.Conflict, Codes.AlreadyExists, "It is there already."),
        PostgresErrorCodes.ForeignKeyViolation when HttpMethods.IsDelete(method) =>
            new(RejectionKind.Conflict, Codes.InUse, $"It is still used by {e.TableName}."),
        PostgresErrorCodes.ForeignKeyViolation =>
            new(RejectionKind.Missing, Codes.NotFound, "Something that it names is not there."),
        _ => null,
    };
}

internal static class CatalogueWrites
{
    extension(RouteHandlerBuilder route)
    {
        /// <summary>A route that adds to the catalogue, for managers.</summary>
        public RouteHandlerBuilder Creates(string code, string message) => route
            .AddEndpointFilter<MayManage>()
            .Idempotent()
            .AddEndpointFilter<CatalogueWrite>()
            .WithCode(code, message)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);

        /// <summary>A route that changes the catalogue, for managers.</summary>
        public RouteHandlerBuilder Changes() => route
            .AddEndpointFilter<MayManage>()
            .AddEndpointFilter<CatalogueWrite>()
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status412PreconditionFailed)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
    }
}
