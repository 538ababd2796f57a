using System.Security.Cryptography;
using Duende.IdentityServer.Configuration;
using Duende.IdentityServer.Models;
using Duende.IdentityServer.Stores;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.Options;

namespace Duende.IdentityServer.Sessions;

/// <summary>Keeps tickets of the sign-in cookie in the database; the cookie carries a random key only.</summary>
internal sealed class SessionTickets(
    IOperationalStore store, Sealer sealer, IOptions<IdentityServerOptions> options, TimeProvider clock) : ITicketStore
{
    private const string Purpose = "Session";

    public async Task<string> StoreAsync(AuthenticationTicket ticket)
    {
        var key = Handles.New();
        await SaveAsync(key, ticket, created: clock.GetUtcNow().UtcDateTime);
        return key;
    }

    /// <summary>A session that has ended meanwhile does not come back.</summary>
    public async Task RenewAsync(string key, AuthenticationTicket ticket)
    {
        if (await FindAsync(key) is { } row) await SaveAsync(key, ticket, row.Created);
    }

    public async Task<AuthenticationTicket?> RetrieveAsync(string key)
    {
        if (await FindAsync(key) is not { } row) return null;

        try
        {
            var ticket = TicketSerializer.Default.Deserialize(
                Convert.FromBase64String(sealer.Open<string>(Purpose, row.Ticket)));
            if (ticket is null) return null;

            // The row may have been prolonged by a client's refresh.
            ticket.Properties.IssuedUtc = new DateTimeOffset(row.Renewed, TimeSpan.Zero);
            ticket.Properties.ExpiresUtc = row.Expires is { } end ? new DateTimeOffset(end, TimeSpan.Zero) : null;
            return ticket;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    public Task RemoveAsync(string key) => store.RemoveSessionAsync(Handles.Hash(Purpose, key), CancellationToken.None);

    private Task<ServerSideSession?> FindAsync(string key) =>
        store.FindSessionAsync(Handles.Hash(Purpose, key), CancellationToken.None);

    private Task SaveAsync(string key, AuthenticationTicket ticket, DateTime created) => store.SaveSessionAsync(new()
    {
        Key = Handles.Hash(Purpose, key),
        Scheme = ticket.AuthenticationScheme,
        SubjectId = ticket.Principal.FindFirst("sub")?.Value ?? "",
        SessionId = ticket.Properties.GetSessionId() ?? "",
        DisplayName = options.Value.ServerSideSessions.UserDisplayNameClaimType is { } type
            ? ticket.Principal.FindFirst(type)?.Value
            : null,
        Created = created,
        Renewed = (ticket.Properties.IssuedUtc ?? clock.GetUtcNow()).UtcDateTime,
        Expires = ticket.Properties.ExpiresUtc?.UtcDateTime,
        Ticket = sealer.Seal(Purpose, Convert.ToBase64String(TicketSerializer.Default.Serialize(ticket))),
    }, CancellationToken.None);
}

internal static class SessionProperties
{
    private const string SessionId = "session_id";
    private const string Login = "login_id";

    extension(AuthenticationProperties properties)
    {
        public string? GetSessionId() => properties.Items.TryGetValue(SessionId, out var value) ? value : null;

        public void SetSessionId(string value) => properties.Items[SessionId] = value;

        /// <summary>Differs after each time that the user proved who they are.</summary>
        public string? GetLogin() => properties.Items.TryGetValue(Login, out var value) ? value : null;

        public void SetLogin(string value) => properties.Items[Login] = value;
    }
}

internal sealed class UseSessionTickets(IOptions<IdentityServerOptions> options, SessionTickets tickets)
    : IPostConfigureOptions<CookieAuthenticationOptions>
{
    public void PostConfigure(string? name, CookieAuthenticationOptions cookie)
    {
        if (name == options.Value.Authentication.CookieAuthenticationScheme) cookie.SessionStore = tickets;
    }
}
