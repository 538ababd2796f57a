using Npgsql;
using NpgsqlTypes;
using Platform.Contracts.Bookings;
using Platform.Core.Bookings.Slots;
using Platform.Core.Clients;
using Platform.Core.Idempotency;
using Platform.Core.Storage;

namespace Platform.Core.Bookings;

/// <summary>What the first batch has read.</summary>
internal sealed class BookingInputs
{
    /// <summary>
    /// Taken from the sequence ahead of time, so that event and answer can be written at once.
    /// </summary>
    public long BookingId { get; set; }

    /// <summary>For the client, if they are not known yet.</summary>
    public long NewClientId { get; set; }
    public Client? Client { get; set; }
    public HeldSlot? Hold { get; set; }

    /// <summary>The answer that an earlier request with the same key was given.</summary>
    public IdempotencyKey? Answered { get; set; }

    /// <summary>Null if the service does not exist.</summary>
    public SlotInputs? Slots { get; set; }

    public BookingParties PartiesOf(BookableService service) => new(BookingId, service, Client, NewClientId);

    public static bool NamesClient(CreateBookingRequest request) =>
        request is not { Client: null or { Email: null }, ClientId: null, HoldToken: null };

    /// <summary>The named client, or the record it was merged into; otherwise the client of the hold.</summary>
    public static NpgsqlBatchCommand[] FindClient(CreateBookingRequest request)
    {
        if (!NamesClient(request)) return [];

        return
        [
            TenantSql.Statement(
                """
                select id, name, email, phone, locale from clients
                where erased_at is null and merged_into_id is null and id = coalesce(
                    (select coalesce(named.merged_into_id, named.id) from clients named where named.id = $2),
                    (select coalesce(named.merged_into_id, named.id) from clients named
                        where $2 is null and lower(named.email) = lower($1)),
                    (select b.client_id from bookings b where b.hold_token = $3))
                """,
                request.Client?.Email,
                new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Bigint, Value = (object?)request.ClientId ?? DBNull.Value },
                new NpgsqlParameter
                {
                    NpgsqlDbType = NpgsqlDbType.Text,
                    Value = request is { Client: null, ClientId: null, HoldToken: { } token } ? token : DBNull.Value,
                }),
        ];
    }

    public static async Task<Client?> ReadClientAsync(NpgsqlDataReader reader, CancellationToken ct) =>
        await reader.ReadAsync(ct)
            ? new Client
            {
                Id = reader.GetInt64(0),
                Name = reader.GetString(1),
                Email = reader.IsDBNull(2) ? null : reader.GetString(2),
                Phone = reader.IsDBNull(3) ? null : reader.GetString(3),
                Locale = reader.GetString(4),
            }
            : null;

    public static NpgsqlBatchCommand[] FindAnswer(RequestKey? key) => key is null ? [] : [TenantSql.Statement(
        """
        select request_hash, status, location, etag, code, body, created_at
        from idempotency_keys where caller = $1 and key = $2
        """,
        key.Caller, key.Key)];

    public static async Task<IdempotencyKey?> ReadAnswerAsync(
        NpgsqlDataReader reader, RequestKey key, CancellationToken ct) =>
        await reader.ReadAsync(ct)
            ? new IdempotencyKey
            {
                Caller = key.Caller,
                Key = key.Key,
                RequestHash = reader.GetFieldValue<byte[]>(0),
                Status = reader.GetInt32(1),
                Location = reader.IsDBNull(2) ? null : reader.GetString(2),
                Etag = reader.IsDBNull(3) ? null : reader.GetString(3),
                Code = reader.GetString(4),
                Body = reader.GetString(5),
                CreatedAt = reader.GetFieldValue<DateTimeOffset>(6),
            }
            : null;
}
