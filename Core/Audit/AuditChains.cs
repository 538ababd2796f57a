using System.Runtime.CompilerServices;
using Npgsql;
using NpgsqlTypes;
using Platform.Contracts.Audit;
using Platform.Core.Storage;

namespace Platform.Core.Audit;

/// <summary>
/// Verifies chains against themselves, their heads and their checkpoints; seals their current ends; deletes old
/// segments. <see cref="KeepAudit"/> says when, and that one process does it.
/// </summary>
public sealed class AuditChains(PlatformSql sql, AuditSeal seal, TimeProvider clock)
{
    /// <summary>Rows that one statement checks: some tenths of a second, so that progress shows.</summary>
    private const int Piece = 20_000;

    /// <summary>Younger rows are never deleted; <c>prune_audit</c> refuses that as well.</summary>
    public static readonly TimeSpan MinKeep = TimeSpan.FromDays(90);

    /// <summary>
    /// Each chain as it is checked. A chain that grows concurrently is verified up to its earlier end.
    /// </summary>
    /// <param name="tenantId">Every one where it is null; 0 is the platform itself.</param>
    /// <param name="chain">Both where it is null.</param>
    public async IAsyncEnumerable<AuditChainReport> VerifyAsync(
        long? tenantId, string? chain, [EnumeratorCancellation] CancellationToken ct)
    {
        foreach (var next in await ChainsAsync(tenantId, chain, ct)) yield return await VerifyAsync(next, ct);
    }

    /// <summary>Seals every chain that went on since it was sealed, as far as it is whole.</summary>
    /// <returns>How many were sealed, and those that were not because they are broken.</returns>
    public async Task<(int Sealed, IReadOnlyList<AuditChainReport> Broken)> SealAsync(CancellationToken ct)
    {
        List<AuditCheckpoint> made = [];
        List<AuditChainReport> broken = [];
        var now = clock.Now;

        foreach (var chain in await ChainsAsync(null, null, ct))
        {
            var (head, last) = (chain.Head, chain.Last);
            if ((head?.Sequence ?? 0) == (last?.Sequence ?? 0)) continue;

            // Sealed rows are not checked again, or sealing would take longer every day.
            var report = await VerifyAsync(chain, ct, onlyAfter: last);
            if (report.Fault is not null) broken.Add(report);
            else made.Add(seal.Seal(chain.Name, chain.TenantId, head!.Sequence, head.Hash, now)); // what is whole has a head
        }

        if (made.Count > 0)
        {
            await sql.ExecuteAsync(Scope.AllTenants, [TenantSql.Statement(
                """
                insert into audit_checkpoints (chain, tenant_id_fk, sequence, hash, sealed_at, signature, key_id)
                select * from unnest($1, $2, $3, $4, $5, $6, $7) on conflict do nothing
                """,
                Column(NpgsqlDbType.Text, c => c.Chain), Column(NpgsqlDbType.Bigint, c => c.TenantId),
                Column(NpgsqlDbType.Bigint, c => c.Sequence), Column(NpgsqlDbType.Bytea, c => c.Hash),
                Column(NpgsqlDbType.TimestampTz, c => c.SealedAt), Column(NpgsqlDbType.Bytea, c => c.Signature),
                Column(NpgsqlDbType.Bytea, c => c.KeyId))], ct);
        }

        return (made.Count, broken);

        NpgsqlParameter Column<T>(NpgsqlDbType type, Func<AuditCheckpoint, T> value) =>
            new() { NpgsqlDbType = NpgsqlDbType.Array | type, Value = made.Select(value).ToArray() };
    }

    /// <summary>
    /// Deletes whole sealed segments whose rows are all older. The platform's own chain records it.
    /// </summary>
    /// <param name="keep">At least 90 days: the database refuses less.</param>
    /// <returns>
    /// The number of deleted rows, and the segments that the database refused; one bad segment does not stop the others.
    /// </returns>
    public async Task<(long Rows, IReadOnlyList<PruneRejection> Refused)> PruneAsync(
        TimeSpan keep, CancellationToken ct)
    {
        var now = clock.Now;
        long count = 0;
        List<PruneRejection> refused = [];

        foreach (var (chain, tenantId, upTo) in await OldSegmentsAsync(now - keep, ct))
        {
            try
            {
                count += await PruneAsync(chain, tenantId, upTo, now, ct);
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.IntegrityConstraintViolation)
            {
                refused.Add(new(chain, tenantId, upTo, e.MessageText));
            }
        }

        return (count, refused);
    }

