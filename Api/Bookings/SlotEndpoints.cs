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
using Platform.Core.Bookings.Slots;
using Platform.Core.Storage;

namespace Platform.Api.Bookings;

internal static class SlotEndpoints
{
    /// <summary>
    /// Calendar days in the zone of the question, so that a month with a clock change is still a month.
    /// </summary>
    private const int MaxDays = 31;

    /// <summary>Of one answer: a month of starts every five minutes, around the clock.</summary>
    private const int MaxSlots = 10_000;

    /// <summary>Of one answer, counted with each slot that they are free for: some 3 MB.</summary>
    private const int MaxResources = 300_000;

    /// <summary>As many as a booking may be for.</summary>
    private const int MaxParty = 10_000;

    /// <summary>How far ahead the next free slot is looked for.</summary>
    private const int FarthestNext = 366;

    public static void MapSlots(this RouteGroupBuilder direct) =>
        Map(direct.MapGroup("/slots").WithTags("Slots").RequireScope(Scopes.Scheduling), publicOnly: false);

    public static void MapPublicSlots(this RouteGroupBuilder slug) =>
        Map(slug.MapGroup("/slots").WithTags("Slots"), publicOnly: true);

    private static void Map(RouteGroupBuilder slots, bool publicOnly)
    {
        slots.MapGet("/", ([AsParameters] SlotSearch search, SlotFinder finder, CancellationToken ct) =>
            finder.ListAsync(search, publicOnly, ct)).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        slots.MapGet("/days", ([AsParameters] SlotSearch search, SlotFinder finder, CancellationToken ct) =>
            finder.DaysAsync(search, publicOnly, ct)).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        slots.MapGet("/next", ([AsParameters] NextSlotSearch search, SlotFinder finder, CancellationToken ct) =>
            finder.NextAsync(search, publicOnly, ct)).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
    }

    /// <summary>Answers the three questions about slots.</summary>
    internal sealed class SlotFinder(SlotQuery query, TenantContext tenant, TimeProvider clock)
    {
        public async Task<Results<Ok<List<SlotResponse>>, ProblemHttpResult>> ListAsync(
            SlotSearch search, bool publicOnly, CancellationToken ct)
        {
            if (!(await FindAsync(search, publicOnly, ct)).TryGet(out var found, out var rejection)) return rejection.ToProblem();

            return found.Slots.Count > MaxSlots || found.Slots.Sum(slot => slot.Free.Count) > MaxResources
                ? TooMany(found.Slots.Count).ToProblem()
                : TypedResults.Ok(found.Slots.Select(slot => slot.ToResponse(found.Length)).ToList());
        }

        public async Task<Results<Ok<List<SlotDay>>, ProblemHttpResult>> DaysAsync(
            SlotSearch search, bool publicOnly, CancellationToken ct)
        {
            if (!(await FindAsync(search, publicOnly, ct)).TryGet(out var found, out var rejection)) return rejection.ToProblem();

            return TypedResults.Ok(found.Slots
                .GroupBy(slot => ZoneRules.DateOf(slot.Start, found.Zone))
                .Select(day => new SlotDay(day.Key.ToDateOnly(), day.Count(), day.Min(slot => slot.Start)))
                .ToList());
        }

        public async Task<Results<Ok<NextSlot>, ProblemHttpResult>> NextAsync(
            NextSlotSearch search, bool publicOnly, CancellationToken ct)
        {
            if (!Times(search.TimeZone, search.From, null).TryGet(out var times, out var refusal)) return refusal.ToProblem();

            var now = clock.GetUtcNow();
            var from = times.Range.Start > now ? times.Range.Start : now;
            if (from > now.AddDays(BookingWindows.FarthestDays)) return TypedResults.Ok(new NextSlot(null));

            var whole = new TimeRange(from, from.AddDays(FarthestNext));
            var read = await ReadAsync(
                new(search.ServiceId, whole, search.ResourceId, search.DurationMinutes, search.PartySize, null), publicOnly, ct);
            if (!read.TryGet(out var question, out var missing)) return missing.ToProblem();

            for (var start = whole.Start; start < whole.End; start = start.AddDays(MaxDays))
            {
                var part = new TimeRange(start, start.AddDays(MaxDays)).Within(whole);
                if (SlotRules.Slots(question, part, now) is [var first, ..])
                {
                    return TypedResults.Ok(new NextSlot(first.ToResponse(question.Times.Length)));
                }
            }

            return TypedResults.Ok(new NextSlot(null));
        }

        private async Task<Result<FoundSlots>> FindAsync(SlotSearch search, bool publicOnly, CancellationToken ct)
        {
            if (!Times(search.TimeZone, search.From, search.To).TryGet(out var times, out var refusal)) return refusal;

            var wanted = new RequestedSlots(
                search.ServiceId, times.Range, search.ResourceId, search.DurationMinutes, search.PartySize, search.HoldToken);
            if (!(await ReadAsync(wanted, publicOnly, ct)).TryGet(out var question, out var missing)) return missing;

            return new FoundSlots(SlotRules.Slots(question, times.Range, clock.GetUtcNow()), question.Times.Length, times.Zone);
        }

