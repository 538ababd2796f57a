using Microsoft.EntityFrameworkCore;
using Npgsql;
using Platform.Contracts;
using Platform.Core;

namespace Platform.Api.Http;

/// <summary>
/// In a route that changes rows, a violated constraint of the database is a rejection and not a failure.
/// </summary>
internal sealed class ConstraintRejections : IEndpointFilter
{
    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        RunAsync(context, next);

    public static async ValueTask<object?> RunAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (Exception e) when ((e as PostgresException ?? e.InnerException) is PostgresException refused
            && Check(refused, context.HttpContext.Request.Method) is { } refusal)
        {
            return refusal.ToProblem();
        }
        catch (DbUpdateConcurrencyException)
        {
            return Versions.Stale.ToProblem();
        }
    }

    private static Rejection? Check(PostgresException e, string method) => e.SqlState switch
    {
        PostgresErrorCodes.UniqueViolation =>
            new(RejectionKind.Conflict, Codes.AlreadyExists, "The row already exists."),
        PostgresErrorCodes.ForeignKeyViolation when HttpMethods.IsDelete(method) =>
            new(RejectionKind.Conflict, Codes.InUse, "Other rows still use it."),
        PostgresErrorCodes.ForeignKeyViolation =>
            new(RejectionKind.Missing, Codes.NotFound, "A row that the request names does not exist."),
        _ => null,
    };
}
