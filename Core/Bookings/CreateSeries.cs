using NodaTime;
using Npgsql;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Contracts.Events;
using Platform.Core.Availability;
using Platform.Core.Clients;
using Platform.Core.Storage;

namespace Platform.Core.Bookings;

/// <summary>Books a series, in the caller's transaction: one reading for all its dates, one batch for all its rows.</summary>
public sealed class CreateSeries(TenantDb db, SlotQuery slots, TimeProvider clock)
{
    public async Task<(SeriesPreview? Preview, Rejection? Rejection)> PreviewAsync(
        CreateSeriesRequest request, CancellationToken ct)
    {
        var (draft, rejection) = await DraftAsync(request, ct);
        return draft is null
            ? (null, rejection)
            : (new(
                [.. draft.Plan.Occurrences.Select(o => new SeriesOccurrence(o.Local, o.Start, Code: o.Code))],
                draft.Plan.Bookable.Count(), draft.Plan.IsComplete), null);
    }

    /// <returns>The number of the series.</returns>
    public async Task<(SeriesResponse? Series, Rejection? Rejection)> RunAsync(
        CreateSeriesRequest request, string actor, CancellationToken ct)
    {
        var (draft, rejection) = await DraftAsync(request, ct);
        if (draft is null) return (null, rejection);
        if (draft.Plan.Refusal(request.SkipConflicts) is { } conflict) return (null, conflict);
        if (BookingRules.Answers(draft.Facts.Service.Questions, request.Answers) is { } unanswered) return (null, unanswered);

        var (client, unknown) = await ClientAsync(request, ct);
        if (unknown is not null) return (null, unknown);

        for (var attempt = 1; ; attempt++)
        {
            await db.Database.CurrentTransaction!.CreateSavepointAsync(BeforeWriting, ct);
            try
            {
                return (await WriteAsync(request, draft, client, actor, ct), null);
            }
            catch (PostgresException e) when (e.IsRefusal(Codes.LimitReached))
            {
                return (null, BookingRules.LimitReached);
            }
            catch (PostgresException e) when (e.LostARace() || e.IsRefusal(Codes.CapacityFull))
            {
                if (attempt == Attempts) return (null, TakenJustNow);
            }

            // Some date was taken meanwhile; looking again tells which.
            await db.Database.CurrentTransaction!.RollbackToSavepointAsync(BeforeWriting, ct);
            (draft, rejection) = await DraftAsync(request, ct);
            if (draft is null) return (null, rejection);
            if (draft.Plan.Refusal(request.SkipConflicts) is { } taken) return (null, taken);
        }
    }

    private const string BeforeWriting = "before_writing";
    private const int Attempts = 3;

    private static Rejection TakenJustNow { get; } =
        new(RejectionKind.Conflict, Codes.SeriesConflict, "One of its dates was taken just now.");

    private sealed record Draft(
        SeriesPlan Plan, SlotFacts Facts, ServiceTimes Times, string Zone, LocalDateTime Start);

    private async Task<(Draft? Draft, Rejection? Rejection)> DraftAsync(CreateSeriesRequest request, CancellationToken ct)
    {
        var (start, unclear) = BookingRules.StartOf(request.Start, request.TimeZone);
        if (unclear is not null) return (null, unclear);
        if (IsFarOff(start.Year)) return (null, BookingRules.Closed);
        if ((request.Exdates ?? []).Concat(request.Rdates ?? []).Any(d => IsFarOff(d.Instant?.UtcDateTime.Year ?? d.Local!.Value.Year)))
        {
            return (null, new(RejectionKind.Invalid, Codes.InvalidRecurrence, "A date is not of this age.", "rdates"));
        }

        var zoneName = request.TimeZone ?? db.Tenant.TimeZone;
        var zone = ZoneRules.Get(zoneName);
        var local = request.Start.Local is { } wall
            ? LocalDateTime.FromDateTime(wall)
            : SeriesPlan.LocalOf(request.Start, zone);
        var (dates, invalid) = SeriesPlan.Dates(request, local, zone);
        var all = dates is null
            ? new(start, start)
            : new TimeRange(dates.Occurrences[0].Instant, dates.Occurrences[^1].Instant);
        if (await slots.ReadAsync(Connection, request.ServiceId, all, null, ct) is not { } facts)
        {
            return (null, BookingRules.UnknownService);
        }

        if ((request.ResourceIds ?? []).Except(facts.Service.Names.Keys).Any())
        {
            return (null, BookingRules.UnknownResource("resourceIds"));
        }

        if (request.ClientId is { } client && await FindClientAsync(client, ct) is null)
        {
            return (null, BookingRules.UnknownClient);
        }

        if (dates is null) return (null, invalid);
        if (facts.Service.Lasting(request.DurationMinutes) is not { } times) return (null, BookingRules.UnknownLength);

        dates = SeriesPlan.WithinWindow(dates, request.Rrule, facts.Service, times, clock.Now);
        var plan = SeriesPlan.Of(
            facts, times, dates.Occurrences.Select(o => (o.Local, o.Instant)), dates.Skipped, request.ResourceIds ?? [],
            request.PartySize ?? 1, clock.Now, dates.IsComplete);
        return (new(plan, facts, times, zoneName, local), null);
    }

    private static bool IsFarOff(int year) => year is < 1900 or > 2200;

