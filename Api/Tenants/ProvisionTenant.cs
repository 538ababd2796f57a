using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Contracts.Events;
using Platform.Contracts.Tenants;
using Platform.Core;
using Platform.Core.Storage;
using Platform.Core.Tenants;

namespace Platform.Api.Tenants;

/// <summary>
/// Builds the schema of a tenant that is registered, and lets people in when all of it is there. Each step is done or
/// not, so what broke off is continued by the next attempt. Migrations are the owner's work:
/// <see cref="TenantSchemas"/>.
/// </summary>
internal sealed class ProvisionTenant(
    TenantSchemas schemas,
    PlatformDb db,
    AccessSignals signals,
    IHostApplicationLifetime host,
    TimeProvider clock,
    ILogger<ProvisionTenant> log)
{
    /// <summary>
    /// One at a time for each tenant. It continues when the caller disconnects, so that the tenant is complete. One
    /// that is provisioned is answered as it is.
    /// </summary>
    public async Task<(TenantResponse? Tenant, ProblemDetails? Problem)> RunAsync(long id, HttpContext http)
    {
        var ct = host.ApplicationStopping;
        await using var only = await schemas.TryLockAsync(id, ct);
        if (only is null) return (null, InProgress(id));

        if (await ReadAsync(id, ct) is not { } tenant) return (null, Problems.NotFound()); // an import that was refused
        if (tenant.Status is not (TenantStatuses.Provisioning or TenantStatuses.ProvisioningFailed)) return (tenant, null);

        // Of an import that broke off only its tables could be made, and an empty tenant would be taken for the whole.
        var error = tenant.ProvisioningError == ProvisioningErrors.ImportFailed
            ? ProvisioningErrors.ImportFailed
            : await BuildAsync(id, ct);
        tenant = await FinishAsync(id, error, http, ct);
        return tenant.Status == TenantStatuses.ProvisioningFailed ? (null, Failed(tenant)) : (tenant, null);
    }

    public static ProblemDetails InProgress(long id)
    {
        var problem = Problems.Of(
            StatusCodes.Status409Conflict, Codes.ProvisioningInProgress, "Somebody is at it right now.");
        problem.Extensions["tenantId"] = id;
        return problem;
    }

    /// <returns>Why not.</returns>
    private async Task<string?> BuildAsync(long id, CancellationToken ct)
    {
        try
        {
            await schemas.MigrateAsync(id, ct);
            return await HoldsDataAsync(id, ct) ? ProvisioningErrors.SchemaConflict : null;
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            log.LogError(e, "Tenant {TenantId} could not be provisioned", id);
            return ErrorOf(e);
        }
    }

    /// <summary>A tenant that nobody could use yet has no clients: a schema that has some is somebody else's.</summary>
    private async Task<bool> HoldsDataAsync(long id, CancellationToken ct)
    {
        await using var schema = schemas.Open(id);
        await using var transaction = await schema.Database.BeginTransactionAsync(ct);
        return await schema.Database
            .SqlQuery<bool>($"""select exists(select from clients) or exists(select from bookings) as "Value" """)
            .SingleAsync(ct);
    }

    internal static string ErrorOf(Exception e) => (e as NpgsqlException ?? e.InnerException as NpgsqlException) switch
    {
        PostgresException
        {
            SqlState: PostgresErrorCodes.DuplicateTable or PostgresErrorCodes.DuplicateObject
                or PostgresErrorCodes.DuplicateFunction or PostgresErrorCodes.DuplicateSchema
                or PostgresErrorCodes.DuplicateColumn or PostgresErrorCodes.UniqueViolation
                or PostgresErrorCodes.WrongObjectType or PostgresErrorCodes.UndefinedColumn
        } => ProvisioningErrors.SchemaConflict,
        { IsTransient: true } => ProvisioningErrors.DatabaseUnavailable,
        _ => ProvisioningErrors.MigrationFailed,
    };

    private async Task<TenantResponse> FinishAsync(long id, string? error, HttpContext http, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var tenant = (await db.LockTenantAsync(id, ct))!;
        if (tenant.Status is not (TenantStatuses.Provisioning or TenantStatuses.ProvisioningFailed))
        {
            return TenantEndpoints.ToResponse(tenant); // it was released concurrently
        }

        var before = TenantEndpoints.Snapshot(TenantEndpoints.ToResponse(tenant));
        tenant.Status = error is null ? TenantStatuses.Active : TenantStatuses.ProvisioningFailed;
        tenant.ProvisioningError = error;
        db.Change(tenant, Caller.Of(http.User).Actor);
        await db.SaveChangesAsync(ct);

        var response = TenantEndpoints.ToResponse(tenant);
        var after = TenantEndpoints.Snapshot(response);
        if (error is null)
        {
            await db.RecordAsync(
                new(id, TenantCreated.EventType, TenantEndpoints.TargetType, id, before, after),
                new TenantCreated(after), tenant.Version, http, clock.Now, ct);
        }
        else
        {
            await db.RecordAsync(
                new(id, "tenant.provisioning_failed", TenantEndpoints.TargetType, id, before,
                    new { Tenant = after, error }),
                http, clock.Now, ct);
        }

        await transaction.CommitAsync(ct);
        signals.Changed(id);
        return response;
    }

    private async Task<TenantResponse?> ReadAsync(long id, CancellationToken ct)
    {
        db.Scope.Staff = true;
        db.ChangeTracker.Clear();
        return await db.Tenants.AsNoTracking().SingleOrDefaultAsync(t => t.Id == id, ct) is { } tenant
            ? TenantEndpoints.ToResponse(tenant)
            : null;
    }

    private static ProblemDetails Failed(TenantResponse tenant)
    {
        var problem = Problems.Of(
            StatusCodes.Status503ServiceUnavailable, Codes.ProvisioningFailed,
            "The tenant is registered; retry it later.");
        problem.Extensions["tenantId"] = tenant.Id;
        problem.Extensions["reason"] = tenant.ProvisioningError;
        return problem;
    }
}
