using Platform.Core.People;
using Platform.Core.Storage;

namespace Platform.Api.Access;

/// <summary>
/// Who is an active member of a tenant right now, and as what. A yes is remembered for a few seconds, a no never: a
/// new member need not wait, and a removed one loses access soon, whatever their token says.
/// </summary>
internal sealed class Members(PeopleDirectory people, LocalCache cache)
{
    /// <summary>How long somebody who was put out may go on.</summary>
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(2);

    /// <summary>In place of a tenant: the platform itself.</summary>
    public const long Staff = 0;

    /// <summary>Null unless the person is an active member.</summary>
    public ValueTask<Member?> FindAsync(long userId, long tenantId, CancellationToken ct) => cache.FindAsync(
        cache.KeyOf("member", userId, tenantId),
        (people, userId, tenantId),
        static who => who.people.FindAsync(who.userId, who.tenantId, CancellationToken.None),
        Freshness, ct);

    /// <summary>Whether the person has this permission; a no is asked for again.</summary>
    public async ValueTask<bool> MayAsync(Member member, string permission, CancellationToken ct) =>
        member.Permissions.Contains(permission)
        || (await people.FindAsync(member.UserId, member.Tenant.TenantId, ct))?.Permissions.Contains(permission) is true;

    /// <summary>Of platform staff: whether the platform has not deactivated them.</summary>
    public ValueTask<bool> IsActiveStaffAsync(long userId, CancellationToken ct) => cache.FindAsync(
        cache.KeyOf("staff", userId, Staff),
        (people, userId),
        static async who => !await who.people.IsBlockedAsync(who.userId, CancellationToken.None),
        Freshness, ct);

    /// <summary>
    /// After the commit of a change: this process asks again at once, and forgets what it is reading.
    /// </summary>
    public void Forget(long userId, long tenantId) => cache.Forget(userId, tenantId);
}
