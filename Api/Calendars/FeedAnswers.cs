using System.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;
using Npgsql;
using Platform.Api.Access;
using Platform.Core.Bookings;
using Platform.Core.Calendars;
using Platform.Core.Catalogue;
using Platform.Core.Storage;
using Platform.Core.Tenants;

namespace Platform.Api.Calendars;

/// <summary>
/// Files of feeds, which calendars ask for over and over. A file is kept as long as nothing that it shows has changed,
/// which one statement finds out; requests that arrive while it runs share the next one. For a second it is not asked
/// again, unless this process has written something: changes by other processes may be seen that late.
/// </summary>
internal sealed class FeedAnswers(
    IServiceScopeFactory scopes, [FromKeyedServices(Databases.Tenant)] NpgsqlDataSource source,
    IOptions<OrganizerOptions> organizer, TimeProvider clock) : IDisposable
{
    /// <summary>What a feed shows, from the day it is read.</summary>
    private static readonly TimeSpan Past = TimeSpan.FromDays(30), Future = TimeSpan.FromDays(366);

    private static readonly TimeSpan Unused = TimeSpan.FromHours(1);
    private const long MaxBytes = 64 * 1024 * 1024;

    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    private long _writes;

    private readonly MemoryCache _kept = new(new MemoryCacheOptions { SizeLimit = MaxBytes });

    /// <returns>Null if there is no such feed.</returns>
    public async Task<FileContentHttpResult?> ReadAsync(FeedToken token, TenantEntry tenant, CancellationToken ct)
    {
        var asked = new Moment(Stopwatch.GetTimestamp(), Interlocked.Read(ref _writes));
        if (_kept.TryGetValue(token, out Kept? kept) && kept!.Shown == ShownOf(tenant))
        {
            if (kept.Checked.Writes == asked.Writes && Stopwatch.GetElapsedTime(kept.Checked.At) < Fresh) return kept.File;

            var version = await kept.Checks.JoinAsync(() => VersionAsync(token, tenant)).WaitAsync(ct);
            if (version == kept.Version)
            {
                kept.Checked = asked;
                return kept.File;
            }
        }

        var current = await VersionAsync(token, tenant); // before the file: what changes in between is noticed
        var file = await FileAsync(token, tenant, ct);
        if (current is null || file is null)
        {
            _kept.Remove(token);
            return file; // of a person: it also depends on what they may see
        }

        _kept.Set(
            token, new Kept(ShownOf(tenant), current, file, new()) { Checked = asked },
            new MemoryCacheEntryOptions { Size = file.FileContents.Length, SlidingExpiration = Unused });
        return file;
    }

    public void Dispose() => _kept.Dispose();

    /// <summary>Before a request that may have written something is answered, no file is fresh any more.</summary>
    public static Task NoticeWritesAsync(HttpContext http, RequestDelegate next) =>
        HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method)
            ? next(http)
            : NoticeAsync(http, next);

    private static async Task NoticeAsync(HttpContext http, RequestDelegate next)
    {
        var answers = http.RequestServices.GetRequiredService<FeedAnswers>();
        http.Response.OnStarting(() =>
        {
            Interlocked.Increment(ref answers._writes);
            return Task.CompletedTask;
        });
        try
        {
            await next(http);
        }
        finally
        {
            Interlocked.Increment(ref answers._writes);
        }
    }

    private async Task<string?> VersionAsync(FeedToken token, TenantEntry tenant)
    {
        var now = clock.GetUtcNow();
        var sql = new TenantSql(source, new TenantContext { Id = tenant.Id });
        await using var reader = await sql.ReadAsync(
            [FeedVersion.Statement(token, now - Past, now + Future)], CancellationToken.None);
        return await reader.ReadAsync() ? reader.GetString(0) : null;
    }

    private async Task<FileContentHttpResult?> FileAsync(FeedToken token, TenantEntry tenant, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<TenantDb>();
        db.Tenant.Enter(tenant);
        scope.ServiceProvider.GetRequiredService<PlatformScope>().Current = Scope.Tenant(tenant.Id);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);

        var (hash, resources) = (token.Hash, db.Resources);
        var feed = await (
            from f in db.CalendarFeeds
            join r in resources on f.ResourceId equals r.Id
            where f.TokenHash == hash
            select new ReadFeed(f.ResourceId, f.Details, r.Name)).SingleOrDefaultAsync(ct)
            ?? await PersonFeedEndpoints.FindAsync(db, hash, scope.ServiceProvider.GetRequiredService<Members>(), ct);
        if (feed is null) return null;

        var now = clock.GetUtcNow();
        var bookings = await BookingQuery.ListAsync(
            db, new(now - Past, now + Future, feed.ResourceId), new(CalendarEndpoints.MaxEvents), ct);
        return BookingCalendar.Of(bookings, feed.Name, feed.Details, db.Tenant, organizer.Value);
    }

    private static (string Name, string TimeZone) ShownOf(TenantEntry tenant) => (tenant.Name, tenant.TimeZone);

    private sealed record Kept(
        (string Name, string TimeZone) Shown, string Version, FileContentHttpResult File, SharedChecks Checks)
    {
        /// <summary>When the file was known to be current.</summary>
        public required Moment Checked { get; set; }
    }

    private sealed record Moment(long At, long Writes);
}

/// <summary>A feed that somebody reads.</summary>
/// <param name="ResourceId">Null for the own bookings of a person.</param>
/// <param name="Details">Whether it names the clients.</param>
internal sealed record ReadFeed(long? ResourceId, bool Details, string Name);
