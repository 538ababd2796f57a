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

    /// <summary>When the table is swept of those who are gone.</summary>
    private const int ManyEntries = 50_000;

    private readonly ConcurrentDictionary<(long User, long Tenant), DateTimeOffset> _activeUntil = new();

    public async ValueTask<bool> IsActiveAsync(long userId, long tenantId, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (_activeUntil.TryGetValue((userId, tenantId), out var until) && until > now) return true;

        if (await people.FindAsync(userId, tenantId, ct) is null)
        {
            _activeUntil.TryRemove((userId, tenantId), out _);
            return false;
        }

        if (_activeUntil.Count > ManyEntries) _activeUntil.Clear();
        _activeUntil[(userId, tenantId)] = now + Freshness;
        return true;
    }
}
