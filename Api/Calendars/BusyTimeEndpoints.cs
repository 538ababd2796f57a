using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using NpgsqlTypes;
using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Contracts.Calendars;
using Platform.Core.Calendars;
using Platform.Core.Catalogue;
using Platform.Core.Storage;

namespace Platform.Api.Calendars;

/// <summary>When resources are busy in outside calendars. With what is not stored.</summary>
internal static class BusyTimeEndpoints
{
    private const int MaxDays = 62;

    public static void MapBusyTimes(this RouteGroupBuilder tenant) =>
        tenant.MapGet("/busy-times", List).WithTags("Calendars").RequireScope(Scopes.Scheduling)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);

    /// <summary>By resource and time; those that meet the range, as long as they are.</summary>
    private static async Task<Results<Ok<IReadOnlyList<BusyTimeResponse>>, ProblemHttpResult>> List(
        [AsParameters] QueryRange asked, [FromQuery(Name = "resourceId")] long? resourceId, TenantDb db, CancellationToken ct)
    {
        if (!asked.In(db.Tenant, MaxDays).TryGet(out var range, out var rejection)) return rejection.ToProblem();
        if (resourceId is { } id && !await db.Resources.AnyAsync(r => r.Id == id, ct))
        {
            return TypedResults.Problem(
                Problems.NotFound(new FieldError("resourceId", Codes.NotFound, "The value does not exist.")));
        }

        var during = new NpgsqlRange<DateTime>(range.Start.UtcDateTime, true, range.End.UtcDateTime, false);
        var found = await db.OutsideBusyTimes.AsNoTracking()
            .Where(t => t.During.Overlaps(during) && (resourceId == null || t.ResourceId == resourceId))
            .OrderBy(t => t.ResourceId).ThenBy(t => t.During).ToListAsync(ct);
        return TypedResults.Ok<IReadOnlyList<BusyTimeResponse>>(
            [.. found.Select(t => new BusyTimeResponse(t.ResourceId, Utc(t.During.LowerBound), Utc(t.During.UpperBound))).Distinct()]);

        static DateTimeOffset Utc(DateTime bound) => new(bound, TimeSpan.Zero);
    }
}
