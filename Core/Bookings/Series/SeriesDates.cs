using System.Text.Json;
using Npgsql;
using Platform.Contracts.Bookings;
using Platform.Core.Availability;
using Platform.Core.Bookings.Slots;
using Platform.Core.Clients;
using Platform.Core.Storage;

namespace Platform.Core.Bookings.Series;

/// <summary>A series with what its next dates are booked by.</summary>
internal sealed record SeriesTerms(
    BookingSeries Series, SlotInputs Inputs, ServiceTimes Times, Client? Client, JsonElement? Answers, string Actor);

/// <summary>
/// Writes the dates of a series that have a place, in the caller's transaction: one batch for all their rows.
/// </summary>
internal sealed class SeriesDates(TenantDb db, TimeProvider clock)
{
    public async Task<IReadOnlyDictionary<PlannedOccurrence, Booking>> BookAsync(
        SeriesTerms terms, IReadOnlyList<PlannedOccurrence> planned, CancellationToken ct)
    {
        var ids = await db.Database
            .SqlQuery<long>($"select nextval('bookings_id_seq') as \"Value\" from generate_series(1, {planned.Count})")
            .ToListAsync(ct);
        var bookings = planned.Zip(ids, (occurrence, id) => (Occurrence: occurrence, New: Booking(terms, occurrence, id)))
            .ToList();

        await db.ExecuteAsync(Statements([.. bookings.Select(b => b.New)], terms.Inputs.HasExpiredHolds), ct);
        return bookings.ToDictionary(b => b.Occurrence, b => b.New.Booking);
    }

    private NewBooking Booking(SeriesTerms terms, PlannedOccurrence occurrence, long id)
    {
        var (series, client) = (terms.Series, terms.Client);
        var single = new CreateBookingRequest(
            series.ServiceId, occurrence.Start!.Value, series.TimeZone, series.DurationMinutes, null, null, series.Note,
            client?.Id, series.PartySize, terms.Answers);
        return NewBooking.Of(
            new(single, terms.Actor, null), new(id, terms.Inputs.Service, client), terms.Times,
            occurrence.Start.Value, occurrence.Resources!, db.Tenant, clock.Now,
            (series.Id, occurrence.LocalStart!.Value));
    }

    private IEnumerable<NpgsqlBatchCommand> Statements(IReadOnlyList<NewBooking> all, bool hasExpiredHolds) =>
        BookingWrite.Statements(clock.Now, [.. all.Select(booking => BookingWrite.Of(booking) with
        {
            KnownClients = [], // the client is locked since the series was planned
            HasExpiredHolds = hasExpiredHolds,
            After = [.. BookingStatements.Created(booking, db.Tenant)],
        })]);
}
