using Duende.IdentityServer.Models;

namespace Duende.IdentityServer.Stores;

/// <summary>
/// Grants, pushed requests, sessions and keys. Each change of state is one SQL statement, or one transaction that begins
/// with it, so that of two requests at the same moment one wins.
/// </summary>
internal interface IOperationalStore
{
    /// <returns>False when the key exists already.</returns>
    Task<bool> AddGrantAsync(PersistedGrant grant, CancellationToken ct);

    Task<PersistedGrant?> FindGrantAsync(string key, string type, CancellationToken ct);

    /// <summary>Marks an unused grant as used and keeps the row until <paramref name="keepUntil"/>.</summary>
    /// <returns>False when somebody else was first.</returns>
    Task<bool> ConsumeGrantAsync(string key, string type, DateTime now, DateTime? keepUntil, CancellationToken ct);

    /// <summary>Replaces an unused refresh token of a live family by its successor.</summary>
    /// <returns>False when it was used, or the family was revoked, in the meantime; nothing has changed then.</returns>
    Task<bool> RotateAsync(string key, string familyKey, PersistedGrant successor, DateTime now, CancellationToken ct);

    /// <summary>Moves the mark of a used token from its unused successor to another one.</summary>
    Task<bool> ReplaceSuccessorAsync(
        string key, string oldSuccessor, string familyKey, PersistedGrant successor, DateTime now,
        CancellationToken ct);

    /// <summary>Uses up all live grants of a type and session.</summary>
    /// <returns>The clients that had any, used or not.</returns>
    Task<IReadOnlyList<string>> EndSessionGrantsAsync(
        string type, string sessionId, DateTime now, CancellationToken ct);

    Task AddPushedAsync(PushedAuthorizationRequest request, CancellationToken ct);

    Task<PushedAuthorizationRequest?> FindPushedAsync(string hash, CancellationToken ct);

    Task UpdatePushedAsync(string hash, string parameters, DateTime expires, CancellationToken ct);

    /// <returns>False when it was gone already.</returns>
    Task<bool> RemovePushedAsync(string hash, CancellationToken ct);

    Task SaveSessionAsync(ServerSideSession session, CancellationToken ct);

    Task<ServerSideSession?> FindSessionAsync(string key, CancellationToken ct);

    Task RemoveSessionAsync(string key, CancellationToken ct);

    Task<IReadOnlyList<ServerSideSession>> FindSessionsAsync(
        string? subjectId, string? sessionId, CancellationToken ct);

    Task RemoveSessionsAsync(string sessionId, CancellationToken ct);

    /// <summary>Moves the end of a live session as if its user had just come by.</summary>
    /// <returns>False when there is no live session.</returns>
    Task<bool> TouchSessionAsync(string sessionId, DateTime now, CancellationToken ct);

    /// <summary>Takes expired sessions out, a batch at a time.</summary>
    Task<IReadOnlyList<ServerSideSession>> TakeExpiredSessionsAsync(DateTime now, int batch, CancellationToken ct);

    Task<IReadOnlyList<SerializedKey>> LoadKeysAsync(CancellationToken ct);

    /// <summary>
    /// Calls <paramref name="decide"/> with the keys while no other node can do the same; stores and deletes what it says.
    /// </summary>
    Task ChangeKeysAsync(
        Func<IReadOnlyList<SerializedKey>, (SerializedKey? Add, IReadOnlyList<string> Delete)> decide,
        CancellationToken ct);
}

/// <summary>Types of rows in PersistedGrants beside those of the real package.</summary>
internal static class GrantKinds
{
    /// <summary>
    /// One authorization: the family of its refresh tokens and the mark that its tokens are still good.
    /// </summary>
    public const string Authorization = "authorization";

    /// <summary>An access token that was revoked before it expired.</summary>
    public const string RevokedToken = "revoked_token";

    /// <summary>A client assertion that has been used.</summary>
    public const string ClientAssertion = "client_assertion";
}
