using Duende.IdentityServer.Services;
using Duende.IdentityServer.Stores;

namespace Duende.IdentityServer.Sessions;

/// <summary>Registered by <c>AddServerSideSessions</c>; without it there are no rows to look for.</summary>
internal sealed class ServerSideSessionsMarker;

/// <summary>The sessions of users at this provider, by their id (<c>sid</c>).</summary>
internal sealed class SessionDirectory(
    IOperationalStore store, BackChannelLogout logout, TimeProvider clock, ServerSideSessionsMarker? marker = null)
    : ISessionManagementService
{
    public async Task<bool> IsAliveAsync(string sessionId, CancellationToken ct) =>
        marker is null
            || (await store.FindSessionsAsync(null, sessionId, ct)).Any(
                session => session.Expires is null || session.Expires > Now);

    /// <summary>Keeps a session alive because one of its clients is in use.</summary>
    public async Task<bool> TouchAsync(string sessionId, CancellationToken ct) =>
        marker is null || await store.TouchSessionAsync(sessionId, Now, ct);

    /// <summary>Ends a session everywhere: its row, the tokens of its clients, and the clients' own sessions.</summary>
    public async Task EndAsync(string subjectId, string sessionId, CancellationToken ct)
    {
        await store.RemoveSessionsAsync(sessionId, ct);
        var clients = await store.EndSessionGrantsAsync(GrantKinds.Authorization, sessionId, Now, ct);
        await logout.NotifyAsync(subjectId, sessionId, clients, ct);
    }

    public async Task RemoveSessionsAsync(RemoveSessionsContext context, CancellationToken cancellationToken = default)
    {
        if (context is { SubjectId: null, SessionId: null })
        {
            throw new ArgumentException("Name a subject or a session", nameof(context));
        }

        foreach (var session in await store.FindSessionsAsync(context.SubjectId, context.SessionId, cancellationToken))
        {
            await EndAsync(session.SubjectId, session.SessionId, cancellationToken);
        }
    }

    private DateTime Now => clock.GetUtcNow().UtcDateTime;
}
