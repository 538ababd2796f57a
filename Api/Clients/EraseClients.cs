using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Contracts.Audit;
using Platform.Contracts.Bookings;
using Platform.Contracts.Clients;
using Platform.Contracts.Events;
using Platform.Contracts.People;
using Platform.Core;
using Platform.Core.Bookings;
using Platform.Core.Bookings.Series;
using Platform.Core.Clients;
using Platform.Core.Idempotency;
using Platform.Core.Outbox;
using Platform.Core.Storage;

namespace Platform.Api.Clients;

/// <summary>
/// Forgets a person. What happened stays, with numbers in place of the person: bookings, their history, the events that
/// that name them, the answers kept for repeated requests and the mails that were sent.
/// </summary>
internal static class EraseClients
{
    private static readonly string[] Ahead =
        [BookingStatuses.Held, BookingStatuses.Pending, BookingStatuses.Confirmed, BookingStatuses.CheckedIn];

    public static void MapErase(this RouteGroupBuilder clients) => clients.MapPost("/{id:long}/erase", Erase)
        .RequirePermission(Permissions.ClientsManage)
        .ProducesProblem(StatusCodes.Status409Conflict)
        .ProducesProblem(StatusCodes.Status412PreconditionFailed);

    private static async Task<Results<Ok<ClientResponse>, ProblemHttpResult>> Erase(
        long id, Caller caller, TenantDb db, TimeProvider clock, HttpContext http, CancellationToken ct)
    {
        var merged = await db.Clients.Where(c => c.MergedIntoId == id).Select(c => c.Id).ToListAsync(ct);
        var people = await db.LockClientsAsync([id, .. merged], ct);
        if (!people.TryGetValue(id, out var client)) return TypedResults.Problem(Problems.NotFound());

        if (VersionRules.Check(http.ExpectedVersion, client.Version) is { } stale) return stale.ToProblem();
        if (client.ErasedAt is null)
        {
            var now = clock.Now;
            if (ClientRules.Changeable(client) is { } refusal) return refusal.ToProblem();

            // Also of the records that turned out to be this person.
            long[] ids = [.. people.Keys];
            var ahead = await AheadAsync(db, ids, now, ct);
            if (ahead > 0) return ClientRules.FutureBookings(ahead).ToProblem();

            await ForgetBookingsAsync(db, ids, ct);
            foreach (var person in people.Values) await ForgetAsync(db, person, caller.Actor, now, ct);
            db.Publish(new ClientErased(id), new(id, client.Version, now, caller.Actor));
            await db.SaveChangesAsync(ct);
            await db.RecordAsync(AuditActions.ClientErased, id, null, new { merged }, http, ct);
        }

        http.SetVersion(client.Version);
        return TypedResults.Ok((await db.ClientAsync(id, ct))!);
    }

    private static Task<int> AheadAsync(TenantDb db, long[] ids, DateTimeOffset now, CancellationToken ct) =>
        db.BookingsAndHolds.CountAsync(
            b => ids.Contains(b.ClientId!.Value) && b.EndAt > now && Ahead.Contains(b.Status)
                && (b.Status != BookingStatuses.Held || b.HoldExpiresAt > now),
            ct);

    private static async Task ForgetAsync(
        TenantDb db, Client client, string actor, DateTimeOffset now, CancellationToken ct)
    {
        client.Name = ClientRules.ErasedName;
        client.Email = null;
        client.Phone = null;
        client.Locale = db.Tenant.Locale;
        client.TimeZone = null;
        client.Metadata = Client.NoMetadata;
        client.ErasedAt = now;
        await db.SaveAsync(client, actor, ct);

        var location = $"/api/v1/clients/{client.Id}"; // the answer to who made the record
        await db.IdempotencyKeys.Where(k => k.Location == location).ExecuteDeleteAsync(ct);
    }

