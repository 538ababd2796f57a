using NodaTime;
using Npgsql;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Core.Availability;
using Platform.Core.Bookings.Slots;
using Platform.Core.Catalogue;
using Platform.Core.Clients;
using Platform.Core.Storage;

namespace Platform.Core.Bookings.Series;

/// <summary>
/// Books a series, in the caller's transaction: one reading for all its dates, one batch for all its rows.
/// </summary>
public sealed class CreateSeries(TenantDb db, SlotQuery slots, FindOrCreateClient clients, TimeProvider clock)
{
    private readonly SeriesDates _dates = new(db, clock);

    public async Task<Result<SeriesPreview>> PreviewAsync(CreateSeriesRequest request, CancellationToken ct)
    {
        if (!(await PlanAsync(request, ct)).TryGet(out var planned, out var rejection)) return rejection;

        var plan = planned.Plan;
        return new SeriesPreview([.. plan.Occurrences.Select(o => o.ToRefused())], plan.Bookable.Count(), plan.IsComplete);
    }

    public async Task<Result<SeriesResponse>> RunAsync(
        CreateSeriesRequest request, string actor, CancellationToken ct)
    {
        if (!(await PlanAsync(request, ct)).TryGet(out var planned, out var rejection)) return rejection;
        if (CustomFieldRules.CheckAnswers(planned.Inputs.Service.Answers, request.Answers) is { } wrong) return wrong;
        if (planned.Plan.Check(request.SkipConflicts) is { } conflict) return conflict;
        if (!(await ClientAsync(request, actor, ct)).TryGet(out var client, out var unknown)) return unknown;

        for (var attempt = 1; ; attempt++)
        {
            await db.Database.CurrentTransaction!.CreateSavepointAsync(BeforeWriting, ct);
            try
            {
                return await WriteAsync(request, planned, client, actor, ct);
            }
            catch (PostgresException e) when (e.IsRejection(Codes.LimitReached))
            {
                await db.Database.CurrentTransaction!.RollbackToSavepointAsync(BeforeWriting, ct);
                return await LimitAsync(request, planned, client, actor, ct);
            }
            catch (PostgresException e) when (e.LostARace() || e.IsRejection(Codes.CapacityFull))
            {
                if (attempt == Attempts) return TakenJustNow;
            }

            // A date was booked concurrently; another read shows which.
            await db.Database.CurrentTransaction!.RollbackToSavepointAsync(BeforeWriting, ct);
            if (!(await PlanAsync(request, ct)).TryGet(out planned, out rejection)) return rejection;
            if (planned.Plan.Check(request.SkipConflicts) is { } taken) return taken;
        }
    }

    private const string BeforeWriting = "before_writing", BeforeDate = "before_date";
    private const int Attempts = 3;

    private static Rejection TakenJustNow { get; } =
        new(RejectionKind.Conflict, Codes.SeriesConflict, "One of the dates was just taken.");

    private sealed record PlannedSeries(
        SeriesPlan Plan, SlotInputs Inputs, ServiceTimes Times, string Zone, LocalDateTime Start);

    private async Task<Result<PlannedSeries>> PlanAsync(CreateSeriesRequest request, CancellationToken ct)
    {
        if (!BookingRules.StartOf(request.Start, request.TimeZone).TryGet(out var start, out var unclear)) return unclear;
        if (!CalendarYears.IsPlannable(start.Year)) return BookingRules.Closed;

        var others = (request.Exdates ?? []).Concat(request.Rdates ?? []);
        if (!others.All(d => CalendarYears.IsPlannable(d.Instant?.UtcDateTime.Year ?? d.Local!.Value.Year)))
        {
            return new Rejection(
                RejectionKind.Invalid, Codes.InvalidRecurrence,
                $"Years must be {CalendarYears.First} to {CalendarYears.LastPlanned}.", "rdates");
        }

        var zoneName = request.TimeZone ?? db.Tenant.TimeZone;
        var zone = ZoneRules.Get(zoneName);
        var local = request.Start.Local is { } wall
            ? LocalDateTime.FromDateTime(wall)
            : SeriesPlan.LocalOf(request.Start, zone);
        var expanded = SeriesPlan.Dates(request, local, zone);
        var all = expanded.TryGet(out var dates, out _)
            ? new TimeRange(
                ResourceChoiceRules.Around(dates.Occurrences[0].Instant).Start,
                ResourceChoiceRules.Around(dates.Occurrences[^1].Instant).End)
            : new(start, start);
        if (await slots.ReadAsync(db, new(request.ServiceId, all), ct) is not { } inputs)
        {
            return BookingRules.UnknownService;
        }

        if ((request.ResourceIds ?? []).Except(inputs.Service.Names.Keys).Any())
        {
            return BookingRules.UnknownResource("resourceIds");
        }

        if (request.ClientId is { } client && await clients.FindAsync(client, ct) is null)
        {
            return BookingRules.UnknownClient;
        }

        if (!expanded.TryGet(out dates, out var invalid)) return invalid;
        if (inputs.Service.Lasting(request.DurationMinutes) is not { } times) return BookingRules.UnknownLength;

        dates = SeriesPlan.WithinWindow(dates, inputs.Service, times, clock.Now);
        var plan = SeriesPlan.Of(
            inputs, times, dates.Occurrences.Select(o => (o.Local, o.Instant)), dates.Skipped, request.ResourceIds ?? [],
            request.PartySize ?? 1, clock.Now, dates.IsComplete);
        return new PlannedSeries(plan, inputs, times, zoneName, local);
    }

