using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Platform.Ui.SignIn;

/// <summary>
/// Sessions in Redis. The browser holds a random key; here lies, under the key's hash, the ticket (claims and tokens,
/// encrypted) beside the times of the session, and an index by <c>sid</c> and <c>sub</c>.
/// </summary>
/// <remarks>
/// The cookie handler renews a session with the ticket as it was when the request began. Writing that would bring back
/// refresh tokens that a concurrent request has used, so a renewal changes the times alone, tokens are replaced by
/// <see cref="ReplaceAsync"/> alone, and neither brings back a session that has ended.
/// </remarks>
internal sealed class SessionStore(
    IConnectionMultiplexer redis,
    IDataProtectionProvider protection,
    IOptions<SignInOptions> options,
    TimeProvider clock,
    ILogger<SessionStore> logger) : ITicketStore
{
    private const string IdParameter = "session";

    /// <summary>Sets times in milliseconds of Unix time; <c>ends</c> is the last moment whatever the use.</summary>
    private const string CreateScript = """
        redis.call('hset', KEYS[1], 'ticket', ARGV[1], 'issued', ARGV[2], 'expires', ARGV[3], 'ends', ARGV[4])
        redis.call('pexpire', KEYS[1], ARGV[3] - ARGV[2])
        return 1
        """;

    private const string RenewScript = """
        local ends = redis.call('hget', KEYS[1], 'ends')
        if not ends then return 0 end
        local expires = math.min(tonumber(ARGV[2]), tonumber(ends))
        redis.call('hset', KEYS[1], 'issued', ARGV[1], 'expires', string.format('%.0f', expires))
        redis.call('pexpire', KEYS[1], math.max(1, expires - ARGV[1]))
        return 1
        """;

    private const string ReplaceScript = """
        if redis.call('exists', KEYS[1]) == 0 then return 0 end
        redis.call('hset', KEYS[1], 'ticket', ARGV[1])
        return 1
        """;

    private static readonly object IsSigningIn = new();
    private static readonly RedisValue[] Fields = ["ticket", "issued", "expires"];

    private readonly string _prefix = $"{options.Value.ClientId}:signin";

    private IDatabase Db => redis.GetDatabase();

    /// <summary>The session that this ticket was read from. It is no secret: the hash of the browser's key.</summary>
    public static string? IdOf(AuthenticationProperties properties) => properties.GetParameter<string>(IdParameter);

    /// <summary>
    /// From here on the request signs somebody in: a session that the browser brought is ended, so that the new one
    /// gets a new key.
    /// </summary>
    public static void BeginSignIn(HttpContext http) => http.Items[IsSigningIn] = true;

    /// <summary>A key in Redis, such as that of a session's lock.</summary>
    public RedisKey Key(string use, string id) => $"{_prefix}:{use}:{id}";

    public Task<string> StoreAsync(AuthenticationTicket ticket) => StoreAsync(ticket, CancellationToken.None);

    public async Task<string> StoreAsync(AuthenticationTicket ticket, CancellationToken ct)
    {
        var key = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));
        var id = Hash(key);
        var now = clock.GetUtcNow();
        var ends = now + options.Value.AbsoluteTimeout;
        var expires = ticket.Properties.ExpiresUtc is { } wanted && wanted < ends ? wanted : ends;

        // The index first: a session that cannot be found cannot be ended.
        foreach (var index in IndexesOf(ticket.Principal))
        {
            await Db.SortedSetRemoveRangeByScoreAsync(index, 0, now.ToUnixTimeSeconds());
            await Db.SortedSetAddAsync(index, id, ends.ToUnixTimeSeconds());
            await Db.KeyExpireAsync(index, options.Value.AbsoluteTimeout);
        }

        await Db.ScriptEvaluateAsync(
            CreateScript,
            [Key("session", id)],
            [Protect(id, ticket), Milliseconds(now), Milliseconds(expires), Milliseconds(ends)]);

        return key;
    }

    public async Task<AuthenticationTicket?> RetrieveAsync(string key, HttpContext httpContext, CancellationToken ct)
    {
        if (!httpContext.Items.ContainsKey(IsSigningIn)) return await FindAsync(Hash(key));

        await EndAsync(Hash(key));
        return null;
    }

    public Task<AuthenticationTicket?> RetrieveAsync(string key) => FindAsync(Hash(key));

    public Task RenewAsync(string key, AuthenticationTicket ticket)
    {
        var now = clock.GetUtcNow();
        var issued = ticket.Properties.IssuedUtc ?? now;
        var expires = ticket.Properties.ExpiresUtc ?? now + options.Value.IdleTimeout;

        return Db.ScriptEvaluateAsync(
            RenewScript, [Key("session", Hash(key))], [Milliseconds(issued), Milliseconds(expires)]);
    }

    public Task RemoveAsync(string key) => EndAsync(Hash(key));

    public async Task<AuthenticationTicket?> FindAsync(string id)
    {
        if (await Db.HashGetAsync(Key("session", id), Fields) is not [{ IsNull: false } ticket, var issued, var expires]
            || Unprotect(id, ticket!) is not { } session)
        {
            return null;
        }

        session.Properties.IssuedUtc = DateTimeOffset.FromUnixTimeMilliseconds((long)issued);
        session.Properties.ExpiresUtc = DateTimeOffset.FromUnixTimeMilliseconds((long)expires);
        session.Properties.SetParameter(IdParameter, id); // parameters are not stored
        return session;
    }

    /// <summary>Puts other claims and tokens into a session.</summary>
    /// <returns>False if the session has ended; then nothing is stored.</returns>
    public async Task<bool> ReplaceAsync(string id, AuthenticationTicket ticket) =>
        (long)await Db.ScriptEvaluateAsync(ReplaceScript, [Key("session", id)], [Protect(id, ticket)]) == 1;

    public async Task EndAsync(string id)
    {
        var ticket = await FindAsync(id);
        await Db.KeyDeleteAsync(Key("session", id));
        if (ticket is null) return;

        foreach (var index in IndexesOf(ticket.Principal)) await Db.SortedSetRemoveAsync(index, id);
    }

    /// <summary>
    /// Ends the sessions that the provider knows by this name, or all of a person if it names no session.
    /// </summary>
    /// <returns>How many there were.</returns>
    public async Task<int> EndAllAsync(string? sid, string? sub)
    {
        var ended = 0;
        foreach (var member in await Db.SortedSetRangeByRankAsync(sid is not null ? Index("sid", sid) : Index("sub", sub!)))
        {
            var id = (string)member!;
            if (await FindAsync(id) is not { } ticket) continue;
            if (sub is not null && ticket.Principal.FindFirst("sub")?.Value != sub) continue;

            await EndAsync(id);
            ended++;
        }

        return ended;
    }

    private IEnumerable<RedisKey> IndexesOf(ClaimsPrincipal principal) =>
        from name in (string[])["sid", "sub"]
        let value = principal.FindFirst(name)?.Value
        where value is not null
        select Index(name, value);

    private RedisKey Index(string name, string value) => Key(name, Hash(value));

    private byte[] Protect(string id, AuthenticationTicket ticket) =>
        Protector(id).Protect(TicketSerializer.Default.Serialize(ticket));

    private AuthenticationTicket? Unprotect(string id, byte[] ticket)
    {
        try
        {
            return TicketSerializer.Default.Deserialize(Protector(id).Unprotect(ticket));
        }
        catch (CryptographicException e)
        {
            // Not a detail: with the key ring lost or mixed up, everybody is signed out.
            logger.LogError(e, "A session cannot be decrypted. Have the keys of data protection been lost or replaced?");
            return null;
        }
    }

    /// <summary>Each session has a key of its own, so that a ticket moved to another place is worth nothing.</summary>
    private IDataProtector Protector(string id) => protection.CreateProtector(typeof(SessionStore).FullName!, id);

    /// <summary>Redis must not contain what a browser has to present.</summary>
    private static string Hash(string value) =>
        WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.UTF8.GetBytes(value)));

    private static RedisValue Milliseconds(DateTimeOffset time) => time.ToUnixTimeMilliseconds();
}
