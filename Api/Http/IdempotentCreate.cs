using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Platform.Api.Access;
using Platform.Contracts;
using Platform.Core;
using Platform.Core.Idempotency;
using Platform.Core.Storage;

namespace Platform.Api.Http;

/// <summary>
/// Lets a route that creates, inside a transaction of a tenant or of staff, be asked again under the same <c>Idempotency-Key</c>: the
/// stored answer is given once more. Answer and row are stored together; a refusal is not stored.
/// </summary>
internal static class IdempotentCreate
{
    private const string PlatformTable = $"{EventsDb.Schema}.idempotency_keys";
    private const long OfStaff = 0;

    extension<TBuilder>(TBuilder routes) where TBuilder : IEndpointConventionBuilder
    {
        /// <summary>The innermost filter, so that who may not ask is refused before.</summary>
        public TBuilder Idempotent() => routes.AddEndpointFilterFactory(Create);
    }

    private static EndpointFilterDelegate Create(EndpointFilterFactoryContext endpoint, EndpointFilterDelegate next)
    {
        var body = Array.FindIndex(
            endpoint.MethodInfo.GetParameters(),
            p => p.ParameterType == typeof(JsonElement)
                || (p.ParameterType.IsClass
                    && p.ParameterType.Namespace?.StartsWith("Platform.Contracts", StringComparison.Ordinal) == true));

        return async context =>
        {
            var http = context.HttpContext;
            var (key, malformed) = http.ReadIdempotencyKey(
                Caller.Of(http.User).Actor, body < 0 ? null : context.Arguments[body]);
            if (malformed is not null) return TypedResults.Problem(malformed);

            return key is null
                ? await next(context)
                : await OnceAsync(context, next, key);
        };
    }

    private static async Task<object?> OnceAsync(
        EndpointFilterInvocationContext context, EndpointFilterDelegate next, RequestKey key)
    {
        var http = context.HttpContext;
        var ct = http.RequestAborted;
        var answers = AnswersOf(http);
        var db = answers.Db;
        if (answers is { Scope: not OfStaff, Table: PlatformTable })
        {
            key = key with { Caller = $"{answers.Scope}/{key.Caller}" }; // that table is not the tenant's own
        }

        try
        {
            await db.ExecuteAsync(key.Lock(answers.Scope), ct);
        }
        catch (PostgresException e) when (e.IsRefusal(Codes.IdempotencyInProgress))
        {
            return new Rejection(
                RejectionKind.Conflict, Codes.IdempotencyInProgress, "The first request still runs.").ToProblem();
        }

        var (caller, text) = (key.Caller, key.Key);
        var answered = await db.Set<IdempotencyKey>().AsNoTracking()
            .SingleOrDefaultAsync(k => k.Caller == caller && k.Key == text, ct);
        if (answered is not null) return Repeated(http, key, answered);

        var result = await next(context);
        var outcome = result;
        while (outcome is INestedHttpResult nested) outcome = nested.Result;

        var status = (outcome as IStatusCodeHttpResult)?.StatusCode ?? StatusCodes.Status200OK;
        if (status >= 300) return result;

        var value = outcome is IResult ? (outcome as IValueHttpResult)?.Value : outcome;
        var code = http.GetEndpoint()?.Metadata.GetMetadata<SuccessCode>() ?? SuccessCode.Ok;
        var now = http.RequestServices.GetRequiredService<TimeProvider>().Now;
        await db.ExecuteAsync(
            key.Remember(
                status,
                http.Response.Headers.Location.FirstOrDefault(),
                http.Response.Headers.ETag.FirstOrDefault(),
                code.Code,
                JsonSerializer.Serialize(value, PlatformJson.Options),
                now,
                answers.Table),
            ct);
        return result;
    }

    /// <summary>Where answers are kept: with the rows that they tell of.</summary>
    private static (DbContext Db, long Scope, string Table) AnswersOf(HttpContext http)
    {
        var platform = http.RequestServices.GetRequiredService<PlatformDb>();
        if (platform.Scope.Staff) return (platform, OfStaff, PlatformTable);
        if (platform.Database.CurrentTransaction is not null)
        {
            return (platform, platform.Scope.TenantId!.Value, PlatformTable);
        }

        var tenant = http.RequestServices.GetRequiredService<TenantDb>();
        return (tenant, tenant.Tenant.Id, "idempotency_keys");
    }

    private static IResult Repeated(HttpContext http, RequestKey key, IdempotencyKey answered)
    {
        if (!answered.RequestHash.AsSpan().SequenceEqual(key.RequestHash))
        {
            return new Rejection(
                RejectionKind.Invalid, Codes.IdempotencyKeyReused, "This key was used for a different request.").ToProblem();
        }

        http.Response.Headers["Idempotency-Replayed"] = "true";
        if (answered.Location is not null) http.Response.Headers.Location = answered.Location;
        if (answered.Etag is not null) http.Response.Headers.ETag = answered.Etag;

        using var body = JsonDocument.Parse(answered.Body);
        return body.RootElement.ValueKind is JsonValueKind.Null
            ? TypedResults.StatusCode(answered.Status)
            : TypedResults.Json(body.RootElement.Clone(), PlatformJson.Options, statusCode: answered.Status);
    }
}
