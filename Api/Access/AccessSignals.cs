using System.Collections.Concurrent;
using System.Globalization;
using Platform.Core.ApiKeys;
using Platform.Core.Licensing;
using Platform.Core.Tenants;
using StackExchange.Redis;

namespace Platform.Api.Access;

/// <summary>
/// Notifies every process that a tenant, or what its decisions depend on, has changed: this one at once, the others
/// over Redis. A process also sends itself a heartbeat; one that does not receive its own does not receive the others
/// either, and <see cref="AccessCache"/> and <see cref="ApiKeyCache"/> believe nothing for longer than two seconds.
/// </summary>
internal sealed class AccessSignals(
    IConnectionMultiplexer redis, AccessCache decisions, ApiKeyCache keys, TenantDirectory tenants,
    ILogger<AccessSignals> log)
    : BackgroundService
{
    /// <summary>A message is <c>sender tenant</c>, or one of these instead of the tenant.</summary>
    private const string Everything = "*";
    private const string Heartbeat = "alive";

    private static readonly RedisChannel Channel = RedisChannel.Literal(AccessChannel.Name);
    private static readonly TimeSpan HeartbeatInterval = TimeSpan.FromMilliseconds(500);

    private readonly string _sender = $"{Guid.CreateVersion7():n}";

    /// <summary>Changes that could not be sent yet, because Redis was unavailable.</summary>
    private readonly ConcurrentDictionary<string, byte> _unsent = new();

    /// <summary>After the commit and before the answer.</summary>
    public void Changed(long tenantId)
    {
        Forget(tenantId);
        _ = SendAsync(tenantId.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>What concerns every tenant: an application, a type of user.</summary>
    public void EverythingChanged()
    {
        ForgetAll();
        _ = SendAsync(Everything);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        redis.ConnectionFailed += (_, _) => ForgetAll();
        redis.ConnectionRestored += (_, _) => ForgetAll(); // changes sent while disconnected were not received

        await SubscribeAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            await SendAsync(Heartbeat);
            foreach (var what in _unsent.Keys) await SendAsync(what);
            await Task.Delay(HeartbeatInterval, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task SubscribeAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await redis.GetSubscriber().SubscribeAsync(Channel, (_, message) => OnMessage(message!));
                return;
            }
            catch (Exception e) when (IsUnavailable(e))
            {
                log.LogWarning(e, "Changes of access are not received: Redis is unavailable");
                await Task.Delay(HeartbeatInterval, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>
    /// Of its own messages a process needs only the heartbeat: it cleared its cache before it sent them.
    /// </summary>
    private void OnMessage(string message)
    {
        if (message.Split(' ') is not [var sender, var what]) return;

        if (sender == _sender)
        {
            if (what != Heartbeat) return;
            decisions.OnSignal();
            keys.OnSignal();
        }
        else if (what == Everything)
        {
            ForgetAll();
        }
        else if (long.TryParse(what, NumberStyles.None, CultureInfo.InvariantCulture, out var tenantId))
        {
            Forget(tenantId);
        }
    }

    private void Forget(long tenantId)
    {
        tenants.Forget(tenantId); // before the decisions that rest on it
        decisions.Forget(tenantId);
        keys.Forget(tenantId);
    }

    private void ForgetAll()
    {
        decisions.ForgetAll();
        keys.ForgetAll();
    }

    private async Task SendAsync(string what)
    {
        try
        {
            _unsent.TryRemove(what, out _);
            await redis.GetSubscriber().PublishAsync(Channel, $"{_sender} {what}");
        }
        catch (Exception e) when (IsUnavailable(e))
        {
            if (what == Heartbeat || !_unsent.TryAdd(what, 0)) return;
            log.LogWarning(e, "A change of access is sent to other processes later: Redis is unavailable");
        }
    }

    private static bool IsUnavailable(Exception e) => e is RedisException or TimeoutException or ObjectDisposedException;
}

/// <summary>The users whose decisions this request changed; sent once its transaction is committed.</summary>
internal sealed class AccessChanges(AccessSignals signals, Members members)
{
    private readonly HashSet<long> _tenants = [];
    private readonly HashSet<(long User, long Tenant)> _members = [];
    private bool _all;

    public void Of(long tenantId) => _tenants.Add(tenantId);

    /// <summary>Whether this user may enter, or as what.</summary>
    public void Of(long tenantId, long userId)
    {
        _tenants.Add(tenantId);
        _members.Add((userId, tenantId));
    }

    /// <summary>Whether this person, if they are of the staff, may enter.</summary>
    public void OfStaff(long userId) => _members.Add((userId, Members.Staff));

    public void OfAll() => _all = true;

    public void Send()
    {
        foreach (var (user, tenant) in _members) members.Forget(user, tenant);
        if (_all) signals.EverythingChanged();
        foreach (var tenant in _tenants) signals.Changed(tenant);
    }
}
