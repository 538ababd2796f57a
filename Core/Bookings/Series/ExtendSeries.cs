using System.Text.Json;
using NodaTime;
using Npgsql;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Core.Availability;
using Platform.Core.Bookings.Slots;
using Platform.Core.Clients;
using Platform.Core.Storage;

namespace Platform.Core.Bookings.Series;

/// <summary>
/// Books further dates of a series whose rule goes on, as time brings them within reach, in the caller's transaction. A
/// date that cannot be booked is kept with its code, and listed for attention, because no caller waits for the answer.
/// </summary>
public sealed class ExtendSeries(TenantDb db, SlotQuery slots, FindOrCreateClient clients, TimeProvider clock)
{
    /// <summary>How often a series is looked at.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromDays(1);

    private const string Actor = "system";
    private const string Savepoint = "date";

    /// <summary>So many dates are booked in one transaction; further ones in the next.</summary>
    private const int MaxDates = 50;

    /// <summary>More than any rule makes that lasts for a lifetime.</summary>
    private const int MaxExpanded = 40_000;

    /// <summary>So often somebody else may be faster with a place of one date.</summary>
    private const int Attempts = 3;

    private readonly SeriesDates _dates = new(db, clock);

    /// <returns>When to look again; null once the rule has ended.</returns>
    public async Task<DateTimeOffset?> RunAsync(long seriesId, CancellationToken ct)
    {
        var (series, client) = await LockAsync(seriesId, ct);
        if (series is not { Status: SeriesStatuses.Active, IsComplete: false }) return null;
        if (series.ClientId is not null && client is null) return await EndAsync(series, ct); // erased

        var zone = ZoneRules.Get(series.TimeZone);
        var expansion = Recurrence.Expand(
            RecurrenceRule.Parse(series.Rrule).Rule!, LocalDateTime.FromDateTime(series.RuleStart), zone,
            [.. series.Exdates.Select(LocalDateTime.FromDateTime)], [.. series.Rdates.Select(LocalDateTime.FromDateTime)],
            SeriesPlan.Horizon(ZoneRules.DateOf(clock.Now, zone)), MaxExpanded);
        var (reached, isComplete) = await ReachedAsync(series, expansion, zone, ct);

        foreach (var date in reached) await BookAsync(series, client, date, zone, ct);
        await SkipAsync(series, expansion, reached, isComplete, ct);
        if (reached.Count > 0) series.PlannedUntil = reached[^1].ToDateTimeUnspecified();
        series.IsComplete = isComplete;
        db.SignChange(series, Actor);
        await db.SaveChangesAsync(ct);

        return isComplete ? null : reached.Count == MaxDates ? clock.Now : clock.Now + Interval;
    }

    /// <summary>Locks the client before the series, in the order of merging and erasing.</summary>
    private async Task<(BookingSeries? Series, Client? Client)> LockAsync(long id, CancellationToken ct)
    {
        var named = await db.Series.Where(s => s.Id == id).Select(s => s.ClientId).SingleOrDefaultAsync(ct);
        var client = named is { } clientId ? await clients.FindAsync(clientId, ct) : null;
        await db.Database.ExecuteSqlAsync($"select from series where id = {id} for update", ct);
        return (await db.Series.SingleOrDefaultAsync(s => s.Id == id, ct), client);
    }

    private async Task<DateTimeOffset?> EndAsync(BookingSeries series, CancellationToken ct)
    {
        series.IsComplete = true;
        db.SignChange(series, Actor);
        await db.SaveChangesAsync(ct);
        return null;
    }

    /// <summary>
    /// The next dates of the rule that the service can be booked for by now, and whether those are the last.
    /// </summary>
    private async Task<(List<LocalDateTime> Dates, bool IsComplete)> ReachedAsync(
        BookingSeries series, Expansion expansion, DateTimeZone zone, CancellationToken ct)
    {
        var next = expansion.Occurrences
            .Where(o => series.PlannedUntil is not { } until || o.Local > LocalDateTime.FromDateTime(until))
            .ToList();
        if (next.Count == 0) return ([], expansion.IsComplete);
        if (await ReadAsync(series, next[0].Instant, ct) is not { } inputs) return ([], false); // not offered at present

        var ends = SeriesPlan.BookableUntil(inputs.Service, TimesOf(series, inputs), clock.Now);
        var reached = next.Select(o => o.Local)
            .TakeWhile(local => ZoneRules.ToInstant(local + Moved(series), zone) < ends).Take(MaxDates).ToList();
        return (reached, expansion.IsComplete && reached.Count == next.Count);
    }