    private async Task<Result<Client?>> ClientAsync(
        CreateSeriesRequest request, string actor, CancellationToken ct)
    {
        if (request.ClientId is { } id)
        {
            return await clients.FindAsync(id, ct) is { } known ? known : BookingRules.UnknownClient;
        }

        if (request.Client is not { } details) return (Client?)null;

        return (await clients.FindOrCreateAsync(details, actor, ct)).TryGet(out var client, out var rejection)
            ? client
            : rejection;
    }

    private async Task<BookingSeries> AddAsync(
        CreateSeriesRequest request, PlannedSeries planned, Client? client, string actor, CancellationToken ct)
    {
        var (plan, zone, start) = (planned.Plan, ZoneRules.Get(planned.Zone), planned.Start.ToDateTimeUnspecified());
        var series = new BookingSeries
        {
            Uid = Guid.CreateVersion7().ToString(),
            ServiceId = request.ServiceId,
            ClientId = client?.Id,
            StartLocal = start,
            RuleStart = start,
            PlannedUntil = plan.Occurrences.Max(o => o.LocalStart),
            IsComplete = plan.IsComplete,
            TimeZone = planned.Zone,
            DurationMinutes = (int)planned.Times.Length.TotalMinutes,
            ResourceIds = [.. request.ResourceIds ?? []],
            PartySize = request.PartySize ?? 1,
            Rrule = request.Rrule,
            Exdates = [.. (request.Exdates ?? []).Select(d => SeriesPlan.LocalOf(d, zone).ToDateTimeUnspecified())],
            Rdates = [.. (request.Rdates ?? []).Select(d => SeriesPlan.LocalOf(d, zone).ToDateTimeUnspecified())],
            Status = SeriesStatuses.Active,
            Note = request.Note,
        };
        db.Create(series, actor);
        await db.SaveChangesAsync(ct);
        return series;
    }

    private async Task<SeriesResponse> WriteAsync(
        CreateSeriesRequest request, PlannedSeries planned, Client? client, string actor, CancellationToken ct)
    {
        var plan = planned.Plan;
        var series = await AddAsync(request, planned, client, actor, ct);

        var booked = await _dates.BookAsync(
            new(series, planned.Inputs, planned.Times, client, request.Answers, actor), [.. plan.Bookable], ct);
        db.AddRange(plan.Skips(series.Id, foundLater: false, clock.Now));
        await db.SaveChangesAsync(ct);
        if (!series.IsComplete)
        {
            await db.ExecuteAsync(
                BookingJobs.Schedule(BookingJobs.SeriesExtension, db.Tenant, series.Id, clock.Now + ExtendSeries.Interval), ct);
        }

        return SeriesViews.ToResponse(series, [.. plan.Occurrences.Select(o => new SeriesOccurrence(
            o.Local, o.Start, booked.GetValueOrDefault(o)?.Id, booked.GetValueOrDefault(o)?.Status, o.Code))]);
    }

    /// <summary>
    /// Which limit a series meets, and at which of its dates: books one after the other, as if each was requested
    /// alone. A caller that is refused keeps none of them.
    /// </summary>
    private async Task<Rejection> LimitAsync(
        CreateSeriesRequest request, PlannedSeries planned, Client? client, string actor, CancellationToken ct)
    {
        var series = await AddAsync(request, planned, client, actor, ct);
        var terms = new SeriesTerms(series, planned.Inputs, planned.Times, client, request.Answers, actor);
        var transaction = db.Database.CurrentTransaction!;
        HashSet<long> made = [];
        foreach (var date in planned.Plan.Bookable)
        {
            await transaction.CreateSavepointAsync(BeforeDate, ct);
            try
            {
                made.UnionWith((await _dates.BookAsync(terms, [date], ct)).Values.Select(booking => booking.Id));
            }
            catch (PostgresException e) when (e.LostARace() || e.IsRejection())
            {
                await transaction.RollbackToSavepointAsync(BeforeDate, ct);
                if (!e.IsRejection(Codes.LimitReached)) continue; // booked concurrently, which is another refusal

                var refused = new RefusedStart(
                    BookingRules.LimitReached, planned.Inputs.Service, planned.Times, date.Start!.Value, series.PartySize,
                    request.ResourceIds ?? [], client?.Id, null, null, ForAnybody: false);
                return AtDate(await ExplainAsync(refused, ct), date, made);
            }
        }

        return BookingRules.LimitReached;
    }

    private Task<Rejection> ExplainAsync(RefusedStart refused, CancellationToken ct) => StartRejections.ExplainAsync(
        refused,
        statements => db.SendAsync(statements, ct), range => slots.ReadAsync(db, new(refused.Service.Id, range), ct), clock.Now,
        ct);

    /// <summary>With the date, and without bookings that will not be there.</summary>
    private static Rejection AtDate(Rejection rejection, PlannedOccurrence date, HashSet<long> made)
    {
        var limit = rejection.Extras.Limit;
        if (limit?.Bookings is { } bookings)
        {
            limit = limit with { Bookings = [.. bookings.Where(b => !made.Contains(b.BookingId))] };
        }

        return rejection with { Extras = rejection.Extras with { Occurrence = date.Local, Limit = limit } };
    }
}
