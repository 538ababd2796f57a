using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Platform.Contracts;
using Platform.Contracts.Events;
using Platform.Core.Availability;
using Platform.Core.Bookings.Slots;
using Platform.Core.Clients;
using Platform.Core.Outbox;
using Platform.Core.Storage;

namespace Platform.Core.Bookings;

/// <summary>
/// The statements that write a booking. <see cref="BookingWrite"/> says in which order they run.
/// </summary>
internal static class BookingStatements
{
    /// <summary>
    /// Nobody merges or erases these clients before the booking is stored; refuses if somebody just did. Then looking
    /// again finds the record they were merged into.
    /// </summary>
    public static IEnumerable<NpgsqlBatchCommand> KeepClients(params IReadOnlyCollection<long> ids)
    {
        if (ids.Count == 0) yield break;

        yield return ClientLocks.Share(ids);
        yield return TenantSql.Statement(
            $"""
            select case when count(*) = cardinality($1) then true else platform.refuse('{DatabaseErrors.RowChanged}') end
            from clients where id = any($1) and merged_into_id is null and erased_at is null
            """,
            ids.Distinct().ToArray());
    }

    public static NpgsqlBatchCommand InsertClient(Client client, string? actor) => TenantSql.Statement(
        """
        insert into clients (id, name, email, phone, locale, metadata, created_by, updated_by)
        values ($1, $2, $3, $4, $5, $6, $7, $7)
        """,
        client.Id, client.Name, client.Email, client.Phone, client.Locale, client.Metadata, actor);

    public static NpgsqlBatchCommand InsertBooking(Booking b) => TenantSql.Statement(
        """
        insert into bookings (id, uid, service_id, client_id, start_at, end_at, time_zone, status,
            before_buffer_minutes, after_buffer_minutes, note, version, created_at, updated_at, created_by, updated_by,
            party_size, local_date, hold_token, hold_owner, hold_expires_at, answers, price, currency, cancel_deadline,
            cancel_fee, cancel_currency, source, series_id, occurrence, waitlist_id, consented_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
            $23, $24, $25, $26, $27, $28, $29, $30, $31, $32)
        """,
        b.Id, b.Uid, b.ServiceId, b.ClientId, b.StartAt, b.EndAt, b.TimeZone, b.Status, b.BeforeBufferMinutes,
        b.AfterBufferMinutes, b.Note, b.Version, b.CreatedAt, b.UpdatedAt, b.CreatedBy, b.UpdatedBy, b.PartySize,
        b.LocalDate, b.HoldToken, b.HoldOwner, b.HoldExpiresAt, b.Answers, b.Price, b.Currency, b.CancelDeadline,
        b.CancelFee, b.CancelCurrency, b.Source, b.SeriesId, b.Occurrence, b.WaitlistId, b.ConsentedAt);

    /// <summary>The hold becomes the booking; refuses if it has expired or was used.</summary>
    public static NpgsqlBatchCommand UseHold(Booking b, string actor, DateTimeOffset now) => TenantSql.Statement(
        $"""
        with used as (
            update bookings set status = $2, uid = $3, client_id = $4, note = $5, answers = $6, time_zone = $7,
                version = 1, hold_expires_at = null, source = $8, created_at = $9, created_by = $10, updated_by = $10,
                price = $11, currency = $12, cancel_deadline = $13, cancel_fee = $14, cancel_currency = $15,
                consented_at = $16
            where id = $1 and status = 'held' and hold_expires_at > $9
            returning id),
        kept as (
            update allocations set expires_at = null where booking_id in (select id from used) and active returning 1)
        select case
            when exists (select from used) and exists (select from kept)
                and not exists (select from allocations where booking_id = $1 and not active) then true
            else platform.refuse('{Codes.HoldExpired}')
        end
        """,
        b.Id, b.Status, b.Uid, b.ClientId, b.Note, b.Answers, b.TimeZone, b.Source, now, actor, b.Price, b.Currency,
        b.CancelDeadline, b.CancelFee, b.CancelCurrency, b.ConsentedAt);

    public static NpgsqlBatchCommand LockBooking(long id) =>
        TenantSql.Statement("select from bookings where id = $1 for update", id);

    /// <summary>Bookings of a limited service are counted one after the other.</summary>
    public static NpgsqlBatchCommand LockService(long serviceId) =>
        TenantSql.Statement("select from services where id = $1 for no key update", serviceId);

