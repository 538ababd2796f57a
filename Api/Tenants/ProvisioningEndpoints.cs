using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Contracts.Tenants;
using Platform.Core;
using Platform.Core.Clients;
using Platform.Core.Idempotency;
using Platform.Core.Storage;
using Platform.Core.Tenants;

namespace Platform.Api.Tenants;

/// <summary>
/// Makes tenants. The row and its key are committed before the schema is built: that takes a while, and what is
/// registered can be continued. So a key identifies its tenant, and a repeated request returns its current state.
/// </summary>
internal static class ProvisioningEndpoints
{
    /// <summary>Until there is more than one.</summary>
    private const long OnlyCell = 1;

    /// <param name="direct">It writes in several transactions.</param>
    public static void MapProvisioning(this RouteGroupBuilder direct)
    {
        var tenants = direct.MapGroup("/tenants").WithTags("Tenants");
        Provisions(tenants.MapPost("/", Create)).WithIdempotencyKey().ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        Provisions(tenants.MapPost("/{id:long}/retry-provisioning", Retry));

        static RouteHandlerBuilder Provisions(RouteHandlerBuilder route) => route
            .WithCode(Codes.TenantCreated, "The tenant is provisioned.")
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<Results<Created<TenantResponse>, ProblemHttpResult>> Create(
        CreateTenantRequest request, PlatformDb db, ProvisionTenant provision, HttpContext http, TimeProvider clock,
        CancellationToken ct)
    {
        var refusal = Rejection.All(
            TenantRules.Slug(request.Slug), ClientRules.Zone(request.TimeZone), TenantRules.Currency(request.Currency));
        if (refusal is not null) return refusal.ToProblem();

        var (key, malformed) = http.ReadIdempotencyKey(Caller.Of(http.User).Actor, request);
        if (malformed is not null) return TypedResults.Problem(malformed);

        var (id, taken) = await RegisterAsync(FromRequest(request), key, db, http, clock, ct);
        if (taken is not null) return taken.ToProblem();

        var (tenant, problem) = await provision.RunAsync(id, http);
        if (problem is not null) return TypedResults.Problem(problem);

        http.SetCreated($"/internal/api/v1/tenants/{id}", tenant!.Version);
        return TypedResults.Created((string?)null, tenant);
    }

    private static async Task<Results<Ok<TenantResponse>, ProblemHttpResult>> Retry(
        long id, PlatformDb db, ProvisionTenant provision, HttpContext http, CancellationToken ct)
    {
        if (await db.Tenants.AsNoTracking().SingleOrDefaultAsync(t => t.Id == id, ct) is not { } found)
        {
            return TypedResults.Problem(Problems.NotFound());
        }

        if (http.CheckVersion(found.Version) is { } stale) return stale.ToProblem();
        if (TenantRules.Provisionable(found) is { } refusal) return refusal.ToProblem();

        var (tenant, problem) = await provision.RunAsync(id, http);
        if (problem is not null) return TypedResults.Problem(problem);

        http.SetVersion(tenant!.Version);
        return TypedResults.Ok(tenant);
    }

    internal static Tenant FromRequest(CreateTenantRequest request) => new()
    {
        Slug = request.Slug,
        Name = request.Name,
        TimeZone = request.TimeZone,
        Locale = request.Locale,
        Currency = request.Currency,
        Status = TenantStatuses.Provisioning,
        CellId = OnlyCell,
        CustomDomain = request.CustomDomain?.ToLowerInvariant(),
        Branding = TenantEndpoints.Stored(request.Branding ?? new()),
        Labels = TenantEndpoints.Stored(request.Labels ?? new()),
    };

    /// <summary>The number of the new row, or of the one that this key has made before.</summary>
    internal static async Task<(long Id, Rejection? Rejection)> RegisterAsync(
        Tenant tenant, RequestKey? key, PlatformDb db, HttpContext http, TimeProvider clock, CancellationToken ct)
    {
        db.Scope.Staff = true;
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        if (key is not null)
        {
            if (!(await db.TakeAsync(key, scope: 0, ct)).TryGet(out var answered, out var unusable)) return (0, unusable);

            if (answered is not null)
            {
                http.SetReplayed();
                return (JsonSerializer.Deserialize<long>(answered.Body), null);
            }
        }

        db.Create(tenant, Caller.Of(http.User).Actor);
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException e) when (TenantEndpoints.TakenBy(e) is { } taken)
        {
            return (0, taken);
        }

        var after = TenantEndpoints.Snapshot(TenantEndpoints.ToResponse(tenant));
        await db.RecordAsync(
            new(tenant.Id, "tenant.registered", TenantEndpoints.TargetType, tenant.Id, null, after), http, clock.Now,
            ct);
        if (key is not null)
        {
            await db.ExecuteAsync(
                key.Remember(
                    StatusCodes.Status201Created, $"/internal/api/v1/tenants/{tenant.Id}", null, Codes.TenantCreated,
                    $"{tenant.Id}", clock.Now, IdempotentCreate.TableOfPlatform),
                ct);
        }

        await transaction.CommitAsync(ct);
        return (tenant.Id, null);
    }
}
