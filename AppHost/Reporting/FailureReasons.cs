using System.Text.RegularExpressions;

namespace Platform.AppHost.Reporting;

/// <summary>
/// Why a process ended, as it said itself: an unhandled exception, else its last lines of standard error.
/// </summary>
internal sealed partial class FailureReasons(ResourceLoggerService logs)
{
    private const int LastLines = 3;

    /// <summary>The end of a process is known a little earlier than its last lines.</summary>
    private static readonly TimeSpan LogDelay = TimeSpan.FromMilliseconds(500);

    public async Task<string> OfAsync(string resourceId, CancellationToken ct)
    {
        await Task.Delay(LogDelay, TimeProvider.System, ct);

        var lines = new List<LogLine>();
        await foreach (var batch in logs.GetAllAsync(resourceId).WithCancellation(ct)) lines.AddRange(batch);

        return Of([.. lines.Select(line => (Timestamp().Replace(line.Content, ""), line.IsErrorMessage))]);
    }

    /// <returns>Empty when it said nothing.</returns>
    public static string Of(IReadOnlyList<(string Text, bool IsError)> lines)
    {
        var exception = lines.LastOrDefault(line => line.Text.StartsWith("Unhandled exception.", StringComparison.Ordinal)).Text;
        if (exception is not null) return exception;

        var errors = lines.Where(line => line.IsError && !string.IsNullOrWhiteSpace(line.Text)).Select(line => line.Text.Trim());
        return string.Join(' ', errors.TakeLast(LastLines));
    }

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\S+Z ", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Timestamp();
}
