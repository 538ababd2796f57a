using System.Collections.Concurrent;

namespace Platform.Core.Licensing;

/// <summary>
/// Remembers decisions that were a yes; a no is always asked again. What is found here was true when it was read, no
/// change of the tenant has been heard of since, and its time is not over.
/// </summary>
public sealed class AccessCache(TimeProvider clock)
{
    /// <summary>How long a yes is believed while this process hears of changes, in case one is not told.</summary>
    private static readonly TimeSpan WhileHearing = TimeSpan.FromSeconds(10);

    /// <summary>And while it does not: how late a revocation on another node may count.</summary>
    private static readonly TimeSpan WhileDeaf = TimeSpan.FromSeconds(2);

    /// <summary>After so long a silence a process takes itself for deaf. Less than <see cref="WhileDeaf"/>.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(1.5);

    private const int ManyEntries = 100_000;

    private readonly TimeProvider _clock = clock; // a shelf reads it, too
    private ConcurrentDictionary<long, Shelf> _shelves = new();
    private long? _heardAt;

    private bool IsHearing => _heardAt is { } at && _clock.GetElapsedTime(at) < Silence;

    /// <summary>
    /// Where decisions of a tenant are kept. Take it before reading what they depend on: a change that is heard of
    /// meanwhile puts the shelf away, and what is stored on it then is never found.
    /// </summary>
    public Shelf Of(long tenantId) => _shelves.GetOrAdd(tenantId, _ => new(this));

    public void Forget(long tenantId) => _shelves.TryRemove(tenantId, out _);

    public void ForgetAll() => _shelves = new();

    /// <summary>The channel of changes works. What was told while it did not is unknown.</summary>
    public void Heard()
    {
        if (!IsHearing) ForgetAll();
        _heardAt = _clock.GetTimestamp();
    }

    public sealed class Shelf(AccessCache cache)
    {
        private readonly ConcurrentDictionary<AccessQuestion, (AccessDecision Decision, long StoredAt)> _decisions = new();

        public AccessDecision? Find(AccessQuestion question, DateTimeOffset now)
        {
            if (!_decisions.TryGetValue(question, out var entry)) return null;

            var isFresh = cache._clock.GetElapsedTime(entry.StoredAt) < (cache.IsHearing ? WhileHearing : WhileDeaf);
            return isFresh && !(entry.Decision.ExpiresAt <= now) ? entry.Decision : null;
        }

        /// <param name="readAt">A timestamp of the clock from before the facts were read.</param>
        public void Store(AccessQuestion question, AccessDecision decision, long readAt)
        {
            if (!decision.Allowed) return;
            if (_decisions.Count > ManyEntries) _decisions.Clear();
            _decisions[question] = (decision, readAt);
        }
    }
}
