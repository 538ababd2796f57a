using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Platform.Contracts.Platform;
using Platform.Core.Outbox;
using Platform.Core.Storage;

namespace Platform.Api.Events;

internal static class EventEndpoints
{
    public static void MapEvents(this RouteGroupBuilder staff) => staff.MapGet("/events/recent", Recent).WithTags("Events");

    private static async Task<Ok<List<PublishedEvent>>> Recent(
        EventsDb events, PlatformDb platform, [Range(1, 200)] int limit = 50, CancellationToken ct = default)
    {
        var found = await NewestAsync(events.EventLog, limit, ct);
        found.AddRange(await NewestAsync(platform.EventLog, limit, ct));
        return TypedResults.Ok(found.OrderByDescending(e => e.OccurredAt).Take(limit).ToList()); // stable: ties keep their order
    }

    private static Task<List<PublishedEvent>> NewestAsync(IQueryable<LoggedEvent> log, int limit, CancellationToken ct) => log
        .OrderByDescending(e => e.OccurredAt).ThenByDescending(e => e.Position)
        .Take(limit)
        .Select(e => new PublishedEvent(
            e.EventId, e.EventType, e.TenantId, e.AggregateType, e.AggregateId, e.AggregateVersion, e.OccurredAt,
            e.Actor, e.Stream + "/" + e.EntryId))
        .ToListAsync(ct);
}
