using System.Collections.Concurrent;
using Platform.Core.People;

namespace Platform.Api.Access;

/// <summary>
/// Whether a person is an active member of a tenant right now. It remembers a yes for a few seconds and never a no: a
/// person who is let in need not wait, one who is put out is out soon, whatever their token says.
/// </summary>
internal sealed class Members(PeopleDirectory people, TimeProvider clock)
{
    /// <summary>How long somebody who was put out may go on.</summary>
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(2);

    /// <summary>In place of a tenant: the platform itself.</summary>
    public const long Staff = 0;

    /// <summary>When the table is swept of those who are gone.</summary>
    private const int ManyEntries = 50_000;

    private readonly ConcurrentDictionary<(long User, long Tenant), DateTimeOffset> _activeUntil = new();
    private long _changes;

    public ValueTask<bool> IsActiveAsync(long userId, long tenantId, CancellationToken ct) =>
        AskAsync((userId, tenantId), async () => await people.FindAsync(userId, tenantId, ct) is not null);

    /// <summary>Of platform staff: whether the platform has not deactivated them.</summary>
    public ValueTask<bool> IsActiveStaffAsync(long userId, CancellationToken ct) =>
        AskAsync((userId, Staff), async () => !await people.IsBlockedAsync(userId, ct));

    private async ValueTask<bool> AskAsync((long User, long Tenant) who, Func<Task<bool>> ask)
    {
        var now = clock.GetUtcNow();
        if (_activeUntil.TryGetValue(who, out var until) && until > now) return true;

        var changes = Interlocked.Read(ref _changes);
        if (!await ask())
        {
            _activeUntil.TryRemove(who, out _);
            return false;
        }

        if (_activeUntil.Count > ManyEntries) _activeUntil.Clear();
        _activeUntil[who] = now + Freshness;
        if (Interlocked.Read(ref _changes) != changes) _activeUntil.TryRemove(who, out _);
        return true;
    }

    /// <summary>After the commit of a change: this process asks again at once, and forgets what it is reading.</summary>
    public void Forget(long userId, long tenantId)
    {
        Interlocked.Increment(ref _changes);
        _activeUntil.TryRemove((userId, tenantId), out _);
    }
}
