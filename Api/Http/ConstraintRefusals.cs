using Microsoft.EntityFrameworkCore;
using Npgsql;
using Platform.Contracts;
using Platform.Core;

namespace Platform.Api.Http;

/// <summary>
/// What a database's constraints refuse, in a route that changes rows, is a refusal and not a failure.
/// </summary>
internal sealed class ConstraintRefusals : IEndpointFilter
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
            new(RejectionKind.Conflict, Codes.InUse, "Other rows still use it."),
        PostgresErrorCodes.ForeignKeyViolation =>
            new(RejectionKind.Missing, Codes.NotFound, "Something that it names is not there."),
        _ => null,
    };
}
