using Microsoft.EntityFrameworkCore;
using Platform.Api.Access;
using Platform.Core.Storage;

namespace Platform.Api.Http;

/// <summary>
/// Runs an endpoint in one transaction and commits before its result is written: a client that reads "201" can count
/// on the row. A failure result rolls back, as an exception does.
/// </summary>
internal static class EndpointTransaction
{
    public static async ValueTask<object?> RunAsync(
        DbContext db, EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var ct = context.HttpContext.RequestAborted;
        await using var transaction = await db.Database.BeginTransactionAsync(ct);

        var result = await next(context);
        var outcome = result;
        while (outcome is INestedHttpResult nested) outcome = nested.Result;

        var fails = outcome is IStatusCodeHttpResult { StatusCode: >= 400 };
        if (!fails && context.HttpContext.Features.Get<DryRun>() is null) await transaction.CommitAsync(ct);

        return result;
    }
}

/// <summary>A feature of a request that shows what would happen: its transaction is rolled back.</summary>
internal sealed record DryRun;

/// <summary>In the tenant's own tables.</summary>
internal sealed class TenantTransaction(TenantDb db) : IEndpointFilter
{
    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        EndpointTransaction.RunAsync(db, context, next);
}

/// <summary>
/// In <c>platformdb</c>, seeing the rows of the tenant of the request. Changes of access are sent after the
/// commit.
/// </summary>
internal sealed class PlatformTransaction(PlatformDb db, AccessChanges changes) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var result = await EndpointTransaction.RunAsync(db, context, next);
        changes.Send(); // also after a rollback: clearing a cache does no harm
        return result;
    }
}

/// <summary>
/// In <c>platformdb</c>, seeing the rows of every tenant. For routes of platform staff. Changes of access are sent
/// after the commit.
/// </summary>
internal sealed class StaffTransaction(PlatformDb db, AccessChanges changes) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        db.Scope = Scope.AllTenants;
        var result = await EndpointTransaction.RunAsync(db, context, next);
        changes.Send(); // also after a rollback: clearing a cache does no harm
        return result;
    }
}
