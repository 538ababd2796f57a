using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Platform.Worker.Calendars;

internal sealed class CalendarOptions
{
    public const string Section = "Calendars";

    /// <summary>How often each outside calendar is polled; longer after failures.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "1.00:00:00")]
    public TimeSpan Interval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a request to an outside calendar may take in all.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:05:00")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The largest calendar that is read, unpacked, in bytes.</summary>
    [Range(1_000, 100_000_000)]
    public int MaxBytes { get; init; } = 10_000_000;

    /// <summary>Calendars that a process polls at once, and as many bookings that it writes at once.</summary>
    [Range(1, 256)]
    public int Parallel { get; init; } = 32;
}

[OptionsValidator]
internal sealed partial class CalendarOptionsValidator : IValidateOptions<CalendarOptions>;
