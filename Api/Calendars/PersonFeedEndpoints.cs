using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Contracts.Audit;
using Platform.Contracts.Calendars;
using Platform.Contracts.People;
using Platform.Core.Calendars;
using Platform.Core.Storage;

namespace Platform.Api.Calendars;

/// <summary>
/// The secret address of a member's own bookings: those of the resource and the client record that their membership
/// names, and those that they made. It ends with the membership.
/// </summary>
internal static class PersonFeedEndpoints
{
    public static void MapPersonFeeds(this RouteGroupBuilder tenant)
    {
        var feed = tenant.MapGroup("/me/feed").WithTags("Calendars").RequireScope(Scopes.Scheduling);
        feed.MapGet("/", Get);
        feed.MapPost("/", Create);
        feed.MapDelete("/", Delete);
    }

    private static async Task<Results<Ok<PersonFeedResponse>, ProblemHttpResult>> Get(
        Caller caller, TenantDb db, Members members, CancellationToken ct)
    {
        if (await MemberAsync(caller, db, members, ct) is not { } member) return TypedResults.Problem(Problems.NotFound());

        var feed = await db.PersonFeeds.AsNoTracking().SingleOrDefaultAsync(f => f.UserId == member.UserId, ct);
        return TypedResults.Ok(new PersonFeedResponse(feed is not null, feed?.Details ?? false));
    }

    /// <summary>Creating one again ends the previous URL.</summary>
    private static async Task<Results<Ok<PersonFeedResponse>, ProblemHttpResult>> Create(
        CreateFeedRequest? request, Caller caller, TenantDb db, Members members, HttpContext http, CancellationToken ct)
    {
        if (await MemberAsync(caller, db, members, ct) is not { } member) return TypedResults.Problem(Problems.NotFound());
        if (!SeesBookings(member))
        {
            return TypedResults.Problem(Problems.Of(
                StatusCodes.Status403Forbidden, Codes.Forbidden,
                $"This takes the permission {Permissions.BookingsRead} or {Permissions.BookingsOwn}."));
        }

        var (token, details) = (FeedToken.New(db.Tenant.Id), request?.Details ?? false);
        await db.Database.ExecuteSqlAsync(
            $"""
            insert into person_feeds (user_id, token_hash, details, created_by, updated_by)
            values ({member.UserId}, {token.Hash}, {details}, {caller.Actor}, {caller.Actor})
            on conflict (user_id) do update
            set token_hash = excluded.token_hash, details = excluded.details, updated_by = excluded.updated_by
            """,
            ct);
        await db.RecordAsync(AuditActions.PersonFeedCreated, member.UserId, null, new { details }, http, ct);
        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(new PersonFeedResponse(
            true, details, token.Text, $"/public/api/v1/feeds/{token.Text}.ics"));
    }

    /// <summary>Deletes the feed; repeating it changes nothing.</summary>
    private static async Task<Results<NoContent, ProblemHttpResult>> Delete(
        Caller caller, TenantDb db, Members members, HttpContext http, CancellationToken ct)
    {
        if (await MemberAsync(caller, db, members, ct) is not { } member) return TypedResults.Problem(Problems.NotFound());

        if (await db.PersonFeeds.Where(f => f.UserId == member.UserId).ExecuteDeleteAsync(ct) > 0)
        {
            await db.RecordAsync(AuditActions.PersonFeedDeleted, member.UserId, null, null, http, ct);
        }

        return TypedResults.NoContent();
    }

    /// <summary>
    /// The feed with this token, as long as its owner is an active member who may see bookings; what is read after that
    /// is only their own.
    /// </summary>
    public static async Task<ReadFeed?> FindAsync(TenantDb db, byte[] hash, Members members, CancellationToken ct)
    {
        var feed = await db.PersonFeeds.AsNoTracking().SingleOrDefaultAsync(f => f.TokenHash == hash, ct);
        if (feed is null || await members.FindAsync(feed.UserId, db.Tenant.Id, ct) is not { } member || !SeesBookings(member))
        {
            return null;
        }

        db.Tenant.Own = member.Own with { MadeBy = $"user:{member.UserId}" };
        return new(null, feed.Details, $"{member.Name}, {db.Tenant.Name}");
    }

    private static bool SeesBookings(Core.People.Member member) =>
        member.Permissions.Contains(Permissions.BookingsRead) || member.Permissions.Contains(Permissions.BookingsOwn);

    /// <summary>A client that acts for itself, and staff who look in, are nobody here.</summary>
    private static async Task<Core.People.Member?> MemberAsync(
        Caller caller, TenantDb db, Members members, CancellationToken ct) =>
        caller.UserId is { } user ? await members.FindAsync(user, db.Tenant.Id, ct) : null;
}
