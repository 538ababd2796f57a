using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Platform.Api.Access;
using Platform.Api.Public;
using Platform.Contracts;
using Platform.Core;
using Platform.Core.Idempotency;
using Platform.Core.Storage;
using Platform.ServiceDefaults.RateLimits;

namespace Platform.Api.Http;

/// <summary>Marks a route that reads <c>Idempotency-Key</c>, for its description.</summary>
internal sealed class TakesIdempotencyKey;

/// <summary>What of an answer is kept for repeated requests, where it has a secret.</summary>
internal sealed record KeptAnswer(Func<object, object> Of);

/// <summary>
/// Lets a route that creates, inside a transaction of a tenant or of staff, be asked again under the same
/// <c>Idempotency-Key </c>: the stored answer is given once more. Answer and row are stored together; a refusal is not
/// stored.
/// </summary>
internal static class IdempotentCreate
{
    public const string TableOfPlatform = $"{EventsDb.Schema}.idempotency_keys";

    private const long OfStaff = 0;

    extension(DbContext db)
    {
        /// <summary>
        /// Takes the key for the transaction that runs. Returns the stored answer, or why the key cannot be used here;
        /// neither for a key that is new.
        /// </summary>
        /// <param name="scope">The tenant, or 0 for staff.</param>
        public async Task<Result<IdempotencyKey?>> TakeAsync(
            RequestKey key, long scope, CancellationToken ct)
        {
            try
            {
                await db.ExecuteAsync(key.Lock(scope), ct);
            }
            catch (PostgresException e) when (e.IsRejection(Codes.IdempotencyInProgress))
            {
                return RequestKey.InProgress;
            }

            var (caller, text) = (key.Caller, key.Key);
            var answered = await db.Set<IdempotencyKey>().AsNoTracking()
                .SingleOrDefaultAsync(k => k.Caller == caller && k.Key == text, ct);
            return answered is null || answered.RequestHash.AsSpan().SequenceEqual(key.RequestHash)
                ? answered
                : RequestKey.Reused;
        }
    }

    extension(HttpContext http)
    {
        /// <summary>Marks the answer as that of an earlier request.</summary>
        public void SetReplayed() => http.Response.Headers[Headers.IdempotencyReplayed] = "true";
    }

    extension<TBuilder>(TBuilder routes) where TBuilder : IEndpointConventionBuilder
    {
        /// <summary>The innermost filter, so that callers without permission are refused before.</summary>
        public TBuilder Idempotent() => routes.AddEndpointFilterFactory(Create).WithIdempotencyKey();

        /// <summary>Says that a route reads the key itself.</summary>
        public TBuilder WithIdempotencyKey() => routes.WithMetadata(new TakesIdempotencyKey());
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
            var read = http.ReadIdempotencyKey(CallerOf(http), body < 0 ? null : context.Arguments[body]);
            if (!read.TryGet(out var key, out var malformed)) return malformed.ToProblem();

            return key is null
                ? await next(context)
                : await OnceAsync(context, next, key);
        };
    }

    /// <summary>Whose key it is: of somebody without an account, their address.</summary>
    private static string CallerOf(HttpContext http) =>
        http.GetEndpoint()?.Metadata.GetMetadata<LimitedByAddress>() is null
            ? Caller.Of(http.User).Actor
            : $"public:{ClientNetwork.Of(http)}";

    private static async Task<object?> OnceAsync(
        EndpointFilterInvocationContext context, EndpointFilterDelegate next, RequestKey key)
    {
        var http = context.HttpContext;
        var ct = http.RequestAborted;
        var answers = AnswersOf(http);
        var db = answers.Db;
        if (answers is { Scope: not OfStaff, Table: TableOfPlatform })
        {
            key = key with { Caller = $"{answers.Scope}/{key.Caller}" }; // that table is not the tenant's own
        }

        if (!(await db.TakeAsync(key, answers.Scope, ct)).TryGet(out var answered, out var unusable)) return unusable.ToProblem();
        if (answered is not null) return Repeated(http, answered);

        var result = await next(context);
        var outcome = result;
        while (outcome is INestedHttpResult nested) outcome = nested.Result;

        var status = (outcome as IStatusCodeHttpResult)?.StatusCode ?? StatusCodes.Status200OK;
        if (status >= 300) return result;

        var value = outcome is IResult ? (outcome as IValueHttpResult)?.Value : outcome;
        if (value is not null && http.GetEndpoint()?.Metadata.GetMetadata<KeptAnswer>() is { } kept) value = kept.Of(value);
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

    /// <summary>Where answers are kept: with the rows that they describe.</summary>
    private static (DbContext Db, long Scope, string Table) AnswersOf(HttpContext http)
    {
        var platform = http.RequestServices.GetRequiredService<PlatformDb>();
        if (platform.Scope.IsAllTenants) return (platform, OfStaff, TableOfPlatform);
        if (platform.Database.CurrentTransaction is not null)
        {
            return (platform, platform.Scope.TenantId!.Value, TableOfPlatform);
        }

        var tenant = http.RequestServices.GetRequiredService<TenantDb>();
        return (tenant, tenant.Tenant.Id, "idempotency_keys");
    }

    private static IResult Repeated(HttpContext http, IdempotencyKey answered)
    {
        http.SetReplayed();
        if (answered.Location is not null) http.Response.Headers.Location = answered.Location;
        if (answered.Etag is not null) http.Response.Headers.ETag = answered.Etag;

        using var body = JsonDocument.Parse(answered.Body);
        return body.RootElement.ValueKind is JsonValueKind.Null
            ? TypedResults.StatusCode(answered.Status)
            : TypedResults.Json(body.RootElement.Clone(), PlatformJson.Options, statusCode: answered.Status);
    }
}
