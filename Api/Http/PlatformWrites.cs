using Platform.Api.Access;
using Platform.Contracts;
using Platform.Contracts.Events;
using Platform.Core;
using Platform.Core.Audit;
using Platform.Core.Storage;

namespace Platform.Api.Http;

/// <summary>Routes that change rows, and what they leave in audit and outbox.</summary>
internal static class PlatformWrites
{
    extension(RouteHandlerBuilder route)
    {
        public RouteHandlerBuilder CreatesRow(string code, string message) =>
            route.Idempotent().ChangesRow().WithCode(code, message);

        /// <summary>
        /// <see cref="IdempotentCreate"/> for routes that have transactions of their own, in fewer round trips: a
        /// request with a key runs in one of this kind, and the route writes in that.
        /// </summary>
        public RouteHandlerBuilder Keyed<T>() where T : IEndpointFilter => route
            .AddEndpointFilter(async (context, next) =>
            {
                var http = context.HttpContext;
                return http.Request.Headers.ContainsKey(Headers.IdempotencyKey)
                    ? await ActivatorUtilities.CreateInstance<T>(http.RequestServices).InvokeAsync(context, next)
                    : await next(context);
            })
            .AddEndpointFilter<ConstraintRejections>()
            .Idempotent();

        public RouteHandlerBuilder ChangesRow() => route
            .AddEndpointFilter<ConstraintRejections>()
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status412PreconditionFailed)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
    }

    extension(TenantDb db)
    {
        /// <summary>
        /// The audit row of a change, in the transaction of the change; it is carried to the chain after the commit.
        /// What changes nothing leaves none.
        /// </summary>
        /// <param name="personal">Members whose values the trail does not keep.</param>
        public Task RecordAsync(
            string action, long? targetId, object? before, object? after, HttpContext http, CancellationToken ct,
            params IReadOnlyList<string> personal) =>
            db.RecordAsync(
                action, targetId, before, after, http.Source,
                http.RequestServices.GetRequiredService<TimeProvider>().Now, ct, personal);
    }

    extension(PlatformDb db)
    {
        /// <summary>The audit row of a change, in the transaction of the change.</summary>
        public Task RecordAsync(AuditChange change, HttpContext http, DateTimeOffset now, CancellationToken ct) =>
            db.RecordAsync(change, http.Source, now, ct);

        /// <summary>The audit row and the event, in one round trip.</summary>
        public Task RecordAsync<T>(
            AuditChange change, T data, long version, HttpContext http, DateTimeOffset now, CancellationToken ct)
            where T : IEventData =>
            db.RecordAsync(change, data, version, http.Source, now, ct);
    }
}
