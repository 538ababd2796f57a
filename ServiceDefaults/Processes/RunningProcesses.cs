using System.Globalization;
using System.Reflection;
using StackExchange.Redis;

namespace Platform.ServiceDefaults.Processes;

/// <summary>A process of the platform, as it reported itself.</summary>
/// <param name="Name">Of the application: <c>Platform.Api</c>.</param>
public sealed record RunningProcess(
    string Name, string Host, int ProcessId, string Version, DateTimeOffset StartedAt, DateTimeOffset SeenAt)
{
    /// <summary>Whether it reported itself lately: two reports may be missed.</summary>
    public bool IsResponding => TimeProvider.System.GetUtcNow() - SeenAt <= 3 * RunningProcesses.Interval;
}

/// <summary>The processes that run, in Redis: each reports itself until it ends.</summary>
public static class RunningProcesses
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    /// <summary>How long one is remembered that stopped reporting without having ended properly.</summary>
    public static readonly TimeSpan Remembered = TimeSpan.FromDays(1);

    private static readonly RedisKey Key = "platform:processes";

    /// <summary>What the build calls this version.</summary>
    public static string Version { get; } =
        Assembly.GetEntryAssembly()?.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    public static async Task ReportAsync(IDatabase redis, RunningProcess process)
    {
        await redis.SortedSetAddAsync(Key, Member(process), process.SeenAt.ToUnixTimeMilliseconds());
        await redis.SortedSetRemoveRangeByScoreAsync(
            Key, double.NegativeInfinity, (process.SeenAt - Remembered).ToUnixTimeMilliseconds());
    }

    public static Task RemoveAsync(IDatabase redis, RunningProcess process) =>
        redis.SortedSetRemoveAsync(Key, Member(process));

    /// <summary>By name, then by start.</summary>
    public static async Task<IReadOnlyList<RunningProcess>> ListAsync(IDatabase redis)
    {
        var found = await redis.SortedSetRangeByScoreWithScoresAsync(Key);
        return
        [
            .. found.Select(entry => Read(entry.Element!, entry.Score)).OfType<RunningProcess>()
                .OrderBy(process => process.Name, StringComparer.Ordinal).ThenBy(process => process.StartedAt),
        ];
    }

    private static string Member(RunningProcess p) => string.Create(
        CultureInfo.InvariantCulture,
        $"{p.Name}|{p.Host}|{p.ProcessId}|{p.Version}|{p.StartedAt.ToUnixTimeMilliseconds()}");

    /// <returns>Null for what another version has written.</returns>
    private static RunningProcess? Read(string member, double seenAt) =>
        member.Split('|') is [var name, var host, var id, var version, var startedAt]
        && int.TryParse(id, CultureInfo.InvariantCulture, out var processId)
        && long.TryParse(startedAt, CultureInfo.InvariantCulture, out var started)
            ? new(
                name, host, processId, version, DateTimeOffset.FromUnixTimeMilliseconds(started),
                DateTimeOffset.FromUnixTimeMilliseconds((long)seenAt))
            : null;
}