    private async Task<long> PruneAsync(string chain, long tenantId, long upTo, DateTimeOffset now, CancellationToken ct)
    {
        await using var reader = await sql.ReadAsync(Scope.AllTenants,
        [
            TenantSql.Statement("select prune_audit($1, $2, $3, $4)", chain, tenantId, upTo, now),
            new AuditChange(null, "audit.pruned", "tenant", tenantId, null, new { chain, upTo })
                .ToStatement(new("system"), now),
        ], ct);
        await reader.ReadAsync(ct);
        var count = reader.GetInt64(0);
        await reader.NextResultAsync(ct); // so that a failure there is heard of
        return count;
    }

    private async Task<AuditChainReport> VerifyAsync(ChainState chain, CancellationToken ct, AuditCheckpoint? onlyAfter = null)
    {
        var last = chain.Last;
        var start = onlyAfter ?? chain.Checkpoints.LastOrDefault(c => c.IsPruned);
        foreach (var checkpoint in chain.Checkpoints)
        {
            if (seal.Check(checkpoint) is { } fault) return Report(0, checkpoint.Sequence, fault);
        }

        if (start is { IsPruned: true } && start.SealedAt > clock.Now - MinKeep)
        {
            return Report(0, 1, AuditFaults.RowChanged); // rows this young are never deleted
        }

        var (after, hash) = (start?.Sequence ?? 0, start?.Hash ?? []);
        var end = Math.Max(chain.Head?.Sequence ?? 0, last?.Sequence ?? 0);
        var sealedLater = new Queue<AuditCheckpoint>(chain.Checkpoints.Where(c => c.Sequence > after));
        var begin = after;

        while (after < end)
        {
            // Pieces end where chains were sealed, so that the sealed hash can be compared.
            var upTo = Math.Min(end, Math.Min(after + Piece, sealedLater.Count > 0 ? sealedLater.Peek().Sequence : end));
            var (broken, lastSequence, lastHash) = await CheckAsync(chain, after, hash, upTo, ct);
            if (broken is { } first) return Report(first - begin, first, AuditFaults.RowChanged);
            if (lastSequence != upTo) return Report((lastSequence ?? after) - begin, (lastSequence ?? after) + 1, AuditFaults.TailChanged);

            (after, hash) = (upTo, lastHash!);
            if (sealedLater.Count > 0 && sealedLater.Peek().Sequence == after
                && !sealedLater.Dequeue().Hash.AsSpan().SequenceEqual(hash))
            {
                return Report(after - begin, start?.Sequence + 1 ?? 1, AuditFaults.ChainRewritten);
            }
        }

        // A head that knows less than was sealed, or another end, was set back; rows behind it were never chained.
        var isWhole = chain.Head is null ? end == 0 : chain.Head.Sequence == end && chain.Head.Hash.AsSpan().SequenceEqual(hash);
        return isWhole && !await GoesOnBehindHeadAsync(chain, ct)
            ? Report(after - begin, null, null)
            : Report(after - begin, (chain.Head?.Sequence ?? 0) + 1, AuditFaults.TailChanged);

        AuditChainReport Report(long rows, long? broken, string? fault) =>
            new(chain.TenantId, chain.Name, rows, broken, fault, last?.Sequence, last?.SealedAt);
    }

    private async Task<(long? Broken, long? Last, byte[]? Hash)> CheckAsync(
        ChainState chain, long after, byte[] hash, long upTo, CancellationToken ct)
    {
        await using var reader = await sql.ReadAsync(Scope.AllTenants,
            [TenantSql.Statement("select * from check_trail($1, $2, $3, $4, $5)", chain.Name, chain.TenantId, after, hash, upTo)], ct);
        await reader.ReadAsync(ct);
        return (reader.GetFieldValue<long?>(0), reader.GetFieldValue<long?>(1), reader.IsDBNull(2) ? null : reader.GetFieldValue<byte[]>(2));
    }

