using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Platform.Worker;

/// <summary>
/// The Worker's own spans and meters. ServiceDefaults listens to every name that starts with <c>Platform.</c>;
/// docs/operations.md lists the meters.
/// </summary>
internal static class Telemetry
{
    public static readonly ActivitySource Source = new("Platform.Worker");

    private static readonly Meter Meter = new("Platform.Worker");

    public static readonly Counter<long> Published = Meter.CreateCounter<long>(
        "platform.events.published", "{event}", "Events that the relay published to a stream.");

    public static readonly Counter<long> Handled = Meter.CreateCounter<long>(
        "platform.events.handled", "{event}", "Events that a consumer group handled.");

    public static readonly Counter<long> DeadLettered = Meter.CreateCounter<long>(
        "platform.events.dead_lettered", "{event}", "Events that a consumer group gave up after its last attempt.");

    public static readonly Counter<long> JobsDone = Meter.CreateCounter<long>(
        "platform.jobs.done", "{job}", "Timed jobs that were done.");

    public static readonly Counter<long> JobsFailed = Meter.CreateCounter<long>(
        "platform.jobs.failed", "{job}", "Attempts at a timed job that failed.");
}
