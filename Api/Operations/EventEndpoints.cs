using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Contracts.Audit;
using Platform.Contracts.Events;
using Platform.Contracts.Operations;
using Platform.Core;
using Platform.Core.Audit;
using Platform.Core.Outbox;
using Platform.Core.Storage;
using StackExchange.Redis;

namespace Platform.Api.Operations;

/// <summary>What operators see of events, and what they do with those that a consumer could not handle.</summary>
internal static class EventEndpoints
{
    public static void MapEvents(this RouteGroupBuilder staff)
    {
        var events = staff.MapGroup("/events").WithTags("Events");
        events.MapGet("/recent", Recent);
        events.MapGet("/streams", Streams);
        events.MapGet("/groups", async Task<Ok<List<EventGroupResponse>>> (EventBroker broker) =>
            TypedResults.Ok(await broker.GroupsAsync()));
        events.MapGet("/dead-letters", List);
        events.MapGet("/dead-letters/{id}", Get);
        events.MapPost("/dead-letters/{id}/replay", Replay)
            .WithCode(Codes.DeadLetterReplayed, "The group gets the event again.");
        events.MapPost("/dead-letters/{id}/discard", Discard)
            .WithCode(Codes.DeadLetterDiscarded, "The dead letter is discarded.");
    }

    private static async Task<Ok<List<PublishedEvent>>> Recent(
        EventsDb events, PlatformDb platform, [Description("Only events of this tenant.")] long? tenantId,
        [Range(1, 200)] int limit = 50, CancellationToken ct = default)
    {
        var found = await NewestAsync(events.EventLog, tenantId, limit, ct);
        found.AddRange(await NewestAsync(platform.EventLog, tenantId, limit, ct));
        return TypedResults.Ok(found.OrderByDescending(e => e.OccurredAt).Take(limit).ToList()); // stable: ties keep their order
    }

    private static async Task<Ok<EventStreamsResponse>> Streams(
        EventsDb events, PlatformDb platform, EventBroker broker, TimeProvider clock, CancellationToken ct)
    {
        OutboxResponse[] outboxes =
        [
            await OutboxAsync(Databases.Tenant, events.Outbox, clock, ct),
            await OutboxAsync(Databases.Platform, platform.Outbox, clock, ct),
        ];
        return TypedResults.Ok(new EventStreamsResponse(
            outboxes, await broker.StreamsAsync(), await broker.CountDeadLettersAsync()));
    }

    private static async Task<Ok<Page<DeadLetterResponse>>> List(
        EventBroker broker,
        [Description("A consumer group."), RegularExpression(EventGroups.Pattern)] string? group,
        [AsParameters] CursorQuery<DeadLetterCursor> page)
    {
        var found = await broker.DeadLettersAsync(page.Cursor?.Id, group, page.Rows + 1);
        return TypedResults.Ok(found.ToPage(page.Rows, letter => new DeadLetterCursor(letter.Id!))
            .Of(letter => EventBroker.ToResponse(letter, withFields: false)));
    }

    private static async Task<Results<Ok<DeadLetterResponse>, ProblemHttpResult>> Get(string id, EventBroker broker) =>
        await broker.FindDeadLetterAsync(id) is { } letter
            ? TypedResults.Ok(EventBroker.ToResponse(letter, withFields: true))
            : TypedResults.Problem(Problems.NotFound());

    private static Task<Results<Ok<DeadLetterResponse>, ProblemHttpResult>> Replay(
        string id, EventBroker broker, PlatformDb db, TimeProvider clock, HttpContext http, CancellationToken ct) =>
        ActAsync(id, AuditActions.DeadLetterReplayed, broker.ReplayAsync, broker, db, clock, http, ct);

    private static Task<Results<Ok<DeadLetterResponse>, ProblemHttpResult>> Discard(
        string id, EventBroker broker, PlatformDb db, TimeProvider clock, HttpContext http, CancellationToken ct) =>
        ActAsync(id, AuditActions.DeadLetterDiscarded, broker.DiscardAsync, broker, db, clock, http, ct);

    /// <summary>The audit row first: if Redis does not do it, the row is rolled back.</summary>
    private static async Task<Results<Ok<DeadLetterResponse>, ProblemHttpResult>> ActAsync(
        string id, string action, Func<StreamEntry, Task> act, EventBroker broker, PlatformDb db, TimeProvider clock,
        HttpContext http, CancellationToken ct)
    {
        if (await broker.FindDeadLetterAsync(id) is not { } letter) return TypedResults.Problem(Problems.NotFound());

        var shown = EventBroker.ToResponse(letter, withFields: false);
        await db.RecordAsync(
            AuditChange.Of(
                null, action, null, null,
                new { deadLetterId = id, shown.Group, shown.EventId, shown.EventType, shown.TenantId, shown.Reason }),
            http, clock.Now, ct);
        await act(letter);
        return TypedResults.Ok(shown);
    }

    private static async Task<OutboxResponse> OutboxAsync(
        string database, IQueryable<OutboxMessage> outbox, TimeProvider clock, CancellationToken ct)
    {
        var oldest = await outbox.MinAsync(m => (DateTimeOffset?)m.OccurredAt, ct);
        var age = oldest is { } at ? Math.Max((clock.GetUtcNow() - at).TotalSeconds, 0) : (double?)null;
        return new(database, await outbox.LongCountAsync(ct), age);
    }

    private static Task<List<PublishedEvent>> NewestAsync(
        IQueryable<LoggedEvent> log, long? tenantId, int limit, CancellationToken ct) => log
        .Where(e => tenantId == null || e.TenantId == tenantId)
        .OrderByDescending(e => e.OccurredAt).ThenByDescending(e => e.Position)
        .Take(limit)
        .Select(e => new PublishedEvent(
            e.EventId, e.EventType, e.TenantId, e.AggregateType, e.AggregateId, e.AggregateVersion, e.OccurredAt,
            e.Actor, e.Stream + "/" + e.EntryId))
        .ToListAsync(ct);
}

/// <summary>Where a page of dead letters ends: an id in Redis. Opaque to clients.</summary>
internal sealed record DeadLetterCursor(string Id)
{
    public override string ToString() => CursorText.Of([.. Id.Split('-').Select(long.Parse)]);

    public static bool TryParse(string? text, out DeadLetterCursor? cursor)
    {
        cursor = CursorText.Read(text) is [var time, var number] ? new($"{time}-{number}") : null;
        return cursor is not null;
    }
}
