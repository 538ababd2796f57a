using Platform.Contracts;
using Platform.Contracts.Events;
using Platform.Contracts.Webhooks;

namespace Platform.Core.Webhooks;

/// <summary>What webhooks can be sent, when it is tried again, and when it is given up.</summary>
public static class WebhookRules
{
    /// <summary>What <c>POST /webhooks/{id}/test</c> sends; nobody subscribes to it.</summary>
    public const string TestEvent = "webhook.test";

    public static readonly TimeSpan SecretOverlap = TimeSpan.FromHours(24);

    /// <summary>Without one success, after which a webhook is disabled.</summary>
    public static readonly TimeSpan FailingTooLong = TimeSpan.FromHours(120);

    /// <summary>How long deliveries are kept, and how far back events are recovered.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    /// <summary>No receiver keeps an event longer with <c>Retry-After</c>.</summary>
    public static readonly TimeSpan MaxRetryAfter = TimeSpan.FromHours(1);

    /// <summary>Where a receiver is overloaded and does not say for how long.</summary>
    private static readonly TimeSpan PauseOfOverloaded = TimeSpan.FromSeconds(30);

    /// <summary>The wait before the second attempt, the third and so on.</summary>
    private static readonly TimeSpan[] Waits =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2),
        TimeSpan.FromHours(5), TimeSpan.FromHours(10), TimeSpan.FromHours(14), TimeSpan.FromHours(20),
        TimeSpan.FromHours(24),
    ];

    public static readonly Rejection TooMany = new(
        RejectionKind.Invalid, Codes.LimitReached, $"A tenant has at most {WebhookLimits.PerTenant} webhooks.");

    public static readonly Rejection Disabled = new(
        RejectionKind.Conflict, Codes.WebhookDisabled, "The webhook is disabled; enable it before anything is sent.");

    /// <summary>Every event there is, with the version that this process sends.</summary>
    public static IReadOnlyDictionary<string, int> Events { get; } = typeof(IEventData).Assembly.GetTypes()
        .Where(type => type.IsClass && type.IsAssignableTo(typeof(IEventData)))
        .ToDictionary(
            type => (string)type.GetProperty(nameof(IEventData.EventType))!.GetValue(null)!,
            type => (int)type.GetProperty(nameof(IEventData.EventVersion))!.GetValue(null)!);

    public static Rejection? CheckEventTypes(IReadOnlyList<string> types)
    {
        for (var i = 0; i < types.Count; i++)
        {
            if (!IsKnown(types[i])) return Unknown(i);
        }

        return null;
    }

    /// <summary>The wait before the next attempt; null after the last one.</summary>
    /// <param name="attempts">How many have failed.</param>
    /// <param name="chance">From 0 to 1: receivers that failed together are not all tried again together.</param>
    public static TimeSpan? WaitAfter(int attempts, double chance) =>
        attempts > Waits.Length ? null : Waits[attempts - 1] * (0.8 + (0.4 * chance));

    /// <summary>How long nothing is sent to a receiver that answered so; null if it goes on.</summary>
    /// <param name="retryAfter">What it asked for.</param>
    public static TimeSpan? PauseAfter(int? statusCode, TimeSpan? retryAfter)
    {
        if (retryAfter is { } asked && statusCode is 429 or 502 or 503 or 504)
        {
            return asked < MaxRetryAfter ? asked : MaxRetryAfter;
        }

        return statusCode is 429 or 502 or 504 ? PauseOfOverloaded : null;
    }

    private static bool IsKnown(string type) => type.EndsWith(".*", StringComparison.Ordinal)
        ? Events.Keys.Any(known => known.StartsWith(type[..^1], StringComparison.Ordinal))
        : Events.ContainsKey(type);

    private static Rejection Unknown(int place) => new(
        RejectionKind.Invalid, Codes.UnknownEventType, "There is no such event; docs/events.md lists them.",
        $"eventTypes[{place}]");
}