    private async Task BookAsync(
        BookingSeries series, Client? client, LocalDateTime local, DateTimeZone zone, CancellationToken ct)
    {
        if (ZoneRules.ToInstantStrictly(local + Moved(series), zone) is not { } start)
        {
            Add(series, SeriesPlan.Text(local), null, Codes.NonexistentLocalTime);
            return;
        }

        var (usual, answers) = await LastAsync(series, ct);
        for (var attempt = 1; ; attempt++)
        {
            if (await ReadAsync(series, start, ct) is not { } inputs)
            {
                Add(series, SeriesPlan.Text(local), start, Codes.ServiceInactive);
                return;
            }

            var times = TimesOf(series, inputs);
            var wanted = usual.Where(inputs.Service.Names.ContainsKey).ToList();
            var plan = SeriesPlan.Of(inputs, times, [(local, start)], [], wanted, series.PartySize, clock.Now, false);
            if (plan.Conflicts.Count > 0 && wanted.Count > 0 && series.ResourceIds.Count == 0)
            {
                plan = SeriesPlan.Of(inputs, times, [(local, start)], [], [], series.PartySize, clock.Now, false);
            }

            var code = plan.Occurrences[0].Code
                ?? await TryAsync(new(series, inputs, times, client, answers, Actor), plan, ct);
            if (code is null) return;

            if (code != DatabaseErrors.RowChanged || attempt == Attempts)
            {
                Add(series, SeriesPlan.Text(local), start, code == DatabaseErrors.RowChanged ? Codes.BookingConflict : code);
                return;
            }
        }
    }

    /// <returns>Why it was not booked; <see cref="DatabaseErrors.RowChanged"/> where looking again may help.</returns>
    private async Task<string?> TryAsync(SeriesTerms terms, SeriesPlan plan, CancellationToken ct)
    {
        var transaction = db.Database.CurrentTransaction!;
        await transaction.CreateSavepointAsync(Savepoint, ct);
        try
        {
            await _dates.BookAsync(terms, [.. plan.Bookable], ct);
            return null;
        }
        catch (PostgresException e) when (e.IsRejection(Codes.LimitReached))
        {
            await transaction.RollbackToSavepointAsync(Savepoint, ct);
            return Codes.LimitReached;
        }
        catch (PostgresException e) when (e.LostARace() || e.IsRejection())
        {
            await transaction.RollbackToSavepointAsync(Savepoint, ct);
            return DatabaseErrors.RowChanged;
        }
    }

    /// <summary>Dates of the rule that no calendar has, up to the last date that was computed.</summary>
    private async Task SkipAsync(
        BookingSeries series, Expansion expansion, List<LocalDateTime> reached, bool isComplete, CancellationToken ct)
    {
        if (reached.Count == 0 && !isComplete) return;

        var until = isComplete ? null : SeriesPlan.Text(reached[^1]);
        var known = await db.SeriesSkips.Where(s => s.SeriesId == series.Id).Select(s => s.Local).ToListAsync(ct);
        var after = series.PlannedUntil is { } last ? SeriesPlan.Text(LocalDateTime.FromDateTime(last)) : "";
        foreach (var skip in expansion.Skipped.Where(s => !known.Contains(s.Local)
            && string.CompareOrdinal(s.Local, after) > 0
            && (until is null || string.CompareOrdinal(s.Local, until) < 0)))
        {
            Add(series, skip.Local, null, SeriesPlan.CodeOf(skip.Reason));
        }
    }

    private void Add(BookingSeries series, string local, DateTimeOffset? start, string code) => db.Add(new SeriesSkip
    {
        SeriesId = series.Id,
        Local = local,
        StartAt = start,
        Code = code,
        FoundLater = true,
        CreatedAt = clock.Now,
    });

    /// <summary>The resources that are kept where they are free, and the answers of the last date.</summary>
    private async Task<(IReadOnlyList<long> Resources, JsonElement? Answers)> LastAsync(
        BookingSeries series, CancellationToken ct)
    {
        var last = await db.Bookings.AsNoTracking().Where(b => b.SeriesId == series.Id)
            .OrderByDescending(b => b.Occurrence).Select(b => new { b.Id, b.Answers }).FirstOrDefaultAsync(ct);
        if (series.ResourceIds.Count > 0 || last is null) return (series.ResourceIds, last?.Answers);

        var resources = await db.Allocations.Where(a => a.BookingId == last.Id && a.PartOf == null)
            .OrderBy(a => a.ResourceId).Select(a => a.ResourceId).Distinct().ToListAsync(ct);
        return (resources, last.Answers);
    }

    private Task<SlotInputs?> ReadAsync(BookingSeries series, DateTimeOffset start, CancellationToken ct) => slots.ReadAsync(
        db, new(series.ServiceId, ResourceChoiceRules.Around(start)), ct);

    /// <summary>The agreed duration stays, even if the service has other durations now.</summary>
    private static ServiceTimes TimesOf(BookingSeries series, SlotInputs inputs) =>
        inputs.Service.Times with { Length = TimeSpan.FromMinutes(series.DurationMinutes) };

    private static Period Moved(BookingSeries series) => Period.FromTicks(series.Moved.Ticks);
}
