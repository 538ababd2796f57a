using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Contracts.Audit;
using Platform.Contracts.Clients;
using Platform.Contracts.People;
using Platform.Core;
using Platform.Core.Bookings;
using Platform.Core.Bookings.Series;
using Platform.Core.Bookings.Waitlists;
using Platform.Core.Clients;
using Platform.Core.Storage;

namespace Platform.Api.Clients;

/// <summary>Everything that is held about a person, for the person.</summary>
internal static class ExportClients
{
    public static void MapExport(this RouteGroupBuilder clients) => clients.MapGet("/{id:long}/export", Export)
        .RequirePermission(Permissions.ClientsManage);

    private static async Task<Results<Ok<ClientExport>, ProblemHttpResult>> Export(
        long id, TenantDb db, TimeProvider clock, HttpContext http, CancellationToken ct)
    {
        if (await db.ClientAsync(id, ct) is not { } client) return TypedResults.Problem(Problems.NotFound());

        var merged = await db.Clients.Where(c => c.MergedIntoId == id).OrderBy(c => c.Id)
            .Select(ClientResponses.Response).ToListAsync(ct);
        var bookings = await BookingsAsync(db, id, ct);
        await db.RecordAsync(AuditActions.ClientExported, id, null, null, http, ct);

        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(new ClientExport(
            clock.Now, client, merged, bookings, await SeriesAsync(db, id, ct), await WaitlistAsync(db, id, ct),
            await MessagesAsync(db, [.. bookings.Select(b => b.Booking.Id)], ct)));
    }

    private static async Task<List<ExportedBooking>> BookingsAsync(TenantDb db, long id, CancellationToken ct)
    {
        var views = await BookingQuery.ListAsync(
            db, new(ClientId: id), new(int.MaxValue), ct);
        var bookings = db.Bookings;
        var changes = (await (
            from e in db.BookingEvents
            join b in bookings on e.BookingId equals b.Id
            where b.ClientId == id
            orderby e.Version
            select e).AsNoTracking().ToListAsync(ct)).ToLookup(e => e.BookingId);

        return
        [
            .. from view in views
               let b = view.Booking
               select new ExportedBooking(
                   view.ToResponse(), b.Answers, Amount(b.Price, b.Currency), b.CancelReason,
                   Amount(b.FeeDue, b.CancelCurrency), b.Source, b.CheckedInAt, b.ConsentedAt,
                   [
                       .. changes[b.Id].Select(e => new ExportedChange(
                           e.Version, e.EventType, e.OccurredAt, e.Actor, e.Before, e.After)),
                   ]),
        ];
    }

    private static async Task<List<ExportedSeries>> SeriesAsync(TenantDb db, long id, CancellationToken ct) =>
    [
        .. (await db.Series.Where(s => s.ClientId == id).OrderBy(s => s.Id).AsNoTracking().ToListAsync(ct))
            .Select(s => new ExportedSeries(
                s.Id, s.ServiceId, $"{s.StartLocal:s}", s.TimeZone, s.Rrule, s.Status, s.Note)),
    ];

    private static async Task<List<ExportedWaitlistEntry>> WaitlistAsync(TenantDb db, long id, CancellationToken ct)
    {
        var rows = await db.Waitlist.Where(w => w.ClientId == id).OrderBy(w => w.Id)
            .AsNoTracking().ToListAsync(ct);

        return
        [
            .. from w in rows
               select new ExportedWaitlistEntry(
                   w.Id, w.ServiceId, w.ResourceId, new(w.Wanted.LowerBound, TimeSpan.Zero),
                   new(w.Wanted.UpperBound, TimeSpan.Zero), w.PartySize, w.Status, w.BookingId, w.CreatedAt,
                   w.ConsentedAt),
        ];
    }

    private static Task<List<ExportedMessage>> MessagesAsync(TenantDb db, long[] bookings, CancellationToken ct)
    {
        var tenant = db.Tenant.Id;
        string[] topics = [.. bookings.Select(id => $"{tenant}:booking:{id}")];
        return db.Database.SqlQuery<ExportedMessage>(
            $"""
            select n.kind as "Kind", n.recipient as "Recipient", n.subject as "Subject", n.body as "Body",
                n.status as "Status", n.created_at as "CreatedAt", n.sent_at as "SentAt"
            from platform.notifications n
            where n.tenant_id = {tenant} and (n.topic = any({topics}) or n.event_id in (
                select e.event_id from platform.event_log e
                where e.tenant_id = {tenant} and e.aggregate_type = 'booking' and e.aggregate_id = any({bookings})))
            order by n.id
            """).ToListAsync(ct);
    }

    private static Money? Amount(decimal? amount, string? currency) =>
        amount is { } known && currency is not null ? new(known, currency) : null;
}