    private static async Task ForgetBookingsAsync(TenantDb db, long[] ids, CancellationToken ct)
    {
        // No further dates of an erased client.
        await db.Database.ExecuteSqlAsync(
            $"update series set note = null, status = 'cancelled', is_complete = true where client_id = any({ids})", ct);
        var bookings = await db.BookingsAndHolds.Where(b => ids.Contains(b.ClientId!.Value)).Select(b => b.Id).ToArrayAsync(ct);
        var series = await db.Series.Where(s => ids.Contains(s.ClientId!.Value)).Select(s => s.Id).ToArrayAsync(ct);
        string[] locations =
        [
            .. bookings.Select(booking => $"/api/v1/bookings/{booking}"), .. series.Select(s => $"/api/v1/series/{s}"),
        ];
        string[] named = [.. ids.Select(id => $"%\"client\":{{\"id\":{id},%")];
        var tenant = db.Tenant.Id;
        string[] topics = [.. bookings.Select(id => $"{tenant}:booking:{id}")];

        await db.Database.ExecuteSqlAsync(
            $"""
            update bookings set answers = jsonb_build_object(), note = null, cancel_reason = null, hold_owner = null
            where client_id = any({ids})
            """,
            ct);
        await db.Database.ExecuteSqlAsync(
            $"""
            update waitlist_entries set status = 'cancelled'
            where client_id = any({ids}) and status in ('waiting', 'offered')
            """,
            ct);

        await RedactAsync(db, History, [bookings], ct);
        await RedactAsync(db, Answers, [locations, named], ct);

        // The outbox first: what the relay is just moving has arrived in the log by the time the log is asked.
        await RedactAsync(db, Outbox, [bookings, tenant, ids], ct);
        await RedactAsync(db, EventLog, [bookings, tenant, ids], ct);
        await RedactAsync(db, WebhookDeliveries, [bookings, tenant, ids], ct);
        await db.Database.ExecuteSqlAsync(
            $"""
            update platform.webhook_attempts a set response_body = null
            from platform.webhook_deliveries d
            where a.delivery_id = d.id and d.tenant_id = {tenant} and a.response_body is not null
                and (d.aggregate_type = 'booking' and d.aggregate_id = any({bookings})
                    or d.aggregate_type = 'waitlist'
                    and d.aggregate_id in (select w.id from waitlist_entries w where w.client_id = any({ids})))
            """,
            ct);
        await db.Database.ExecuteSqlAsync(
            $"""
            update platform.notifications n
            set recipient = 'erased:' || n.id, subject = '', body = '', data = null, last_error = null,
                status = case when n.status in ('pending', 'sending') then 'failed' else n.status end
            where n.tenant_id = {tenant} and (n.topic = any({topics}) or n.event_id in (
                select e.event_id
                from (
                    select event_id, aggregate_type, aggregate_id from platform.event_log where tenant_id = {tenant}
                    union
                    select event_id, aggregate_type, aggregate_id from platform.outbox_messages
                    where tenant_id = {tenant}) e
                where e.aggregate_type = 'booking' and e.aggregate_id = any({bookings})
                    or e.aggregate_type = 'waitlist'
                    and e.aggregate_id in (select w.id from waitlist_entries w where w.client_id = any({ids}))))
            """,
            ct);
    }

    /// <summary>Reads texts, takes the person out of them and writes them back.</summary>
    private static async Task RedactAsync(TenantDb db, Stored stored, object[] which, CancellationToken ct)
    {
        var rows = await db.Database.SqlQueryRaw<StoredText>(stored.Read, which).ToListAsync(ct);
        if (rows.Count == 0) return;

        var keys = rows.Select(row => row.Key).ToArray();
        var texts = rows.Select(row => ErasureRules.Redact(row.Text)).ToArray();
        await db.Database.ExecuteSqlRawAsync(stored.Write, [.. which, keys, texts], ct);
    }

    /// <param name="Read">Key and text of rows.</param>
    /// <param name="Write">The last two parameters are arrays of keys and new texts.</param>
    private sealed record Stored(string Read, string Write);

    private sealed record StoredText(string Key, string Text);

    private static readonly Stored History = new(
        """
        select booking_id || ':' || version as "Key",
            json_build_object('before', before, 'after', after)::text as "Text"
        from booking_events where booking_id = any({0})
        """,
        """
        update booking_events e
        set before = nullif(r.text::jsonb -> 'before', 'null'), after = nullif(r.text::jsonb -> 'after', 'null')
        from unnest({1}, {2}) as r (key, text)
        where e.booking_id = any({0}) and e.booking_id || ':' || e.version = r.key
        """);

    private static readonly Stored Answers = new(
        """
        select caller || ' ' || key as "Key", body as "Text"
        from idempotency_keys where location = any({0}) or body like any({1})
        """,
        """
        update idempotency_keys k set body = r.text
        from unnest({2}, {3}) as r (key, text)
        where (k.location = any({0}) or k.body like any({1})) and k.caller || ' ' || k.key = r.key
        """);

    private static readonly Stored Outbox = Events("platform.outbox_messages");

    private static readonly Stored EventLog = Events("platform.event_log");

    private static readonly Stored WebhookDeliveries = Events("platform.webhook_deliveries");

    private static Stored Events(string table) => new(
        $$"""
        select event_id::text as "Key", data::text as "Text" from {{table}}
        where tenant_id = {1} and (aggregate_type = 'booking' and aggregate_id = any({0})
            or aggregate_type = 'waitlist'
            and aggregate_id in (select w.id from waitlist_entries w where w.client_id = any({2})))
        """,
        $$"""
        update {{table}} e set data = r.text::jsonb
        from unnest({3}, {4}) as r (key, text)
        where e.event_id::text = r.key and e.tenant_id = {1}
            and (e.aggregate_type = 'booking' and e.aggregate_id = any({0})
                or e.aggregate_type = 'waitlist'
                and e.aggregate_id in (select w.id from waitlist_entries w where w.client_id = any({2})))
        """);
}
