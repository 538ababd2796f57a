using Duende.IdentityServer.EntityFramework.DbContexts;
using Duende.IdentityServer.EntityFramework.Options;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Duende.IdentityServer.EntityFramework;

/// <summary>Removes grants and pushed requests that have expired.</summary>
internal sealed class Cleanup(
    IServiceScopeFactory scopes, OperationalStoreOptions options, TimeProvider clock,
    ILogger<Cleanup> logger) : BackgroundService
{
    /// <summary>
    /// Deletes a batch of rows whose column lies before {0}; {1} is the size. Other nodes take other rows.
    /// </summary>
    public static string TakeSql(PersistedGrantDbContext db, Type entity, string column, bool returning = false)
    {
        var table = TableOf(db, entity);
        return $"""
            DELETE FROM {table} WHERE "Id" IN (
                SELECT "Id" FROM {table} WHERE "{column}" < {"{0}"} LIMIT {"{1}"} FOR UPDATE SKIP LOCKED)
            {(returning ? "RETURNING *" : "")}
            """;
    }

    public static string TableOf(PersistedGrantDbContext db, Type entity)
    {
        var type = db.Model.FindEntityType(entity)!;
        return type.GetSchema() is { } schema
            ? $"\"{schema}\".\"{type.GetTableName()}\""
            : $"\"{type.GetTableName()}\"";
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.EnableTokenCleanup) return;

        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(options.TokenCleanupInterval), clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await CleanAsync(stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                logger.LogError(
                    e, "Expired grants could not be removed; trying again in {Seconds} s", options.TokenCleanupInterval);
            }
        }
    }

    internal async Task CleanAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<PersistedGrantDbContext>();
        var now = clock.GetUtcNow().UtcDateTime;

        (Type Entity, string Column)[] tables =
        [
            (typeof(Entities.PersistedGrant), "Expiration"),
            (typeof(Entities.PushedAuthorizationRequest), "ExpiresAtUtc"),
        ];
        foreach (var (entity, column) in tables)
        {
            int removed;
            do
            {
                removed = await db.Database.ExecuteSqlRawAsync(
                    TakeSql(db, entity, column), [now, options.TokenCleanupBatchSize], ct);
            }
            while (removed == options.TokenCleanupBatchSize);
        }
    }
}
