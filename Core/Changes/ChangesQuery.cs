using Npgsql;
using Platform.Core.Storage;

namespace Platform.Core.Changes;

/// <param name="Last">Where to go on, also where nothing was found.</param>
/// <param name="HasMore">Whether there is more to read right now.</param>
public sealed record ChangesPage(IReadOnlyList<Change> Found, long Last, bool HasMore);

/// <summary>
/// The changes of a tenant, each thing once at its last change. Positions are given here, one reader at a time, to
/// what is committed by then: something that commits later gets a later position, so a reader who goes on from a
/// position misses nothing.
/// </summary>
public sealed class ChangesQuery(TenantDb db)
{
    /// <summary>So many get their position for one answer.</summary>
    private const int MaxNumbered = 2_000;

    private const string Lock = "select position from changes_head for update";

    /// <summary>A row that somebody is changing right now gets its position after that.</summary>
    private const string Number = """
        with unread as materialized (
            select type, id, changed_at from changes where position is null
            order by changed_at, type, id limit $1 for update skip locked),
        head as (
            update changes_head set position = position + (select count(*) from unread)
            returning position - (select count(*) from unread) as last),
        numbered as (
            select type, id, row_number() over (order by changed_at, type, id) as number from unread)
        update changes c set position = head.last + numbered.number
        from numbered, head
        where c.type = numbered.type and c.id = numbered.id
        returning c.position
        """;

    private const string Read = """
        select type, id, operation, changed_at, position,
            (select count(*) from (select from changes where position is null limit 1) x) > 0
        from changes where position > $1 order by position limit $2
        """;

    private const string Any =
        "select exists (select from changes where position is null) or exists (select from changes where position > $1)";

    /// <summary>Whether it is worth reading. Unlike reading, it waits for nobody.</summary>
    public async Task<bool> AnyAsync(long after, CancellationToken ct) =>
        (await db.ReadAsync([TenantSql.Statement(Any, after)], row => row.GetBoolean(0), ct))[0];

    /// <summary>The position that was given last.</summary>
    public async Task<long> LastAsync(CancellationToken ct) =>
        (await db.ReadAsync([TenantSql.Statement("select position from changes_head")], row => row.GetInt64(0), ct))[0];

    /// <summary>In the caller's transaction.</summary>
    /// <param name="after">The position that was read last; 0 from the beginning.</param>
    public async Task<ChangesPage> ReadAsync(long after, int count, CancellationToken ct)
    {
        var isUnread = false;
        var rows = await db.ReadAsync(
            [
                TenantSql.Statement(Lock),
                TenantSql.Statement(Number, MaxNumbered),
                TenantSql.Statement(Read, after, count + 1),
            ],
            row =>
            {
                isUnread = row.GetBoolean(5);
                return ChangeOf(row);
            },
            ct);

        var found = rows.Take(count).ToList();
        return new(found, found.Count > 0 ? found[^1].Position!.Value : after, rows.Count > count || isUnread);
    }

    private static Change ChangeOf(NpgsqlDataReader row) => new()
    {
        Type = row.GetString(0),
        Id = row.GetInt64(1),
        Operation = row.GetString(2),
        ChangedAt = row.GetFieldValue<DateTimeOffset>(3),
        Position = row.GetInt64(4),
    };
}