    private async Task<(Client? Client, Rejection? Unknown)> ClientAsync(CreateSeriesRequest request, CancellationToken ct)
    {
        if (request.ClientId is { } id)
        {
            return await FindClientAsync(id, ct) is { } known ? (known, null) : (null, BookingRules.UnknownClient);
        }

        if (request.Client is not { } details) return (null, null);

        var (phone, noPhone) = ClientRules.Phone(details.Phone, db.Tenant.Country);
        if (noPhone is not null) return (null, noPhone with { Field = "client.phone" });

        var sameAddress = await db.Database
            .SqlQuery<long>($"select id as \"Value\" from clients where lower(email) = lower({details.Email})")
            .ToListAsync(ct);
        var client = sameAddress is [var knownId] ? await db.Set<Client>().SingleAsync(c => c.Id == knownId, ct) : null;
        if (client is null)
        {
            client = new Client
            {
                Name = details.Name,
                Email = details.Email,
                Phone = phone,
                Locale = details.Locale ?? db.Tenant.Locale,
            };
            db.Add(client);
            await db.SaveChangesAsync(ct);
        }

        return (client, null);
    }

    /// <summary>Whoever was merged is who they were merged into.</summary>
    private Task<Client?> FindClientAsync(long id, CancellationToken ct) => db.Set<Client>().SingleOrDefaultAsync(
        c => c.ErasedAt == null && c.MergedIntoId == null
            && (c.Id == id || db.Set<Client>().Any(merged => merged.Id == id && merged.MergedIntoId == c.Id)), ct);

    private async Task<SeriesResponse> WriteAsync(
        CreateSeriesRequest request, Draft draft, Client? client, string actor, CancellationToken ct)
    {
        var (service, times) = (draft.Facts.Service, draft.Times);
        var series = new BookingSeries
        {
            Uid = Guid.CreateVersion7().ToString(),
            ServiceId = service.Id,
            ClientId = client?.Id,
            StartLocal = draft.Start.ToDateTimeUnspecified(),
            TimeZone = draft.Zone,
            DurationMinutes = (int)times.Length.TotalMinutes,
            ResourceIds = [.. request.ResourceIds ?? []],
            PartySize = request.PartySize ?? 1,
            Rrule = request.Rrule,
            Exdates = [.. (request.Exdates ?? []).Select(d => SeriesPlan.LocalOf(d, ZoneRules.Get(draft.Zone)).ToDateTimeUnspecified())],
            Rdates = [.. (request.Rdates ?? []).Select(d => SeriesPlan.LocalOf(d, ZoneRules.Get(draft.Zone)).ToDateTimeUnspecified())],
            Status = "active",
            Note = request.Note,
        };
        db.Add(series);
        await db.SaveChangesAsync(ct);

        var planned = draft.Plan.Bookable.ToList();
        var ids = await db.Database
            .SqlQuery<long>($"select nextval('bookings_id_seq') as \"Value\" from generate_series(1, {planned.Count})")
            .ToListAsync(ct);
        var bookings = planned.Zip(ids, (occurrence, id) => (Occurrence: occurrence, New: Booking(
            request, draft, client, actor, series.Id, occurrence, id))).ToList();

        await using var batch = new NpgsqlBatch(Connection);
        foreach (var statement in Statements(bookings.Select(b => b.New), actor)) batch.BatchCommands.Add(statement);
        await batch.ExecuteNonQueryAsync(ct);

        var idOf = bookings.ToDictionary(b => b.Occurrence, b => b.New.Booking);
        return SeriesViews.ToResponse(series, [.. draft.Plan.Occurrences.Select(o => new SeriesOccurrence(
            o.Local, o.Start, idOf.GetValueOrDefault(o)?.Id, idOf.GetValueOrDefault(o)?.Status, o.Code))], draft.Plan.IsComplete);
    }

    private NewBooking Booking(
        CreateSeriesRequest request, Draft draft, Client? client, string actor, long seriesId,
        PlannedOccurrence occurrence, long id)
    {
        var single = new CreateBookingRequest(
            request.ServiceId, occurrence.Start!.Value, draft.Zone, request.DurationMinutes, null, null, request.Note,
            client?.Id, request.PartySize, request.Answers);
        return NewBooking.Of(
            new(single, actor, null), new(id, 0, client, null, draft.Facts, null), draft.Times, occurrence.Start.Value,
            occurrence.Allotment!, db.Tenant, clock.Now, (seriesId, occurrence.LocalStart!.Value));
    }

    private IEnumerable<NpgsqlBatchCommand> Statements(IEnumerable<NewBooking> bookings, string actor)
    {
        var (all, now) = (bookings.ToList(), clock.Now);
        var service = all[0].Service;
        var shared = all.Where(b => b.Allotment.IsShared).SelectMany(b => b.Allotment.Places).ToList();

        if (service.HasLimits) yield return BookingStatements.LockService(service.Id);
        if (shared.Count > 0) yield return BookingStatements.LockResources(all[0].Allotment with { Places = shared });

        foreach (var booking in all)
        {
            var (row, allotment) = (booking.Booking, booking.Allotment);
            yield return BookingStatements.ClearExpiredHolds(allotment, booking.Occupied, now);
            yield return BookingStatements.InsertBooking(row);
            yield return BookingStatements.InsertAllocations(row, allotment, booking.Occupied);
            if (allotment.IsShared) yield return BookingStatements.CountDepth(allotment, booking.Occupied, service.Capacity, now);
            if (service.HasLimits) yield return BookingStatements.CountLimits(row, service, allotment, now);

            var snapshot = booking.View.ToSnapshot(db.Tenant);
            foreach (var statement in BookingStatements.Record(
                new BookingCreated(snapshot), row, null, snapshot, actor, db.Tenant))
            {
                yield return statement;
            }

            foreach (var job in BookingJobs.Of(row, service.CheckIn, db.Tenant)) yield return job;
        }
    }

    private NpgsqlConnection Connection => (NpgsqlConnection)db.Database.GetDbConnection();
}
