using Duende.IdentityServer.EntityFramework.DbContexts;
using Microsoft.EntityFrameworkCore;
using Grant = Duende.IdentityServer.Models.PersistedGrant;

namespace Duende.IdentityServer.EntityFramework;

internal sealed partial class OperationalStore
{
    public Task<bool> AddGrantAsync(Grant grant, CancellationToken ct) => UseAsync(async db =>
    {
        var sql = $"""
            INSERT INTO {Cleanup.TableOf(db, typeof(Entities.PersistedGrant))}
                ("Key", "Type", "SubjectId", "SessionId", "ClientId", "CreationTime", "Expiration", "Data")
            VALUES ({"{0}"}, {"{1}"}, {"{2}"}, {"{3}"}, {"{4}"}, {"{5}"}, {"{6}"}, {"{7}"})
            ON CONFLICT ("Key") DO NOTHING
            """;
        object?[] values =
        [
            grant.Key, grant.Type, grant.SubjectId, grant.SessionId, grant.ClientId, grant.CreationTime, grant.Expiration,
            grant.Data,
        ];
        return await db.Database.ExecuteSqlRawAsync(sql, values!, ct) == 1;
    });

    public Task<Grant?> FindGrantAsync(string key, string type, CancellationToken ct) => UseAsync<Grant?>(async db =>
        await db.PersistedGrants.AsNoTracking().SingleOrDefaultAsync(row => row.Key == key && row.Type == type, ct));

    public Task<bool> ConsumeGrantAsync(
        string key, string type, DateTime now, DateTime? keepUntil, CancellationToken ct) =>
        UseAsync(async db => await Unused(db, key).Where(row => row.Type == type).ExecuteUpdateAsync(set => set
            .SetProperty(row => row.ConsumedTime, now)
            .SetProperty(row => row.Expiration, row => keepUntil ?? row.Expiration), ct) == 1);

    public Task<bool> RotateAsync(string key, string familyKey, Grant successor, DateTime now, CancellationToken ct) =>
        InTransactionAsync(async db => await OfLiveFamily(db, key, familyKey).ExecuteUpdateAsync(set => set
            .SetProperty(row => row.ConsumedTime, now)
            .SetProperty(row => row.Description, successor.Key), ct) == 1, successor, ct);

    public Task<bool> ReplaceSuccessorAsync(
        string key, string oldSuccessor, string familyKey, Grant successor, DateTime now, CancellationToken ct) =>
        InTransactionAsync(async db =>
        {
            var isUnused = await OfLiveFamily(db, oldSuccessor, familyKey)
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.ConsumedTime, now), ct) == 1;

            return isUnused && await db.PersistedGrants.Where(row => row.Key == key)
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.Description, successor.Key), ct) == 1;
        }, successor, ct);

    public Task<IReadOnlyList<string>> EndSessionGrantsAsync(
        string type, string sessionId, DateTime now, CancellationToken ct) =>
        UseAsync<IReadOnlyList<string>>(async db =>
        {
            var grants = db.PersistedGrants.Where(row => row.SessionId == sessionId && row.Type == type);
            await grants.Where(row => row.ConsumedTime == null)
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.ConsumedTime, now), ct);

            return await grants.Select(row => row.ClientId).Distinct().ToListAsync(ct);
        });

    private static IQueryable<Entities.PersistedGrant> Unused(PersistedGrantDbContext db, string key) =>
        db.PersistedGrants.Where(row => row.Key == key && row.ConsumedTime == null);

    private static IQueryable<Entities.PersistedGrant> OfLiveFamily(
        PersistedGrantDbContext db, string key, string familyKey) =>
        Unused(db, key).Where(
            _ => db.PersistedGrants.Any(family => family.Key == familyKey && family.ConsumedTime == null));

    /// <summary>Does the step and, when it won, adds the successor; both or neither.</summary>
    private Task<bool> InTransactionAsync(
        Func<PersistedGrantDbContext, Task<bool>> step, Grant successor, CancellationToken ct) =>
        UseAsync(async db =>
        {
            await using var transaction = await db.Database.BeginTransactionAsync(ct);
            if (!await step(db)) return false;

            db.PersistedGrants.Add(Row(successor));
            await db.SaveChangesAsync(ct);
            await transaction.CommitAsync(ct);
            return true;
        });

    private static Entities.PersistedGrant Row(Grant grant) => new()
    {
        Key = grant.Key,
        Type = grant.Type,
        SubjectId = grant.SubjectId,
        SessionId = grant.SessionId,
        ClientId = grant.ClientId,
        Description = grant.Description,
        CreationTime = grant.CreationTime,
        Expiration = grant.Expiration,
        ConsumedTime = grant.ConsumedTime,
        Data = grant.Data,
    };
}
