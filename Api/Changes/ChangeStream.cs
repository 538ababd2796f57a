using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Npgsql;
using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Contracts.People;
using Platform.Core.Changes;
using Platform.Core.Storage;

namespace Platform.Api.Changes;

/// <summary>How many follow each tenant on this node.</summary>
internal sealed class OpenStreams(IHostApplicationLifetime lifetime)
{
    public const int PerTenant = 50;

    private readonly ConcurrentDictionary<long, int> _open = new();

    public CancellationToken Stopping => lifetime.ApplicationStopping;

    public bool TryOpen(long tenantId)
    {
        if (_open.AddOrUpdate(tenantId, 1, (_, open) => open + 1) <= PerTenant) return true;

        Close(tenantId);
        return false;
    }

    public void Close(long tenantId)
    {
        if (_open.AddOrUpdate(tenantId, 0, (_, open) => open - 1) == 0) _open.TryRemove(new(tenantId, 0));
    }
}

/// <summary>
/// The feed of changes as server-sent events. It is read from the tenant's own tables, so every node sends the same,
/// and an id that one gave is understood by all.
/// </summary>
internal static class ChangeStream
{
    private const string MediaType = "text/event-stream";
    private const int ReadAtOnce = 200;

    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan KeepAliveInterval = TimeSpan.FromSeconds(15);

    /// <summary>Access that has ended shows nothing any more after that; clients connect again by themselves.</summary>
    private static readonly TimeSpan MaxDuration = TimeSpan.FromMinutes(5);

    public static void MapChangeStream(this RouteGroupBuilder direct) => direct
        .MapGet("/events/stream", Follow).WithTags("Changes")
        .RequireScope(Scopes.Scheduling).RequirePermission(Permissions.BookingsRead)
        .Produces<string>(StatusCodes.Status200OK, MediaType)
        .ProducesProblem(StatusCodes.Status406NotAcceptable)
        .ProducesProblem(StatusCodes.Status429TooManyRequests);

    private static async Task<Results<PushStreamHttpResult, ProblemHttpResult>> Follow(
        [FromHeader(Name = "Last-Event-ID"), Description("The `id` that came last; what changes from now on where it is absent.")]
        IdCursor? last,
        TenantDb db, ChangesQuery changes, OpenStreams streams, HttpContext http, CancellationToken ct)
    {
        if (!http.Request.GetTypedHeaders().Accept.Any(a => a.MatchesMediaType(MediaType)))
        {
            return TypedResults.Problem(Problems.Of(
                StatusCodes.Status406NotAcceptable, Codes.NotAcceptable, $"The answer has no end: accept {MediaType}."));
        }

        var position = last?.Id ?? await InTransactionAsync(db, () => NowAsync(changes, ct), ct);
        if (!streams.TryOpen(db.Tenant.Id))
        {
            http.Response.Headers.RetryAfter = "10";
            return TypedResults.Problem(Problems.Of(
                StatusCodes.Status429TooManyRequests, Codes.RateLimited,
                $"On this node a tenant has at most {OpenStreams.PerTenant} streams at once."));
        }

        http.Response.OnCompleted(() =>
        {
            streams.Close(db.Tenant.Id);
            return Task.CompletedTask;
        });
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers["X-Accel-Buffering"] = "no"; // proxies pass on what there is
        return TypedResults.Stream(
            body => WriteAsync(
                new StreamWriter(body, new UTF8Encoding(false)), position, db, changes, streams.Stopping, ct),
            MediaType);
    }

    /// <summary>Gives earlier changes their positions, so that they are not sent as new.</summary>
    private static async Task<long> NowAsync(ChangesQuery changes, CancellationToken ct)
    {
        await changes.ReadAsync(long.MaxValue, 0, ct);
        return await changes.LastAsync(ct);
    }

    private static async Task WriteAsync(
        StreamWriter writer, long position, TenantDb db, ChangesQuery changes, CancellationToken stopping, CancellationToken ct)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(ct, stopping);
        end.CancelAfter(MaxDuration);
        var (silentSince, line) = (Stopwatch.GetTimestamp(), "retry: 2000\n\n");

        try
        {
            while (true)
            {
                if (line.Length > 0)
                {
                    await writer.WriteAsync(line.AsMemory(), end.Token);
                    await writer.FlushAsync(end.Token);
                    silentSince = Stopwatch.GetTimestamp();
                }

                var page = await InTransactionAsync(
                    db,
                    async () => await changes.AnyAsync(position, end.Token)
                        ? await changes.ReadAsync(position, ReadAtOnce, end.Token)
                        : new([], position, HasMore: false),
                    end.Token);
                position = page.Last;
                line = page.Found.Count > 0 ? string.Concat(page.Found.Select(Written))
                    : Stopwatch.GetElapsedTime(silentSince) > KeepAliveInterval ? ":\n\n" : "";
                if (!page.HasMore) await Task.Delay(Poll, end.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or NpgsqlException or IOException)
        {
            // The stream ends; the client connects again with the id it received last.
        }
    }

    private static string Written(Change change) =>
        $"""
        id: {new IdCursor(change.Position!.Value)}
        event: {change.Type}.{change.Operation}
        data: {JsonSerializer.Serialize(ChangeEndpoints.ToResponse(change), PlatformJson.Options)}


        """.ReplaceLineEndings("\n");

    private static async Task<T> InTransactionAsync<T>(TenantDb db, Func<Task<T>> read, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var result = await read();
        await transaction.CommitAsync(ct);
        return result;
    }
}
