using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Platform.Worker;

/// <summary>The worker's own spans and figures; ServiceDefaults listens to every name that starts with Platform.</summary>
internal static class Telemetry
{
    public static readonly ActivitySource Source = new("Platform.Worker");

    private static readonly Meter Meter = new("Platform.Worker");

    public static readonly Counter<long> Published = Meter.CreateCounter<long>("platform.events.published");
    public static readonly Counter<long> Handled = Meter.CreateCounter<long>("platform.events.handled");
    public static readonly Counter<long> DeadLettered = Meter.CreateCounter<long>("platform.events.dead_lettered");
    public static readonly Counter<long> MailsSent = Meter.CreateCounter<long>("platform.mails.sent");
    public static readonly Counter<long> MailsFailed = Meter.CreateCounter<long>("platform.mails.failed");
    public static readonly Counter<long> JobsDone = Meter.CreateCounter<long>("platform.jobs.done");
    public static readonly Counter<long> JobsFailed = Meter.CreateCounter<long>("platform.jobs.failed");

    /// <summary>
    /// Until it is disposed, database calls become children of a span that nobody records: looking for work several
    /// times a second would bury the traces of the work itself.
    /// </summary>
    public static Activity Untraced() => new Activity("look for work").Start();
}
