using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Platform.Identity.Accounts;
using Platform.Identity.Engine;
using Platform.Identity.SignIn;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Platform.Identity.OpenIddictEngine;

/// <summary>A sign-in at this server, in one browser.</summary>
internal sealed class SessionRow
{
    public required string Sid { get; init; }

    /// <summary>Hash of the browser's key: a reader of the database cannot use it.</summary>
    public required byte[] KeyHash { get; set; }

    public required long AccountId { get; init; }

    /// <summary>Claims and properties, under the key ring.</summary>
    public required byte[] Ticket { get; set; }

    public required DateTimeOffset SignedInAt { get; set; }
    public required DateTimeOffset SeenAt { get; set; }
    public required DateTimeOffset ExpiresAt { get; set; }

    /// <summary>Browser and system of the sign-in, named.</summary>
    public string? Device { get; init; }
    public string? IpAddress { get; init; }
}

/// <summary>An application that a session has opened, with the family of tokens that it has got there.</summary>
internal sealed record SessionClient(string Sid, string ClientId, long AuthorizationId);

internal sealed class SessionConfiguration : IEntityTypeConfiguration<SessionRow>, IEntityTypeConfiguration<SessionClient>
{
    public void Configure(EntityTypeBuilder<SessionRow> session)
    {
        session.ToTable("sessions").HasKey(s => s.Sid);
        session.Property(s => s.Device).HasMaxLength(100);
        session.Property(s => s.IpAddress).HasMaxLength(45);
    }

    public void Configure(EntityTypeBuilder<SessionClient> client) =>
        client.ToTable("session_clients").HasKey(c => new { c.Sid, c.AuthorizationId });
}

