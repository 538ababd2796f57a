using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Api.Public;
using Platform.Contracts;
using Platform.Contracts.Audit;
using Platform.Contracts.Calendars;
using Platform.Contracts.People;
using Platform.Core.Calendars;
using Platform.Core.Catalogue;
using Platform.Core.Storage;
using Platform.Core.Tenants;

namespace Platform.Api.Calendars;

/// <summary>
/// Secret addresses that calendars subscribe to. Calendars cannot sign in, so the address is the key.
/// </summary>
internal static class FeedEndpoints
{
    public static void MapFeeds(this RouteGroupBuilder tenant)
    {
        var resources = tenant.MapGroup("/resources").WithTags("Calendars").RequireScope(Scopes.Scheduling);
        resources.MapPost("/{id:long}/feed", Create).RequirePermission(Permissions.CatalogueWrite);
        resources.MapDelete("/{id:long}/feed", Delete).RequirePermission(Permissions.CatalogueWrite);
    }

    public static void MapPublicFeeds(this RouteGroupBuilder anybody) =>
        anybody.MapGet("/feeds/{token}.ics", Read).WithTags("Calendars")
            .WithMetadata(new LimitedByAddress(OfTenant: false))
            .Produces<string>(StatusCodes.Status200OK, "text/calendar");

    /// <summary>Creating one again ends the previous URL.</summary>
    private static async Task<Results<Ok<FeedResponse>, ProblemHttpResult>> Create(
        long id, CreateFeedRequest? request, Caller caller, TenantDb db, HttpContext http, CancellationToken ct)
    {
        var (token, details) = (FeedToken.New(db.Tenant.Id), request?.Details ?? false);
        var made = await db.Database.ExecuteSqlAsync(
            $"""
            insert into calendar_feeds (resource_id, token_hash, details, created_by, updated_by)
            select id, {token.Hash}, {details}, {caller.Actor}, {caller.Actor} from resources where id = {id} for key share
            on conflict (resource_id) do update
            set token_hash = excluded.token_hash, details = excluded.details, updated_by = excluded.updated_by
            """,
            ct);
        if (made == 0) return TypedResults.Problem(Problems.NotFound());

        await db.RecordAsync(AuditActions.CalendarFeedCreated, id, null, new { details }, http, ct);
        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(new FeedResponse(id, token.Text, $"/public/api/v1/feeds/{token.Text}.ics", details));
    }

    /// <summary>Deletes the feed; repeating it changes nothing.</summary>
    private static async Task<Results<NoContent, ProblemHttpResult>> Delete(
        long id, TenantDb db, HttpContext http, CancellationToken ct)
    {
        if (!await db.Resources.AnyAsync(r => r.Id == id, ct)) return TypedResults.Problem(Problems.NotFound());

        if (await db.CalendarFeeds.Where(f => f.ResourceId == id).ExecuteDeleteAsync(ct) > 0)
        {
            await db.RecordAsync(AuditActions.CalendarFeedDeleted, id, null, null, http, ct);
        }

        return TypedResults.NoContent();
    }

    private static async Task<Results<FileContentHttpResult, ProblemHttpResult>> Read(
        string token, TenantDirectory tenants, FeedAnswers answers, HttpContext http, CancellationToken ct)
    {
        if (FeedToken.Read(token) is not { } secret
            || await tenants.FindAsync(secret.TenantId, ct) is not { IsActive: true } tenant
            || await answers.ReadAsync(secret, tenant, ct) is not { } file)
        {
            return TypedResults.Problem(Problems.NotFound());
        }

        http.Response.Headers.CacheControl = "private, no-cache"; // keep it, but ask each time
        return file;
    }
}
