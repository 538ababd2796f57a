using NodaTime;
using Npgsql;
using Platform.Contracts.Bookings;
using Platform.Core.Bookings.Slots;
using Platform.Core.Storage;

namespace Platform.Core.Bookings;

/// <summary>A hold as it is read before it is used.</summary>
internal sealed record HeldSlot(
    long Id, long ServiceId, string Status, DateTimeOffset Start, DateTimeOffset End, int PartySize,
    DateTimeOffset ExpiresAt, ChosenResources Resources, long? WaitlistId)
{
    /// <summary>
    /// The member of the request that is not as it is held; what is not said is. Null if all of it is.
    /// </summary>
    public string? Mismatch(CreateBookingRequest request, DateTimeOffset start) =>
        ServiceId != request.ServiceId ? "serviceId"
        : Start != start ? "start"
        : (request.PartySize ?? PartySize) != PartySize ? "partySize"
        : request.DurationMinutes is { } minutes && TimeSpan.FromMinutes(minutes) != End - Start ? "durationMinutes"
        : !(request.ResourceIds ?? []).All(id => Resources.Items.Any(place => place.ResourceId == id)) ? "resourceIds"
        : null;

    /// <summary>No statement without a token.</summary>
    public static NpgsqlBatchCommand[] Find(string? token) => token is null ? [] : [TenantSql.Statement(
        """
        select b.id, b.service_id, b.status, b.start_at, b.end_at, b.party_size, coalesce(b.hold_expires_at, '-infinity'),
            b.local_date, a.resource_id, a.unit, a.units, a.requirement, a.part_of, a.session_key,
            b.waitlist_id
        from bookings b join allocations a on a.booking_id = b.id
        where b.hold_token = $1
        order by a.resource_id
        """,
        token)];

    /// <summary>And goes on to the next result.</summary>
    public static async Task<HeldSlot?> ReadAsync(NpgsqlDataReader reader, CancellationToken ct)
    {
        HeldSlot? hold = null;
        List<ChosenResource> places = [];

        while (await reader.ReadAsync(ct))
        {
            places.Add(new(
                reader.GetInt64(8),
                reader.GetInt16(11),
                reader.IsDBNull(9) ? null : reader.GetInt32(9),
                reader.GetInt32(10),
                reader.IsDBNull(12) ? null : reader.GetInt64(12)));
            var session = reader.IsDBNull(13) ? (long?)null : reader.GetInt64(13);
            hold ??= new(
                reader.GetInt64(0),
                reader.GetInt64(1),
                reader.GetString(2),
                reader.GetFieldValue<DateTimeOffset>(3),
                reader.GetFieldValue<DateTimeOffset>(4),
                reader.GetInt32(5),
                reader.GetFieldValue<DateTimeOffset>(6),
                new(places, session, LocalDate.FromDateOnly(reader.GetFieldValue<DateOnly>(7))),
                reader.IsDBNull(14) ? null : reader.GetInt64(14));
        }

        await reader.NextResultAsync(ct);
        return hold;
    }
}
