using System.Diagnostics;
using System.Diagnostics.Metrics;
using Platform.Worker.Webhooks;

namespace Platform.Worker;

/// <summary>
/// The Worker's own spans and meters. ServiceDefaults listens to every name that starts with <c>Platform.</c>;
/// docs/operations.md lists the meters.
/// </summary>
internal static class Telemetry
{
    public static readonly ActivitySource Source = new("Platform.Worker");

    public static readonly Meter Meter = new("Platform.Worker");

    public static readonly Counter<long> Published = Meter.CreateCounter<long>(
        "platform.events.published", "{event}", "Events that the relay published to a stream.");

    public static readonly Counter<long> Handled = Meter.CreateCounter<long>(
        "platform.events.handled", "{event}", "Events that a consumer group handled.");

    public static readonly Counter<long> Failed = Meter.CreateCounter<long>(
        "platform.events.failed", "{attempt}", "Attempts of a consumer group to handle an event that failed.");

    public static readonly Counter<long> DeadLettered = Meter.CreateCounter<long>(
        "platform.events.dead_lettered", "{event}", "Events that a consumer group gave up after its last attempt.");

    private static readonly Counter<long> WebhookAttempts = Meter.CreateCounter<long>(
        "platform.webhooks.attempts", "{attempt}", "Attempts to send an event to a webhook.");

    private static readonly Histogram<double> WebhookLatency = Meter.CreateHistogram<double>(
        "platform.webhooks.latency", "s", "How long receivers took to answer.");

    public static void WebhookAttempted(AttemptResult result)
    {
        var outcome = new KeyValuePair<string, object?>(
            "outcome", result.IsSuccess ? "delivered" : result.StatusCode is { } status ? $"{status / 100}xx" : "no_answer");
        WebhookAttempts.Add(1, outcome);
        WebhookLatency.Record(result.Latency.TotalSeconds, outcome);
    }

    public static readonly Counter<long> JobsDone = Meter.CreateCounter<long>(
        "platform.jobs.done", "{job}", "Timed jobs that were done.");

    public static readonly Counter<long> JobsFailed = Meter.CreateCounter<long>(
        "platform.jobs.failed", "{job}", "Attempts at a timed job that failed.");
}
