using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Platform.Identity.Accounts;
using Platform.Identity.Http;
using Platform.Identity.Mails;

namespace Platform.Identity.SignIn;

/// <summary>A browser in which somebody has signed in to an account.</summary>
internal sealed record KnownDevice(long AccountId, byte[] DeviceHash, DateTimeOffset FirstSeenAt, DateTimeOffset LastSeenAt);

internal sealed class KnownDeviceConfiguration : IEntityTypeConfiguration<KnownDevice>
{
    public void Configure(EntityTypeBuilder<KnownDevice> device) =>
        device.ToTable("known_devices").HasKey(d => new { d.AccountId, d.DeviceHash });
}

/// <summary>
/// Recognises browsers by a cookie, and sends a mail to a person when their account is used in a browser
/// that has not been seen before. The database holds hashes only.
/// </summary>
internal sealed class KnownDevices(IHttpContextAccessor accessor, IdentityDb db, IConfiguration configuration, TimeProvider clock)
{
    /// <summary>The longest that browsers keep a cookie.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(400);
    private const int MaxLength = 100;

    private readonly CookieBuilder _cookie = IdentityCookies.For("id.device", new Uri(configuration["Identity:Issuer"]!));

    private HttpContext Http => accessor.HttpContext!;

    /// <summary>Called after a sign-in.</summary>
    public async Task SeeAsync(Account account, CancellationToken ct)
    {
        var id = Http.Request.Cookies[_cookie.Name!] is { Length: > 20 and < MaxLength } known ? known : NewId();
        var options = _cookie.Build(Http);
        options.Expires = clock.GetUtcNow() + Lifetime;
        Http.Response.Cookies.Append(_cookie.Name!, id, options);

        var (hash, now) = (SHA256.HashData(Encoding.UTF8.GetBytes(id)), clock.GetUtcNow());
        var state = await db.Database.SqlQuery<DeviceState>($"""
            with others as (select count(*) as n from known_devices where account_id = {account.Id} and device_hash <> {hash}),
                 seen as (
                    insert into known_devices (account_id, device_hash, first_seen_at, last_seen_at)
                    values ({account.Id}, {hash}, {now}, {now})
                    on conflict (account_id, device_hash) do update set last_seen_at = excluded.last_seen_at
                    returning first_seen_at = last_seen_at as is_new)
            select seen.is_new as "IsNew", others.n > 0 as "HasOthers" from seen, others
            """).ToListAsync(ct);

        // The first browser of all is the one that the person set the account up with.
        if (state is [{ IsNew: true, HasOthers: true }])
        {
            await AccountMails.QueueAsync(db, MailKind.NewDevice, account, UserAgents.Describe(Http.Request.Headers.UserAgent), now, ct);
        }
    }

    private static string NewId() => WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));

    private sealed record DeviceState(bool IsNew, bool HasOthers);
}
