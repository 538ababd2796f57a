using Npgsql;
using Platform.Contracts;
using Platform.Core.Storage;

namespace Platform.Core.Idempotency;

/// <summary>A caller's <c>Idempotency-Key</c> with the hash of what came with it.</summary>
public sealed record RequestKey(string Caller, string Key, byte[] RequestHash)
{
    public static readonly Rejection InProgress =
        new(RejectionKind.Conflict, Codes.IdempotencyInProgress, "The first request still runs.");

    public static readonly Rejection Reused =
        new(RejectionKind.Invalid, Codes.IdempotencyKeyReused, "This key was used for a different request.");

    /// <summary>
    /// Ends the transaction with <see cref="Codes.IdempotencyInProgress"/> if another one with this key still runs.
    /// Else it would wait for that one, and with it the caller.
    /// </summary>
    /// <param name="scope">The tenant, or 0 for staff: a key is the caller's own in each.</param>
    public NpgsqlBatchCommand Lock(long scope) => TenantSql.Statement(
        $"""
        select case
            when pg_try_advisory_xact_lock({AdvisoryLocks.Request("$1")}) then true
            else platform.refuse('{Codes.IdempotencyInProgress}')
        end
        """,
        $"{scope}/{Caller}/{Key}");

    /// <summary>Fails on the primary key if the key was answered since it was looked up.</summary>
    public NpgsqlBatchCommand Remember(
        int status, string? location, string? etag, string code, string body, DateTimeOffset now,
        string table = "idempotency_keys") => TenantSql.Statement(
        $"""
        insert into {table} (caller, key, request_hash, status, location, etag, code, body, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """,
        Caller, Key, RequestHash, status, location, etag, code, body, now);
}
