using System.Text.Json;
using Npgsql;
using Platform.Contracts.Bookings;
using Platform.Contracts.Events;
using Platform.Core.Availability;
using Platform.Core.Clients;
using Platform.Core.Storage;

namespace Platform.Core.Bookings;

/// <summary>A series with what its next dates are booked by.</summary>
internal sealed record SeriesOrder(
    BookingSeries Series, SlotFacts Facts, ServiceTimes Times, Client? Client, JsonElement? Answers, string Actor);

/// <summary>
/// Writes the dates of a series that have a place, in the caller's transaction: one batch for all their rows.
/// </summary>
internal sealed class SeriesDates(TenantDb db, TimeProvider clock)
{
    public async Task<IReadOnlyDictionary<PlannedOccurrence, Booking>> BookAsync(
        SeriesOrder order, IReadOnlyList<PlannedOccurrence> planned, CancellationToken ct)
    {
        var ids = await db.Database
            .SqlQuery<long>($"select nextval('bookings_id_seq') as \"Value\" from generate_series(1, {planned.Count})")
            .ToListAsync(ct);
        var bookings = planned.Zip(ids, (occurrence, id) => (Occurrence: occurrence, New: Booking(order, occurrence, id)))
            .ToList();

        await db.ExecuteAsync(Statements([.. bookings.Select(b => b.New)], order.Actor), ct);
        return bookings.ToDictionary(b => b.Occurrence, b => b.New.Booking);
    }

    private NewBooking Booking(SeriesOrder order, PlannedOccurrence occurrence, long id)
    {
        var (series, client) = (order.Series, order.Client);
        var single = new CreateBookingRequest(
            series.ServiceId, occurrence.Start!.Value, series.TimeZone, series.DurationMinutes, null, null, series.Note,
            client?.Id, series.PartySize, order.Answers);
        return NewBooking.Of(
            new(single, order.Actor, null), new(id, order.Facts.Service, client), order.Times,
            occurrence.Start.Value, occurrence.Allotment!, db.Tenant, clock.Now,
            (series.Id, occurrence.LocalStart!.Value));
    }

    private IEnumerable<NpgsqlBatchCommand> Statements(IReadOnlyList<NewBooking> all, string actor)
    {
        var now = clock.Now;
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
}
