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
/// Makes tenants. The row, its key and the task of the Worker are committed before the schema is built: that takes a
/// while, and what is registered can be continued. So a key identifies its tenant, and a repeated request returns its
/// current state.
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
        direct.MapGet("/tenant-tasks/{id:long}", GetTask).WithTags("Tenants");

        static RouteHandlerBuilder Provisions(RouteHandlerBuilder route) => route
            .WithCode(Codes.TenantCreated, "The tenant is provisioned.")
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<Results<Created<TenantResponse>, Accepted<TenantTaskResponse>, ProblemHttpResult>> Create(
        CreateTenantRequest request, PlatformDb db, TenantWork work, HttpContext http, TimeProvider clock,
        CancellationToken ct)
    {
        var refusal = Rejection.All(
            TenantRules.Slug(request.Slug), ClientRules.Zone(request.TimeZone), TenantRules.Currency(request.Currency));
        if (refusal is not null) return refusal.ToProblem();

        if (!http.ReadIdempotencyKey(Caller.Of(http.User).Actor, request).TryGet(out var key, out var malformed))
        {
            return malformed.ToProblem();
        }

        var registered = await RegisterAsync(FromRequest(request), key, db, work, http, clock, ct);
        if (!registered.TryGet(out var row, out var taken)) return taken.ToProblem();

        var id = row.TenantId;
        var (tenant, task) = await WaitUntilBuiltAsync(id, row.TaskId, db, work, http, ct);
        if (task is { FinishedAt: null }) return TenantWork.Accepted(task, http);
        if (task?.Outcome?.Failure is { } failure) return TenantWork.ToRejection(failure, id).ToProblem();
        if (tenant is null) return TypedResults.Problem(Problems.NotFound()); // an import that was refused

        http.SetCreated($"/internal/api/v1/tenants/{id}", tenant.Version);
        return TypedResults.Created((string?)null, tenant);
    }

    private static async Task<Results<Ok<TenantResponse>, Accepted<TenantTaskResponse>, ProblemHttpResult>> Retry(
        long id, PlatformDb db, TenantWork work, HttpContext http, CancellationToken ct)
    {
        if (await db.Tenants.AsNoTracking().SingleOrDefaultAsync(t => t.Id == id, ct) is not { } found)
        {
            return TypedResults.Problem(Problems.NotFound());
        }

        if (http.CheckVersion(found.Version) is { } stale) return stale.ToProblem();
        if (TenantRules.Provisionable(found) is { } refusal) return refusal.ToProblem();
        if (await work.OpenAsync(id, ct) is not null) return TenantWork.InProgress(id).ToProblem();

        var (tenant, task) = await WaitUntilBuiltAsync(id, taskId: null, db, work, http, ct);
        if (task is { FinishedAt: null }) return TenantWork.Accepted(task, http);
        if (task?.Outcome?.Failure is { } failure) return TenantWork.ToRejection(failure, id).ToProblem();

        http.SetVersion(tenant!.Version);
        return TypedResults.Ok(tenant);
    }

    /// <summary>The state of a task that was answered with 202.</summary>
    private static async Task<Results<Ok<TenantTaskResponse>, ProblemHttpResult>> GetTask(
        long id, PlatformDb db, CancellationToken ct)
    {
        db.Scope = Scope.AllTenants;
        return await db.FindTenantTaskAsync(id, ct) is { } task
            ? TypedResults.Ok(TenantWork.ToResponse(task))
            : TypedResults.Problem(Problems.NotFound());
    }

    /// <summary>
    /// Waits until a registered tenant is built, and has it built if nobody does. One that is provisioned is returned
    /// as it is.
    /// </summary>
    /// <param name="taskId">The task that builds it, where that is known.</param>
    internal static async Task<TenantBuild> WaitUntilBuiltAsync(
        long id, long? taskId, PlatformDb db, TenantWork work, HttpContext http, CancellationToken ct,
        TimeSpan? atMost = null)
    {
        if (taskId is null)
        {
            var found = await work.TenantAsync(id, ct);
            if (found is not { Status: TenantStatuses.Provisioning or TenantStatuses.ProvisioningFailed })
            {
                return new(found, null);
            }

            taskId = await work.OpenAsync(id, ct) ?? await AddAsync();
        }

        var task = taskId is { } known ? await work.WaitAsync(known, http, ct, atMost) : null;
        return new(await work.TenantAsync(id, ct), task);

        async Task<long?> AddAsync()
        {
            await using var transaction = await db.Database.BeginTransactionAsync(ct);
            var added = await work.AddAsync(id, TenantTaskKinds.Build, http, ct);
            await transaction.CommitAsync(ct);
            return added;
        }
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

    /// <summary>Registers a tenant and the task that builds it, or finds the tenant that this key has made.</summary>
    private static async Task<Result<RegisteredTenant>> RegisterAsync(
        Tenant tenant, RequestKey? key, PlatformDb db, TenantWork work, HttpContext http, TimeProvider clock,
        CancellationToken ct)
    {
        db.Scope = Scope.AllTenants;
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        if (key is not null)
        {
            if (!(await db.TakeAsync(key, scope: 0, ct)).TryGet(out var answered, out var unusable)) return unusable;

            if (answered is not null)
            {
                http.SetReplayed();
                return new RegisteredTenant(JsonSerializer.Deserialize<long>(answered.Body), TaskId: null);
            }
        }

        if (await AddRowAsync(tenant, db, http, clock, ct) is { } taken) return taken;

        var taskId = await work.AddAsync(tenant.Id, TenantTaskKinds.Build, http, ct);
        if (key is not null) await db.RememberAsync(key, tenant.Id, Codes.TenantCreated, tenant.Id, clock.Now, ct);

        await transaction.CommitAsync(ct);
        return new RegisteredTenant(tenant.Id, taskId);
    }

    /// <summary>Registers a tenant in the transaction that runs.</summary>
    internal static async Task<Rejection?> AddRowAsync(
        Tenant tenant, PlatformDb db, HttpContext http, TimeProvider clock, CancellationToken ct)
    {
        db.Create(tenant, Caller.Of(http.User).Actor);
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException e) when (TenantEndpoints.TakenBy(e) is { } taken)
        {
            return taken;
        }

        await db.RecordAsync(
            new(tenant.Id, "tenant.registered", Tenant.AuditTarget, tenant.Id, null, tenant.ToResponse().ToSnapshot()),
            http, clock.Now, ct);
        return null;
    }

    /// <summary>Stores the id that a repeated request finds under its key.</summary>
    internal static Task RememberAsync(
        this PlatformDb db, RequestKey key, long tenantId, string code, long found, DateTimeOffset now,
        CancellationToken ct) =>
        db.ExecuteAsync(
            key.Remember(
                StatusCodes.Status201Created, $"/internal/api/v1/tenants/{tenantId}", null, code, $"{found}", now,
                IdempotentCreate.TableOfPlatform),
            ct);

    /// <param name="TaskId">Null if the key was answered before, or the tenant has an open task.</param>
    private sealed record RegisteredTenant(long TenantId, long? TaskId);
}

/// <summary>A tenant with the task that built it, or still builds it.</summary>
/// <param name="Tenant">Null if it does not exist: an import that was refused.</param>
/// <param name="Task">Null if the tenant was built before.</param>
internal sealed record TenantBuild(TenantResponse? Tenant, TenantTask? Task);
