using Npgsql;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Core.Availability;
using Platform.Core.Bookings.Slots;

namespace Platform.Core.Bookings;

/// <summary>A refused start, with the reasons and the alternatives.</summary>
/// <param name="BookingId">The booking that was to move; null where a new one was asked for.</param>
/// <param name="HoldOwner">Who holds, where it was to be a hold.</param>
/// <param name="ForAnybody">Whether the caller is anonymous.</param>
internal sealed record RefusedStart(
    Rejection Rejection, BookableService Service, ServiceTimes Times, DateTimeOffset Start, int PartySize,
    IReadOnlyList<long> RequestedIds, long? ClientId, long? BookingId, string? HoldOwner, bool ForAnybody);

/// <summary>
/// Adds to a refusal which limit is reached and which slots are free. It reads again, which only those pay for who are
/// refused.
/// </summary>
internal static class StartRejections
{
    private static readonly TimeSpan Ahead = TimeSpan.FromDays(14);
    private const int Offered = 5;

    private static readonly string[] OfOtherStarts =
    [
        Codes.BookingConflict, Codes.BusyElsewhere, Codes.SlotHeld, Codes.CapacityFull, Codes.OutsideAvailability, Codes.TooSoon, Codes.TooFar,
        Codes.LimitReached,
    ];

    /// <param name="send">Sends statements, in the transaction of the caller where there is one.</param>
    /// <param name="read">Reads what is taken in a time.</param>
    public static async Task<Rejection> ExplainAsync(
        RefusedStart refused, Func<IEnumerable<NpgsqlBatchCommand>, Task<NpgsqlDataReader>> send,
        Func<TimeRange, Task<SlotInputs?>> read, DateTimeOffset now, CancellationToken ct)
    {
        var rejection = refused.ForAnybody ? WithoutReasons(refused.Rejection) : refused.Rejection;
        var neverFits = rejection is { Code: Codes.CapacityFull, Kind: RejectionKind.Invalid };
        if (neverFits || !OfOtherStarts.Contains(rejection.Code)) return rejection;

        var limit = rejection.Code == Codes.LimitReached ? await LimitAsync(refused, send, now, ct) : null;
        if (limit is not null) rejection = LimitRules.ToRejection(limit);
        if (limit is { Name: LimitRules.HoldsPerClient or LimitRules.PerClient }) return rejection; // at no other time either

        var from = refused.Start < now || rejection.Code == Codes.TooFar ? now : refused.Start;
        var ahead = new TimeRange(from, from + Ahead);
        if (await read(ahead) is not { } inputs) return rejection;

        var question = refused.Service.Question(refused.Times, inputs.Occupied, refused.PartySize, refused.RequestedIds);
        var slots = SlotRules.Slots(question, ahead, now)
            .Where(slot => limit?.Name != LimitRules.PerClientPerDay || limit.From != LimitRules.DateOf(refused.Service, slot.Start));
        return rejection with
        {
            Extras = rejection.Extras with
            {
                NextSlots = [.. slots.Take(Offered).Select(slot => slot.ToResponse(refused.Times.Length))],
            },
        };
    }

    /// <summary>Holidays are known; why else it is closed or taken is for staff.</summary>
    private static Rejection WithoutReasons(Rejection rejection) =>
        rejection.Code == Codes.BusyElsewhere ? BookingRules.Conflict with { Extras = rejection.Extras }
        : rejection.Extras.Closed is not { } closed ? rejection : rejection with
        {
            Extras = rejection.Extras with { Closed = [.. closed.Select(t => t.Holiday ? t : t with { Reason = null })] },
        };

    private static async Task<ReachedLimit?> LimitAsync(
        RefusedStart refused, Func<IEnumerable<NpgsqlBatchCommand>, Task<NpgsqlDataReader>> send, DateTimeOffset now,
        CancellationToken ct)
    {
        if (LimitRules.DateOf(refused.Service, refused.Start) is not { } date) return null;

        await using var reader = await send(LimitStatements.Use(refused, date, now));
        var use = await LimitStatements.ReadAsync(reader, ct);
        var resources = refused.RequestedIds.Count > 0
            ? refused.RequestedIds
            : [.. refused.Service.Candidates.Select(c => c.ResourceId).Distinct()];
        var reached = LimitRules.Reached(refused.Service, use, date, (int)refused.Times.Length.TotalMinutes, resources);
        return refused.ForAnybody && reached is not null ? reached with { Bookings = null } : reached;
    }
}
