using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Contracts.Events;
using Platform.Core.Availability;
using Platform.Core.Clients;
using Platform.Core.Idempotency;
using Platform.Core.Outbox;
using Platform.Core.Storage;

namespace Platform.Core.Bookings;

/// <summary>A booking with all the rows that come with it, before any is written.</summary>
internal sealed record NewBooking(
    BookingView View, bool IsNewClient, IReadOnlyList<FreeUnit> Units, TimeRange Occupied, string Actor, RequestKey? Key)
{
    public BookingResponse Response { get; } = View.ToResponse();

    public static NewBooking Of(
        WantedBooking wanted, KnownFacts known, BookableService service, ServiceTimes times,
        IReadOnlyList<FreeUnit> units, TenantContext tenant, DateTimeOffset now)
    {
        var request = wanted.Request;
        var start = request.Start.ToUniversalTime();
        var client = known.Client ?? (request.Client is null ? null : new Client
        {
            Id = known.ClientId,
            Name = request.Client.Name,
            Email = request.Client.Email,
            Phone = request.Client.Phone,
            Locale = request.Client.Locale ?? tenant.Locale,
        });
        var booking = new Booking
        {
            Id = known.BookingId,
            Uid = Guid.CreateVersion7().ToString(),
            ServiceId = service.Id,
            ClientId = client?.Id,
            StartAt = start,
            EndAt = start + times.Length,
            TimeZone = request.TimeZone ?? tenant.TimeZone,
            Status = BookingStatuses.Confirmed,
            BeforeBufferMinutes = (int)times.Before.TotalMinutes,
            AfterBufferMinutes = (int)times.After.TotalMinutes,
            Note = request.Note,
            CreatedAt = now,
            UpdatedAt = now,
            CreatedBy = wanted.Actor,
            UpdatedBy = wanted.Actor,
        };
        var resources = units.Select(unit => new BookedResource(unit.ResourceId, service.Names[unit.ResourceId]));
        var view = new BookingView(booking, service.Name, [.. resources], client);

        return new(view, known.Client is null && client is not null, units, times.Occupied(start), wanted.Actor, wanted.Key);
    }

    /// <summary>All or nothing, in one batch. Allocations come sorted by resource, so that two bookings never wait crosswise.</summary>
    public IEnumerable<NpgsqlBatchCommand> Statements(TenantContext tenant)
    {
        if (Key is not null)
        {
            yield return Key.Lock(tenant);
            yield return Key.Remember(201, $"/api/v1/bookings/{Response.Id}", $"\"{Response.Version}\"",
                Codes.BookingCreated, JsonSerializer.Serialize(Response, PlatformJson.Options), Response.CreatedAt);
        }

        if (IsNewClient) yield return InsertClient(View.Client!);
        yield return InsertBooking(View.Booking);
        yield return InsertAllocations();

        var snapshot = View.ToSnapshot(tenant);
        yield return TenantSql.Statement(
            """
            insert into booking_events (booking_id, version, event_type, occurred_at, actor, after)
            values ($1, $2, $3, $4, $5, $6)
            """,
            Response.Id, Response.Version, BookingCreated.EventType, Response.CreatedAt, Actor,
            JsonSerializer.SerializeToElement(snapshot, PlatformJson.Options));

        var stamp = new EventStamp(Response.Id, Response.Version, Response.CreatedAt, Actor);
        yield return OutboxMessage.Of(new BookingCreated(snapshot), tenant.Id, stamp).ToStatement();
    }

    private NpgsqlBatchCommand InsertClient(Client client) => TenantSql.Statement(
        "insert into clients (id, name, email, phone, locale, created_by, updated_by) values ($1, $2, $3, $4, $5, $6, $6)",
        client.Id, client.Name, client.Email, client.Phone, client.Locale, Actor);

    private static NpgsqlBatchCommand InsertBooking(Booking b) => TenantSql.Statement(
        """
        insert into bookings (id, uid, service_id, client_id, start_at, end_at, time_zone, status,
            before_buffer_minutes, after_buffer_minutes, note, version, created_at, updated_at, created_by, updated_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
        """,
        b.Id, b.Uid, b.ServiceId, b.ClientId, b.StartAt, b.EndAt, b.TimeZone, b.Status, b.BeforeBufferMinutes,
        b.AfterBufferMinutes, b.Note, b.Version, b.CreatedAt, b.UpdatedAt, b.CreatedBy, b.UpdatedBy);

    /// <summary>
    /// "On conflict do nothing" and a count, instead of an error: inserters that collide on the constraint itself wait
    /// on each other, and many of them deadlock.
    /// </summary>
    private NpgsqlBatchCommand InsertAllocations() => TenantSql.Statement(
        $"""
        with taken as (
            insert into allocations (booking_id, resource_id, unit, occupied, session_key)
            select $1, wanted.resource_id, wanted.unit, $4, -$1
            from unnest($2, $3) as wanted (resource_id, unit)
            order by wanted.resource_id, wanted.unit
            on conflict do nothing
            returning 1)
        select case when count(*) = cardinality($2) then true else platform.refuse('{Codes.BookingConflict}') end
        from taken
        """,
        Response.Id,
        Units.Select(unit => unit.ResourceId).ToArray(),
        Units.Select(unit => unit.Unit).ToArray(),
        new NpgsqlRange<DateTime>(Occupied.Start.UtcDateTime, true, Occupied.End.UtcDateTime, false));
}