/// <summary>
/// Sessions in the database. Each change of state is one statement, so that of two requests, or two replicas, one wins.
/// </summary>
internal sealed class AccountSessions(IServiceScopeFactory scopes, IDataProtectionProvider protection, TimeProvider clock)
    : ITicketStore, ISessions
{
    public static readonly TimeSpan Idle = TimeSpan.FromMinutes(30);
    public static readonly TimeSpan MaxLifetime = TimeSpan.FromHours(12);

    public static string NewKey() => WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));

    public Task<string> StoreAsync(AuthenticationTicket ticket) =>
        throw new NotSupportedException("A session is stored with the request that opens it.");

    /// <summary>Signing in again as oneself goes on in the same session, under a new key.</summary>
    public async Task<string> StoreAsync(AuthenticationTicket ticket, HttpContext httpContext, CancellationToken cancellationToken)
    {
        var device = UserAgents.Describe(httpContext.Request.Headers.UserAgent);
        var address = httpContext.Connection.RemoteIpAddress?.ToString();
        var (key, now) = (NewKey(), clock.GetUtcNow());
        var sid = ticket.Principal.FindFirstValue(Tickets.SessionId)!;
        var account = long.Parse(ticket.Principal.FindFirstValue(Claims.Subject)!, CultureInfo.InvariantCulture);
        var (hash, content) = (Hash(key), Seal(sid, ticket));

        await DoAsync(db => db.Database.ExecuteSqlAsync($"""
            insert into sessions (sid, key_hash, account_id, ticket, signed_in_at, seen_at, expires_at, device, ip_address)
            values ({sid}, {hash}, {account}, {content}, {now}, {now}, {now + Idle}, {device}, {address})
            on conflict (sid) do update
            set key_hash = excluded.key_hash, ticket = excluded.ticket, signed_in_at = excluded.signed_in_at,
                seen_at = excluded.seen_at, expires_at = excluded.expires_at, device = excluded.device,
                ip_address = excluded.ip_address
            where sessions.account_id = excluded.account_id
            """, cancellationToken));
        return key;
    }

    public async Task<AuthenticationTicket?> RetrieveAsync(string key)
    {
        var (hash, now) = (Hash(key), clock.GetUtcNow());
        var row = await DoAsync(db => db.Set<SessionRow>().AsNoTracking()
            .SingleOrDefaultAsync(session => session.KeyHash == hash && session.ExpiresAt > now));
        if (row is null || Open(row.Sid, row.Ticket) is not { } ticket) return null;

        ticket.Properties.IssuedUtc = row.SeenAt; // a refresh of an application's tokens may have moved both
        ticket.Properties.ExpiresUtc = row.ExpiresAt;
        return ticket;
    }

    /// <summary>A session that has ended does not come back.</summary>
    public Task RenewAsync(string key, AuthenticationTicket ticket)
    {
        var (hash, now) = (Hash(key), clock.GetUtcNow());
        var content = Seal(ticket.Principal.FindFirstValue(Tickets.SessionId)!, ticket);
        return DoAsync(db => db.Database.ExecuteSqlAsync($"""
            update sessions set ticket = {content}, seen_at = {now}, expires_at = least({now + Idle}, signed_in_at + {MaxLifetime})
            where key_hash = {hash} and expires_at > {now}
            """));
    }

    public async Task RemoveAsync(string key)
    {
        var hash = Hash(key);
        foreach (var sid in await DoAsync(db => db.Database.SqlQuery<string>(
            $"select sid as \"Value\" from sessions where key_hash = {hash}").ToListAsync()))
        {
            await EndAsync(sid, CancellationToken.None);
        }
    }

    /// <summary>Keeps a session alive because one of its applications is in use.</summary>
    /// <param name="db">Whose transaction it belongs to.</param>
    public async Task<bool> TouchAsync(IdentityDb db, string sid, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        return await db.Database.ExecuteSqlAsync($"""
            update sessions set seen_at = {now}, expires_at = least({now + Idle}, signed_in_at + {MaxLifetime})
            where sid = {sid} and expires_at > {now}
            """, ct) == 1;
    }

    public Task JoinAsync(string sid, string clientId, long authorizationId, CancellationToken ct) => DoAsync(
        db => db.Database.ExecuteSqlAsync(
            $"insert into session_clients (sid, client_id, authorization_id) values ({sid}, {clientId}, {authorizationId})", ct));

    public async Task<DateTimeOffset?> EndOfAsync(string id, long accountId, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        return await DoAsync(db => db.Database.SqlQuery<DateTimeOffset>($"""
            select expires_at as "Value" from sessions where sid = {id} and account_id = {accountId} and expires_at > {now}
            """).ToListAsync(ct)) is [var end] ? end : null;
    }

    public async Task<IReadOnlyList<Session>> OfAsync(long accountId, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var rows = await DoAsync(db => (
            from session in db.Set<SessionRow>()
            where session.AccountId == accountId && session.ExpiresAt > now
            orderby session.SeenAt descending
            select new
            {
                session.Sid,
                session.SignedInAt,
                session.SeenAt,
                session.ExpiresAt,
                session.Device,
                session.IpAddress,
                Clients = db.Set<SessionClient>().Where(client => client.Sid == session.Sid).Select(client => client.ClientId).Distinct().ToList(),
            }).AsNoTracking().ToListAsync(ct));

        return [.. rows.Select(row => new Session(
            row.Sid, accountId, row.SignedInAt, row.SeenAt, row.ExpiresAt, row.Device, row.IpAddress, row.Clients))];
    }

    public Task EndAsync(string id, CancellationToken ct) => EndWhereAsync($"sid = {id}", ct);

    public async Task<bool> EndAsync(string id, long accountId, CancellationToken ct) =>
        await EndWhereAsync($"sid = {id} and account_id = {accountId}", ct) > 0;

    public Task EndAllAsync(long accountId, string? except, CancellationToken ct) =>
        EndWhereAsync($"account_id = {accountId} and sid <> {except ?? ""}", ct);

    /// <summary>Some of those that are over; another replica takes others.</summary>
    public Task<int> EndExpiredAsync(CancellationToken ct) => EndWhereAsync(
        $"sid in (select sid from sessions where expires_at <= {clock.GetUtcNow()} order by expires_at limit 100 for update skip locked)", ct);

    /// <summary>
    /// The rows, the tokens of their applications, and a notice to each application, in one statement.
    /// </summary>
    private Task<int> EndWhereAsync(FormattableString which, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var sql = FormattableStringFactory.Create($$"""
            with ended as (delete from sessions where {{which.Format}} returning sid, account_id),
                 opened as (
                    delete from session_clients c using ended e where c.sid = e.sid
                    returning c.sid, c.client_id, c.authorization_id, e.account_id),
                 revoked as (
                    update oidc_authorizations set status = 'revoked', concurrency_token = gen_random_uuid()::text
                    where id in (select authorization_id from opened)),
                 notified as (
                    insert into logout_notices (client_id, account_id, sid, attempts, next_attempt_at)
                    select distinct client_id, account_id, sid, 0, {{{which.ArgumentCount}}} from opened)
            select count(*)::int as "Value" from ended
            """, [.. which.GetArguments(), now]);
        return DoAsync(async db => (await db.Database.SqlQuery<int>(sql).ToListAsync(ct)).Single());
    }

    private async Task<T> DoAsync<T>(Func<IdentityDb, Task<T>> work)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await work(scope.ServiceProvider.GetRequiredService<IdentityDb>());
    }

    private byte[] Seal(string sid, AuthenticationTicket ticket) => Protector(sid).Protect(TicketSerializer.Default.Serialize(ticket));

    private AuthenticationTicket? Open(string sid, byte[] ticket)
    {
        try
        {
            return TicketSerializer.Default.Deserialize(Protector(sid).Unprotect(ticket));
        }
        catch (CryptographicException)
        {
            return null; // of another key ring
        }
    }

    /// <summary>Each session has a key of its own, so that a ticket moved to another row is worth nothing.</summary>
    private IDataProtector Protector(string sid) => protection.CreateProtector("Platform.Identity.Session", sid);

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
