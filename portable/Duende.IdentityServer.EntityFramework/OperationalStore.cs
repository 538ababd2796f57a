using Duende.IdentityServer.EntityFramework.DbContexts;
using Duende.IdentityServer.Models;
using Duende.IdentityServer.Stores;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Duende.IdentityServer.EntityFramework;

/// <summary>The operational store in PostgreSQL. Each call has a context and connection of its own.</summary>
internal sealed partial class OperationalStore(IServiceScopeFactory scopes) : IOperationalStore
{
    /// <summary>Number of the advisory lock under which keys are made: "keys" in ASCII.</summary>
    private const long KeysLock = 0x6b657973;

    /// <summary>What keys are for; the real package writes the same.</summary>
    private const string Signing = "signing";

    public Task AddPushedAsync(PushedAuthorizationRequest request, CancellationToken ct) => UseAsync(async db =>
    {
        db.PushedAuthorizationRequests.Add(new()
        {
            ReferenceValueHash = request.ReferenceValueHash,
            ExpiresAtUtc = request.ExpiresAtUtc,
            Parameters = request.Parameters,
        });
        return await db.SaveChangesAsync(ct);
    });

    public Task<PushedAuthorizationRequest?> FindPushedAsync(string hash, CancellationToken ct) =>
        UseAsync<PushedAuthorizationRequest?>(async db =>
            await OfHash(db, hash).AsNoTracking().SingleOrDefaultAsync(ct));

    public Task UpdatePushedAsync(string hash, string parameters, DateTime expires, CancellationToken ct) =>
        UseAsync(db => OfHash(db, hash).ExecuteUpdateAsync(set => set
            .SetProperty(row => row.Parameters, parameters)
            .SetProperty(row => row.ExpiresAtUtc, expires), ct));

    public Task<bool> RemovePushedAsync(string hash, CancellationToken ct) => UseAsync(async db =>
        await OfHash(db, hash).ExecuteDeleteAsync(ct) == 1);

    public Task SaveSessionAsync(ServerSideSession session, CancellationToken ct) => UseAsync(async db =>
    {
        var row = await db.ServerSideSessions.SingleOrDefaultAsync(row => row.Key == session.Key, ct);
        if (row is null) db.Add(row = new() { Key = session.Key, Created = session.Created });

        row.Scheme = session.Scheme;
        row.SubjectId = session.SubjectId;
        row.SessionId = session.SessionId;
        row.DisplayName = session.DisplayName;
        row.Renewed = session.Renewed;
        row.Expires = session.Expires;
        row.Data = session.Ticket;
        return await db.SaveChangesAsync(ct);
    });

    public Task<ServerSideSession?> FindSessionAsync(string key, CancellationToken ct) => UseAsync(async db =>
        await db.ServerSideSessions.AsNoTracking().SingleOrDefaultAsync(row => row.Key == key, ct) is { } row
            ? ToModel(row)
            : null);

    public Task RemoveSessionAsync(string key, CancellationToken ct) =>
        UseAsync(db => db.ServerSideSessions.Where(row => row.Key == key).ExecuteDeleteAsync(ct));

    public Task<IReadOnlyList<ServerSideSession>> FindSessionsAsync(
        string? subjectId, string? sessionId, CancellationToken ct) =>
        UseAsync<IReadOnlyList<ServerSideSession>>(async db =>
        {
            var rows = await db.ServerSideSessions.AsNoTracking()
                .Where(row => subjectId == null || row.SubjectId == subjectId)
                .Where(row => sessionId == null || row.SessionId == sessionId)
                .ToListAsync(ct);
            return rows.ConvertAll(ToModel);
        });

    public Task RemoveSessionsAsync(string sessionId, CancellationToken ct) =>
        UseAsync(db => db.ServerSideSessions.Where(row => row.SessionId == sessionId).ExecuteDeleteAsync(ct));

    public Task<bool> TouchSessionAsync(string sessionId, DateTime now, CancellationToken ct) => UseAsync(async db =>
        await db.ServerSideSessions.Where(row => row.SessionId == sessionId && row.Expires > now)
            .ExecuteUpdateAsync(set => set
                .SetProperty(row => row.Expires, row => now + (row.Expires - row.Renewed))
                .SetProperty(row => row.Renewed, now), ct) > 0);

    public Task<IReadOnlyList<ServerSideSession>> TakeExpiredSessionsAsync(
        DateTime now, int batch, CancellationToken ct) =>
        UseAsync<IReadOnlyList<ServerSideSession>>(async db =>
        {
            var sql = Cleanup.TakeSql(db, typeof(Entities.ServerSideSession), "Expires", returning: true);
            var rows = await db.ServerSideSessions.FromSqlRaw(sql, now, batch).AsNoTracking().ToListAsync(ct);
            return rows.ConvertAll(ToModel);
        });

    public Task<IReadOnlyList<SerializedKey>> LoadKeysAsync(CancellationToken ct) => UseAsync(db => LoadAsync(db, ct));

    public Task ChangeKeysAsync(
        Func<IReadOnlyList<SerializedKey>, (SerializedKey? Add, IReadOnlyList<string> Delete)> decide,
        CancellationToken ct) =>
        UseAsync(async db =>
        {
            await using var transaction = await db.Database.BeginTransactionAsync(ct);
            await db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock({KeysLock})", ct);

            var (add, delete) = decide(await LoadAsync(db, ct));
            if (delete.Count > 0) await db.Keys.Where(row => delete.Contains(row.Id)).ExecuteDeleteAsync(ct);
            if (add is not null)
            {
                db.Keys.Add(new()
                {
                    Id = add.Id,
                    Version = add.Version,
                    Created = add.Created,
                    Use = Signing,
                    Algorithm = add.Algorithm,
                    DataProtected = true,
                    Data = add.Data,
                });
            }

            var changes = await db.SaveChangesAsync(ct);
            await transaction.CommitAsync(ct);
            return changes;
        });

    private static IQueryable<Entities.PushedAuthorizationRequest> OfHash(PersistedGrantDbContext db, string hash) =>
        db.PushedAuthorizationRequests.Where(row => row.ReferenceValueHash == hash);

    private static async Task<IReadOnlyList<SerializedKey>> LoadAsync(
        PersistedGrantDbContext db, CancellationToken ct) =>
        await db.Keys.AsNoTracking().Where(row => row.Use == Signing).Select(row => new SerializedKey
        {
            Version = row.Version,
            Id = row.Id,
            Created = row.Created,
            Algorithm = row.Algorithm,
            Data = row.Data,
            DataProtected = row.DataProtected,
        }).ToListAsync(ct);

    private static ServerSideSession ToModel(Entities.ServerSideSession row) => new()
    {
        Key = row.Key,
        Scheme = row.Scheme,
        SubjectId = row.SubjectId,
        SessionId = row.SessionId ?? "",
        DisplayName = row.DisplayName,
        Created = row.Created,
        Renewed = row.Renewed,
        Expires = row.Expires,
        Ticket = row.Data,
    };

    private async Task<T> UseAsync<T>(Func<PersistedGrantDbContext, Task<T>> work)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await work(scope.ServiceProvider.GetRequiredService<PersistedGrantDbContext>());
    }
}
