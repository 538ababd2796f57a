using System.Collections;
using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Platform.Tests.Support;

/// <summary>
/// Counts what a request sends to the database. A test marks its request with a trace id of its own; whatever the API
/// sends while it answers bears that id. It also keeps the errors that the API logs, for tests that fail because of
/// one.
/// </summary>
public sealed class StatementLog : ILoggerProvider
{
    private readonly ConcurrentDictionary<ActivityTraceId, ConcurrentQueue<IReadOnlyList<string>>> _trips = new();

    private static readonly ConcurrentQueue<string> Errors = new();

    /// <summary>
    /// Adds what the API logged as an error to the output of the test, which is printed if the test fails.
    /// </summary>
    public static void ShowErrors()
    {
        while (Errors.TryDequeue(out var error)) TestContext.Current.TestOutputHelper?.WriteLine(error);
    }

    /// <summary>The statements of each round trip that was made for this trace.</summary>
    public IReadOnlyList<IReadOnlyList<string>> RoundTripsOf(ActivityTraceId trace) =>
        _trips.TryGetValue(trace, out var trips) ? [.. trips] : [];

    /// <summary>Start before the request, with the trace id in its <c>traceparent</c>.</summary>
    public ActivityTraceId Watch(HttpRequestMessage request)
    {
        var trace = ActivityTraceId.CreateRandom();
        _trips[trace] = new();
        request.Headers.Add("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-00");
        return trace;
    }

    public ILogger CreateLogger(string categoryName) => new Logger(this);

    public void Dispose() { }

    private sealed class Logger(StatementLog log) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> format)
        {
            if (logLevel >= LogLevel.Error) Errors.Enqueue($"{format(state, exception)} {exception}");

            var trace = Activity.Current?.TraceId ?? default;
            if (!log._trips.TryGetValue(trace, out var trips)) return;
            if (state is not IReadOnlyList<KeyValuePair<string, object?>> fields) return;

            if (eventId.Name is not ("CommandExecutionCompleted" or "BatchExecutionCompleted")) return;

            trips.Enqueue([.. fields.SelectMany(field => field switch
            {
                { Key: "CommandText", Value: { } text } => [$"{text}"],
                { Key: "BatchCommands", Value: IEnumerable commands } => commands.Cast<object>().Select(c => $"{c}"),
                _ => Array.Empty<string>(),
            })]);
        }
    }
}
