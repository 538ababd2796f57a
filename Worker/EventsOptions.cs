using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Platform.Worker;

internal sealed class EventsOptions
{
    public const string Section = "Events";

    /// <summary>
    /// Streams that events are spread over; every process must agree, and it may only grow while all is idle.
    /// </summary>
    [Range(1, 1024)]
    public int Partitions { get; init; } = 4;

    /// <summary>How long a worker that fell silent keeps its partitions, and a relay its lease.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The wait after the first failure of an event; it doubles with each further one.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:10:00")]
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Deliveries of an event to a group before it becomes a dead letter.</summary>
    [Range(1, 100)]
    public int Deliveries { get; init; } = 5;

    /// <summary>
    /// How far back events are published again when Redis has lost them, and how long handled ones are known.
    /// </summary>
    [Range(typeof(TimeSpan), "01:00:00", "365.00:00:00")]
    public TimeSpan ReplayWindow { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How long a standby relay waits before it tries again to take over.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan TakeOver { get; init; } = TimeSpan.FromMilliseconds(500);
}

[OptionsValidator]
internal sealed partial class EventsOptionsValidator : IValidateOptions<EventsOptions>;
