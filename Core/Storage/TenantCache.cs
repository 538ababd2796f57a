using System.Collections.Concurrent;

namespace Platform.Core.Storage;

/// <summary>
/// Caches answers that depend on rows of a tenant. A cached answer was true when it was read, no change of the
/// tenant has been reported since, and its time is not over.
/// </summary>
public abstract class TenantCache<TQuestion, TAnswer>(TimeProvider clock)
    where TQuestion : notnull where TAnswer : class
{
    /// <summary>
    /// How long an answer is fresh while the channel of changes is connected, in case a change is not reported.
    /// </summary>
    private static readonly TimeSpan FreshConnected = TimeSpan.FromSeconds(10);

    /// <summary>And while it does not: how late a revocation on another node may count.</summary>
    private static readonly TimeSpan FreshDisconnected = TimeSpan.FromSeconds(2);

    /// <summary>
    /// After so long without a heartbeat a process takes itself for disconnected. Less than
    /// <see cref="FreshDisconnected"/>.
    /// </summary>
    private static readonly TimeSpan HeartbeatTimeout = TimeSpan.FromSeconds(1.5);

    private const int ManyEntries = 100_000;

    private ConcurrentDictionary<long, TenantAnswers> _tenants = new();
    private long? _signalAt;

    private bool IsConnected => _signalAt is { } at && clock.GetElapsedTime(at) < HeartbeatTimeout;

    /// <summary>
    /// Where answers of a tenant are kept. Take it before reading what they depend on: a change that is reported
    /// in between replaces them, and an answer stored on the old one is never found.
    /// </summary>
    public TenantAnswers Of(long tenantId) => _tenants.GetOrAdd(tenantId, _ => new(this));

    public void Forget(long tenantId) => _tenants.TryRemove(tenantId, out _);

    public void ForgetAll() => _tenants = new();

    public void ForgetIfEmpty(long tenantId)
    {
        if (_tenants.TryGetValue(tenantId, out var answers) && answers.IsEmpty) Forget(tenantId);
    }

    /// <summary>The channel of changes is connected again. Changes reported while it was not are unknown.</summary>
    public void OnSignal()
    {
        if (!IsConnected) ForgetAll();
        _signalAt = clock.GetTimestamp();
    }

    protected abstract bool MayStore(TAnswer value);

    /// <summary>When the answer stops being true by itself.</summary>
    protected abstract DateTimeOffset? EndOf(TAnswer value);

    public sealed class TenantAnswers(TenantCache<TQuestion, TAnswer> cache)
    {
        private readonly ConcurrentDictionary<TQuestion, (TAnswer Answer, long StoredAt)> _answers = new();

        public bool IsEmpty => _answers.IsEmpty;

        public TAnswer? Find(TQuestion question, DateTimeOffset now)
        {
            if (!_answers.TryGetValue(question, out var entry)) return null;

            var freshness = cache.IsConnected ? FreshConnected : FreshDisconnected;
            return cache.ElapsedSince(entry.StoredAt) < freshness && !(cache.EndOf(entry.Answer) <= now)
                ? entry.Answer
                : null;
        }

        /// <param name="readAt">A timestamp of the clock from before the facts were read.</param>
        public void Store(TQuestion question, TAnswer answer, long readAt)
        {
            if (!cache.MayStore(answer)) return;
            if (_answers.Count > ManyEntries) _answers.Clear();
            _answers[question] = (answer, readAt);
        }
    }

    private TimeSpan ElapsedSince(long timestamp) => clock.GetElapsedTime(timestamp);
}