        private async Task<Result<SlotQuestion>> ReadAsync(RequestedSlots wanted, bool publicOnly, CancellationToken ct)
        {
            if (wanted.PartySize is < 1 or > MaxParty) return NoParty;

            var inputs = await query.ReadAsync(new(wanted.ServiceId, wanted.Times) { HoldToken = wanted.HoldToken }, ct);
            if (inputs is not { Service: var service } || (publicOnly && !service.Public))
            {
                return BookingRules.UnknownService;
            }

            if (service.Lasting(wanted.DurationMinutes) is not { } times) return BookingRules.UnknownLength;
            if (wanted.ResourceId is { } id && !service.Names.ContainsKey(id))
            {
                return BookingRules.UnknownResource("resourceId");
            }

            return service.Question(
                times, inputs.Occupied, wanted.PartySize ?? 1, wanted.ResourceId is { } resource ? [resource] : []);
        }

        private Result<(DateTimeZone Zone, TimeRange Range)> Times(string? timeZone, QueryInstant? from, QueryInstant? to)
        {
            if (ZoneRules.Find(timeZone ?? tenant.TimeZone) is not { } zone) return BookingRules.UnknownZone;
            if ((from?.CheckExists(zone, "from") ?? to?.CheckExists(zone, "to")) is { } gap) return gap;

            var start = from?.In(zone) ?? clock.GetUtcNow();
            if (to?.In(zone) is not { } end) return (zone, new TimeRange(start, start));

            return Check(start, end, zone) is { } refusal ? refusal : (zone, new TimeRange(start, end));
        }
    }

    private sealed record FoundSlots(IReadOnlyList<Slot> Slots, TimeSpan Length, DateTimeZone Zone);

    private sealed record RequestedSlots(
        long ServiceId, TimeRange Times, long? ResourceId, int? DurationMinutes, int? PartySize, string? HoldToken);

    private static Rejection NoParty { get; } = new(
        RejectionKind.Invalid, Codes.ValidationFailed, $"The party size must be 1 to {MaxParty}.", "partySize");

    private static Rejection TooMany(int slots) => new(
        RejectionKind.Invalid, Codes.TooManySlots,
        $"There are {slots} slots; an answer holds {MaxSlots}, with {MaxResources} resources in all. Ask for fewer days.",
        "to");

    private static Rejection? Check(DateTimeOffset from, DateTimeOffset to, DateTimeZone zone)
    {
        if (to <= from) return new(RejectionKind.Invalid, Codes.InvalidRange, "The end must be after the start.", "to");

        return to - from > TimeSpan.FromDays(MaxDays + 1) // by far; and years 1 and 9999 have no zone
            || (to - from > TimeSpan.FromDays(MaxDays - 1)
                && ZoneRules.LocalOf(to, zone).PlusDays(-MaxDays) > ZoneRules.LocalOf(from, zone))
            ? new(RejectionKind.Invalid, Codes.RangeTooLong, $"The range must be at most {MaxDays} days.", "to")
            : null;
    }
}

/// <param name="From">RFC 3339, or local in <paramref name="TimeZone"/>; slots start at it or later.</param>
/// <param name="To">Exclusive.</param>
/// <param name="TimeZone">IANA name; the tenant's zone when absent.</param>
/// <param name="PartySize">Seats of a group session, else places of a resource that has several.</param>
/// <param name="HoldToken">Of the caller's own hold, which is thought away.</param>
internal sealed record SlotSearch(
    [FromQuery(Name = "serviceId")] long ServiceId,
    [FromQuery(Name = "from")] QueryInstant From,
    [FromQuery(Name = "to")] QueryInstant To,
    [FromQuery(Name = "timeZone")] string? TimeZone,
    [FromQuery(Name = "resourceId")] long? ResourceId,
    [FromQuery(Name = "durationMinutes")] int? DurationMinutes,
    [FromQuery(Name = "partySize")] int? PartySize,
    [FromQuery(Name = "holdToken")] string? HoldToken);

/// <param name="From">RFC 3339, or local in <paramref name="TimeZone"/>; now when absent.</param>
internal sealed record NextSlotSearch(
    [FromQuery(Name = "serviceId")] long ServiceId,
    [FromQuery(Name = "from")] QueryInstant? From,
    [FromQuery(Name = "timeZone")] string? TimeZone,
    [FromQuery(Name = "resourceId")] long? ResourceId,
    [FromQuery(Name = "durationMinutes")] int? DurationMinutes,
    [FromQuery(Name = "partySize")] int? PartySize);