    /// <summary>
    /// In one statement with the head of that moment, so that rows that are being appended are no fault.
    /// </summary>
    private async Task<bool> GoesOnBehindHeadAsync(ChainState chain, CancellationToken ct)
    {
        var rows = chain.Name == AuditChainNames.Access
            ? "application_access_logs l where l.tenant_id_fk = $2"
            : "audit_log l where coalesce(l.tenant_id_fk, 0) = $2";
        await using var reader = await sql.ReadAsync(Scope.AllTenants, [TenantSql.Statement(
            $"""
            select exists (select from {rows} and l.sequence > coalesce(
                (select h.sequence from audit_heads h where h.chain = $1 and h.tenant_id_fk = $2), 0))
            """,
            chain.Name, chain.TenantId)], ct);
        await reader.ReadAsync(ct);
        return reader.GetBoolean(0);
    }

    /// <summary>Of every tenant there is, and of those that only their trails remember.</summary>
    private async Task<IReadOnlyList<ChainState>> ChainsAsync(long? tenantId, string? chain, CancellationToken ct)
    {
        await using var reader = await sql.ReadAsync(Scope.AllTenants,
        [
            TenantSql.Statement(
                """
                select c.chain, i.id, h.sequence, h.hash
                from (select id from tenants union select 0
                      union select tenant_id_fk from audit_heads union select tenant_id_fk from audit_checkpoints) i
                cross join (values ('access'), ('changes')) c (chain)
                left join audit_heads h on h.chain = c.chain and h.tenant_id_fk = i.id
                where ($1::bigint is null or i.id = $1) and ($2::text is null or c.chain = $2)
                order by i.id, c.chain
                """,
                tenantId, chain),
            TenantSql.Statement(
                """
                select chain, tenant_id_fk, sequence, hash, sealed_at, signature, key_id, pruned_at is not null
                from audit_checkpoints
                where ($1::bigint is null or tenant_id_fk = $1) and ($2::text is null or chain = $2)
                order by sequence
                """,
                tenantId, chain),
        ], ct);

        List<(string Chain, long TenantId, ChainHead? Head)> heads = [];
        while (await reader.ReadAsync(ct))
        {
            heads.Add((reader.GetString(0), reader.GetInt64(1),
                reader.IsDBNull(2) ? null : new(reader.GetInt64(2), reader.GetFieldValue<byte[]>(3))));
        }

        await reader.NextResultAsync(ct);
        List<AuditCheckpoint> checkpoints = [];
        while (await reader.ReadAsync(ct))
        {
            checkpoints.Add(new(
                reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetFieldValue<byte[]>(3),
                reader.GetFieldValue<DateTimeOffset>(4), reader.GetFieldValue<byte[]>(5),
                reader.IsDBNull(6) ? null : reader.GetFieldValue<byte[]>(6), reader.GetBoolean(7)));
        }

        var byChain = checkpoints.ToLookup(c => (c.Chain, c.TenantId));
        return [.. heads.Select(h => new ChainState(h.Chain, h.TenantId, h.Head, [.. byChain[(h.Chain, h.TenantId)]]))];
    }

    private async Task<List<(string Chain, long TenantId, long UpTo)>> OldSegmentsAsync(DateTimeOffset before, CancellationToken ct)
    {
        await using var reader = await sql.ReadAsync(Scope.AllTenants, [TenantSql.Statement(
            """
            select c.chain, c.tenant_id_fk, max(c.sequence)
            from audit_checkpoints c
            where c.pruned_at is null and c.sealed_at < $1
            group by c.chain, c.tenant_id_fk
            """,
            before)], ct);
        List<(string, long, long)> segments = [];
        while (await reader.ReadAsync(ct)) segments.Add((reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2)));
        return segments;
    }

    private sealed record ChainHead(long Sequence, byte[] Hash);

    private sealed record ChainState(string Name, long TenantId, ChainHead? Head, IReadOnlyList<AuditCheckpoint> Checkpoints)
    {
        public AuditCheckpoint? Last => Checkpoints is [.., var last] ? last : null;
    }
}

/// <summary>A segment that the database refused to delete.</summary>
public sealed record PruneRejection(string Chain, long TenantId, long UpTo, string Reason);