    /// <summary>Bookings of a resource that several can take at once are counted one after the other.</summary>
    public static NpgsqlBatchCommand LockResources(long[] ids) => TenantSql.Statement(
        "select from resources where id = any($1) order by id for no key update", ids);

    /// <summary>Holds whose time is over keep nobody out, but their rows would.</summary>
    public static NpgsqlBatchCommand ClearExpiredHolds(ChosenResources chosen, TimeRange occupied, DateTimeOffset now) =>
        TenantSql.Statement(
            """
            update allocations set active = false
            where resource_id = any($1) and active and expires_at <= $3 and occupied && $2
            """,
            Ids(chosen), Range(occupied), now);

    /// <summary>
    /// "On conflict do nothing" and a count, instead of an error: inserters that collide on the constraint itself wait
    /// on each other, and many of them deadlock.
    /// </summary>
    /// <param name="active">False when it only records the resources of a booking that is over.</param>
    /// <param name="busyCounts">Whether it refuses where an outside calendar says busy.</param>
    public static NpgsqlBatchCommand InsertAllocations(
        Booking booking, ChosenResources chosen, TimeRange occupied, bool active = true, bool busyCounts = true) =>
        TenantSql.Statement(
            $"""
            with taken as (
                insert into allocations
                    (booking_id, resource_id, unit, units, seats, occupied, session_key, requirement, part_of, expires_at,
                    active)
                select $1, p.resource_id, p.unit, p.units, $7, $8, $9, p.requirement, p.part_of, $10, $11
                from unnest($2, $3, $4, $5, $6) as p (resource_id, unit, units, requirement, part_of)
                where not ($12 and exists (
                    select from outside_busy_times t where t.resource_id = p.resource_id and t.during && $8))
                order by p.resource_id
                on conflict do nothing
                returning 1)
            select case when count(*) = cardinality($2) then true else platform.refuse('{Codes.BookingConflict}') end
            from taken
            """,
            booking.Id,
            Ids(chosen),
            chosen.Items.Select(p => p.Unit).ToArray(),
            chosen.Items.Select(p => p.Units).ToArray(),
            chosen.Items.Select(p => (short)p.Requirement).ToArray(),
            chosen.Items.Select(p => p.PartOf).ToArray(),
            chosen.Session is null ? 1 : booking.PartySize,
            Range(occupied),
            chosen.Session,
            booking.HoldExpiresAt,
            active,
            active && busyCounts);

    public static NpgsqlBatchCommand ActivateAllocations(long bookingId) =>
        TenantSql.Statement("update allocations set active = true where booking_id = $1", bookingId);

    /// <summary>
    /// Refuses if the fullest moment now has more than the resource has places, or the session more than seats.
    /// </summary>
    public static NpgsqlBatchCommand CheckCapacity(ChosenResources chosen, TimeRange occupied, int seats, DateTimeOffset now) =>
        TenantSql.Statement(
            $"""
            with a as (
                select resource_id, session_key, min(id) as id, max(units) as units, sum(seats) as seats,
                    greatest(min(lower(occupied)), lower($2)) as starts, max(upper(occupied)) as ends
                from allocations
                where resource_id = any($1) and active and (expires_at is null or expires_at > $4) and occupied && $2
                group by resource_id, session_key, case when session_key is null then id end),
            depths as (
                select sum(a.units) > r.capacity as is_over
                from a as point
                join a on a.resource_id = point.resource_id and a.starts <= point.starts and a.ends > point.starts
                join resources r on r.id = a.resource_id
                group by point.resource_id, point.starts, r.capacity, point.id)
            select case
                when exists (select from depths where is_over) then platform.refuse('{Codes.BookingConflict}')
                when exists (select from a where session_key = $5 and seats > $3) then platform.refuse('{Codes.CapacityFull}')
            end
            """,
            Ids(chosen), Range(occupied), (long)seats, now, chosen.Session ?? 0L);

