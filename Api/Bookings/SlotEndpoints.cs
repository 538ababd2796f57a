using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using NodaTime;
using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Contracts.Catalogue;
using Platform.Core;
using Platform.Core.Availability;
using Platform.Core.Bookings;
using Platform.Core.Storage;

namespace Platform.Api.Bookings;

internal static class SlotEndpoints
{
    /// <summary>Calendar days in the zone of the question, so that a month with a clock change is still a month.</summary>
    private const int MaxDays = 31;

    public static void MapSlots(this RouteGroupBuilder direct) =>
        direct.MapGet("/slots", List).WithTags("Slots").RequireScope(Scopes.Scheduling)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);

    public static void MapPublicSlots(this RouteGroupBuilder slug) =>
        slug.MapGet("/slots", ListPublic).WithTags("Slots").ProducesProblem(StatusCodes.Status422UnprocessableEntity);

    private static Task<Results<Ok<List<SlotResponse>>, ProblemHttpResult>> List(
        [AsParameters] SlotQuestion question, SlotQuery query, TenantContext tenant, TimeProvider clock,
        CancellationToken ct) =>
        AnswerAsync(question, query, tenant, clock.GetUtcNow(), publicOnly: false, ct);

    private static Task<Results<Ok<List<SlotResponse>>, ProblemHttpResult>> ListPublic(
        [AsParameters] SlotQuestion question, SlotQuery query, TenantContext tenant, TimeProvider clock,
        CancellationToken ct) =>
        AnswerAsync(question, query, tenant, clock.GetUtcNow(), publicOnly: true, ct);

    private static async Task<Results<Ok<List<SlotResponse>>, ProblemHttpResult>> AnswerAsync(
        SlotQuestion question, SlotQuery query, TenantContext tenant, DateTimeOffset now, bool publicOnly,
        CancellationToken ct)
    {
        if (ZoneRules.Find(question.TimeZone ?? tenant.TimeZone) is not { } zone) return BookingRules.UnknownZone.ToProblem();
        if (question.From.In(zone) is not { } from) return Nonexistent("from").ToProblem();
        if (question.To.In(zone) is not { } to) return Nonexistent("to").ToProblem();
        if (Refusal(from, to, zone) is { } refusal) return refusal.ToProblem();

        var wanted = new TimeRange(from, to);
        var service = await query.ReadAsync(question.ServiceId, wanted, ct);
        if (service is null || (publicOnly && !service.Public)) return BookingRules.UnknownService.ToProblem();
        if (service.Lasting(question.DurationMinutes) is not { } times) return BookingRules.UnknownLength.ToProblem();
        if (question.ResourceId is { } resource && !service.Names.ContainsKey(resource))
        {
            return BookingRules.UnknownResource("resourceId").ToProblem();
        }

        var candidates = BookingRules.Wanted(service.Candidates, question.ResourceId is { } id ? [id] : []);
        return TypedResults.Ok(SlotRules.Slots(times, candidates, wanted, now)
            .Select(slot => slot.ToResponse(times.Length)).ToList());
    }

    private static Rejection? Refusal(DateTimeOffset from, DateTimeOffset to, DateTimeZone zone)
    {
        if (to <= from) return new(RejectionKind.Invalid, Codes.InvalidRange, "It ends after it starts.", "to");

        return to - from > TimeSpan.FromDays(MaxDays + 1) // by far; and years 1 and 9999 have no zone
            || (to - from > TimeSpan.FromDays(MaxDays - 1)
                && Local(to, zone).PlusDays(-MaxDays) > Local(from, zone))
            ? new(RejectionKind.Invalid, Codes.RangeTooLong, $"It spans at most {MaxDays} days.", "to")
            : null;
    }

    private static LocalDateTime Local(DateTimeOffset instant, DateTimeZone zone) =>
        Instant.FromDateTimeOffset(instant).InZone(zone).LocalDateTime;

    private static Rejection Nonexistent(string field) =>
        new(RejectionKind.Invalid, Codes.NonexistentLocalTime, "Clocks jump over that local time.", field);
}

/// <param name="From">RFC 3339, or local in <paramref name="TimeZone"/>; slots start at it or later.</param>
/// <param name="To">Exclusive.</param>
/// <param name="TimeZone">IANA name; the tenant's zone when absent.</param>
internal sealed record SlotQuestion(
    [FromQuery(Name = "serviceId")] long ServiceId,
    [FromQuery(Name = "from")] QueryInstant From,
    [FromQuery(Name = "to")] QueryInstant To,
    [FromQuery(Name = "timeZone")] string? TimeZone,
    [FromQuery(Name = "resourceId")] long? ResourceId,
    [FromQuery(Name = "durationMinutes")] int? DurationMinutes);