    /// <summary>
    /// Refuses if the service, with this booking, has more than its limits. After <see cref="LockService"/>.
    /// </summary>
    public static NpgsqlBatchCommand CheckLimits(
        Booking booking, BookableService service, ChosenResources chosen, DateTimeOffset now)
    {
        var limits = service.Limits;
        var date = chosen.LocalDate;
        var week = LimitUse.WeekOf(date, service.Organisation.WeekStart);
        return TenantSql.Statement(
            $"""
            with live as (
                select b.id, b.client_id, b.local_date, extract(epoch from b.end_at - b.start_at) / 60 as minutes,
                    b.end_at > $6 as is_ahead
                from bookings b
                where b.service_id = $1 and (b.local_date between $3 and $4 or (b.client_id = $5 and b.end_at > $6))
                    and (b.status in {BookingStatusSql.Counted}
                        or (b.status = 'held' and b.hold_expires_at > $6))),
            week as (select id, client_id, local_date, minutes from live where local_date between $3 and $4),
            day as (select id, client_id, minutes from week where local_date = $2)
            select case when
                (select count(*) > $7 or sum(minutes) > $8 from day)
                or (select count(*) > $9 or sum(minutes) > $10 from week)
                or (select count(*) > $11 from live where client_id = $5 and is_ahead)
                or (select count(*) > $12 from day where client_id = $5)
                or exists (
                    select from day join allocations a on a.booking_id = day.id and a.part_of is null
                    where a.resource_id = any($13) group by a.resource_id having count(distinct day.id) > $14)
            then platform.refuse('{Codes.LimitReached}') end
            """,
            service.Id, date.ToDateOnly(), week.ToDateOnly(), week.PlusDays(6).ToDateOnly(), Number(booking.ClientId), now,
            Number(limits.PerDay), Number(limits.MinutesPerDay), Number(limits.PerWeek), Number(limits.MinutesPerWeek),
            Number(limits.PerClient), Number(limits.PerClientPerDay),
            chosen.Items.Where(p => p.PartOf is null).Select(p => p.ResourceId).ToArray(), Number(limits.PerResourcePerDay));

        static NpgsqlParameter Number(long? value) =>
            new() { NpgsqlDbType = NpgsqlDbType.Bigint, Value = (object?)value ?? DBNull.Value };
    }

    /// <summary>Refuses when the owner now has more holds than allowed at a time.</summary>
    public static IEnumerable<NpgsqlBatchCommand> CheckHolds(string owner, int most, TenantContext tenant, DateTimeOffset now)
    {
        yield return TenantSql.Statement($"select pg_advisory_xact_lock({AdvisoryLocks.HoldOwner("$1")})", $"{tenant.Id}/{owner}");
        yield return TenantSql.Statement(
            $"""
            select case when count(*) > $2 then platform.refuse('{Codes.LimitReached}') end
            from bookings where status = 'held' and hold_owner = $1 and hold_expires_at > $3
            """,
            owner, (long)most, now);
    }

    /// <summary>Of a new booking: its jobs, the first row of its history, and its event.</summary>
    public static IEnumerable<NpgsqlBatchCommand> Created(NewBooking booking, TenantContext tenant)
    {
        foreach (var job in BookingJobs.Of(booking.Booking, booking.Service.CheckIn, tenant)) yield return job;
        foreach (var statement in Recorded(booking, tenant)) yield return statement;
    }

    /// <summary>The first row of the history of a new booking, and its event.</summary>
    public static IEnumerable<NpgsqlBatchCommand> Recorded(NewBooking booking, TenantContext tenant)
    {
        var snapshot = booking.View.ToSnapshot(tenant);
        return Record(new BookingCreated(snapshot), booking.Booking, null, snapshot, booking.Requested.Actor, tenant);
    }

    /// <summary>The row of history and the event, for one change.</summary>
    public static IEnumerable<NpgsqlBatchCommand> Record<T>(
        T data, Booking booking, BookingSnapshot? before, BookingSnapshot after, string actor, TenantContext tenant)
        where T : IEventData
    {
        yield return TenantSql.Statement(
            """
            insert into booking_events (booking_id, version, event_type, occurred_at, actor, before, after)
            values ($1, $2, $3, $4, $5, $6, $7)
            """,
            booking.Id, booking.Version, T.EventType, booking.UpdatedAt, actor,
            new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Jsonb, Value = (object?)Json(before) ?? DBNull.Value },
            Json(after));

        var stamp = new EventStamp(booking.Id, booking.Version, booking.UpdatedAt, actor);
        yield return OutboxMessage.Of(data, tenant.Id, stamp).ToStatement();

        static JsonElement? Json(BookingSnapshot? snapshot) =>
            snapshot is null ? null : JsonSerializer.SerializeToElement(snapshot, PlatformJson.Options);
    }

    private static long[] Ids(ChosenResources chosen) => [.. chosen.Ids];

    public static NpgsqlRange<DateTime> Range(TimeRange range) =>
        new(range.Start.UtcDateTime, true, range.End.UtcDateTime, false);
}
